#pragma once

namespace bfq::serial {
/// The module's reset pin.
class ResetLine {
 public:
  /// The module is off until release(). Holding what is held does nothing.
  virtual void hold_in_reset() = 0;
  /// The module starts as it does after power-up.
  virtual void release_from_reset() = 0;

 protected:
  ~ResetLine() = default;
};
}  // namespace bfq::serial

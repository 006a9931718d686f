#pragma once

namespace bfq::serial {
/// The module's reset pin. Doors reach it through DoorSide, between turns.
class ResetLine {
 public:
  /// The module is off until it is released. Holding what is held does nothing.
  virtual void hold_in_reset() = 0;
  /// The module starts as it does after power-up.
  virtual void release_from_reset() = 0;

 protected:
  ~ResetLine() = default;
};
}  // namespace bfq::serial

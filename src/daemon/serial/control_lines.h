#pragma once

namespace bfq::serial {
/// The lines by which doors control the module: its reset pin, and a modem's DTR. Doors reach them
/// through DoorSide, between turns.
class ControlLines {
 public:
  /// The module is off until it is released. Holding what is held does nothing.
  virtual void hold_in_reset() = 0;
  /// The module starts as it does after power-up.
  virtual void release_from_reset() = 0;
  /// The host has dropped DTR, and that hangs up: see uart::HangUp.
  virtual void hang_up() = 0;

 protected:
  ~ControlLines() = default;
};
}  // namespace bfq::serial

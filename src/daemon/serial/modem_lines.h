#pragma once
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"

namespace bfq::serial {

/// The modem lines of a door that has them: what the module shows to hosts, and what a host does
/// with DTR. Without I/O.
class ModemLines {
 public:
  ModemLines(DoorSide& side, const DoorSpec& spec)
      : side_(side), follows_(spec.carrier), on_drop_(spec.on_dtr_drop) {}

  void module_is_ready() { is_running_ = true; }
  void module_is_off() { is_running_ = false; }
  void module_state(const ModuleState& state) { state_ = state; }

  /// CTS and DSR.
  bool is_running() const { return is_running_; }
  /// DCD.
  // Fidelity (our decision, docs/attaching.md): DCD is on while the module runs; with dcd=wifi
  // while it is associated, and with dcd=link while link 0 is open.
  bool has_carrier() const;
  /// A host has asserted DTR and does so no more. Returns true where what it typed before, and the
  /// module has not taken yet, is to be discarded.
  // Fidelity (our decision, docs/attaching.md): With dtr=reset the module restarts when a host
  // drops DTR, also by disconnecting; with dtr=hangup it hangs up.
  bool dtr_dropped();
  /// False where DTR does nothing.
  bool heeds_dtr() const { return on_drop_ != DoorSpec::DtrDrop::ignore; }

 private:
  DoorSide& side_;
  DoorSpec::Carrier follows_;
  DoorSpec::DtrDrop on_drop_;
  bool is_running_ = false;
  ModuleState state_{};
};
}  // namespace bfq::serial

#include "daemon/serial/modem_lines.h"

namespace bfq::serial {
bool ModemLines::has_carrier() const {
  if (!is_running_) return false;
  switch (follows_) {
    case DoorSpec::Carrier::on: return true;
    case DoorSpec::Carrier::wifi: return state_.is_associated;
    case DoorSpec::Carrier::link: return state_.has_link;
  }
  return true;
}

bool ModemLines::dtr_dropped() {
  switch (on_drop_) {
    case DoorSpec::DtrDrop::ignore: break;
    case DoorSpec::DtrDrop::reset:
      side_.hold_in_reset();
      side_.release_from_reset();
      break;
    case DoorSpec::DtrDrop::hangup: side_.hang_up(); break;
  }
  return heeds_dtr();
}
}  // namespace bfq::serial

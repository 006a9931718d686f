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

void ModemLines::dtr_dropped() {
  if (on_drop_ == DoorSpec::DtrDrop::ignore) return;
  side_.hold_in_reset();
  side_.release_from_reset();
}
}  // namespace bfq::serial

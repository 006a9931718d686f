#pragma once
#include <cstdint>

namespace bfq {
/// What a changed setting makes the module do.
enum class Effect : std::uint8_t {
  none,
  uart,           ///< the serial line changes when the output has drained
  mode,           ///< station and softAP come and go
  mode_and_join,  ///< likewise, and a station that comes joins the network that it knows
  join,           ///< the station joins
  soft_ap,        ///< the softAP restarts
  serving,        ///< the softAP's own address, or the addresses that it gives, change
  address,        ///< the station's address changes
  addresses,      ///< both
  station_mac,    ///< the station has another MAC address
  soft_ap_mac,    ///< likewise the softAP
  country,        ///< the channels that the radio may use change
  restart,
  last = restart,
};
}  // namespace bfq

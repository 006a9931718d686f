#pragma once
#include <string>

#include "base/mac.h"

namespace bfq::board {
/// "02:bf:44:00:00:01".
std::string text_of(MacAddress mac);

/// The default MAC addresses of module `index` of a process: 02:bf:40:04:00:01 as a station and
/// 06:bf:40:04:00:01 as an access point for the first, and so on.
constexpr MacAddress numbered_mac(std::uint8_t first_byte, unsigned index) {
  const unsigned number = index + 1;
  return {{first_byte, 0xbf, 0x40, 0x04, static_cast<std::uint8_t>(number >> 8U),
           static_cast<std::uint8_t>(number)}};
}
constexpr MacAddress numbered_station_mac(unsigned index) { return numbered_mac(0x02, index); }
constexpr MacAddress numbered_access_point_mac(unsigned index) { return numbered_mac(0x06, index); }
}  // namespace bfq::board

#include "daemon/board/hardware_addresses.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bfq::board {
std::string text_of(MacAddress mac) { return fmt::format("{:02x}", fmt::join(mac.bytes, ":")); }
}  // namespace bfq::board

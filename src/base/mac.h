#pragma once
#include <array>
#include <cstdint>

namespace bfq {
/// An IEEE 802 hardware address, first byte first.
struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};
  auto operator<=>(const MacAddress&) const = default;
};
}  // namespace bfq

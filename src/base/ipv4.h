#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bfq {
/// An IPv4 address in host byte order: 10.44.0.1 is 0x0A2C0001. The default, 0.0.0.0, means "none".
struct Ipv4 {
  std::uint32_t bits = 0;

  constexpr Ipv4() = default;
  constexpr explicit Ipv4(std::uint32_t b) : bits(b) {}
  constexpr Ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
      : bits(std::uint32_t{a} << 24U | std::uint32_t{b} << 16U | std::uint32_t{c} << 8U | d) {}

  /// Octet 0 is the leftmost one.
  constexpr std::uint8_t octet(unsigned index) const {
    return static_cast<std::uint8_t>(bits >> (24U - 8U * index));
  }
  constexpr bool is_none() const { return bits == 0; }
  auto operator<=>(const Ipv4&) const = default;
};

/// True when both addresses lie in the network that `mask` cuts out.
constexpr bool same_network(Ipv4 a, Ipv4 b, Ipv4 mask) {
  return (a.bits & mask.bits) == (b.bits & mask.bits);
}

/// True where `a` is a host's in the network that `mask` cuts out: neither that network's own
/// address nor its broadcast address. Networks of 31 or 32 bits have no such address.
constexpr bool is_host(Ipv4 a, Ipv4 mask) {
  const std::uint32_t hosts = ~mask.bits, own = a.bits & hosts;
  return own != 0 && own != hosts;
}

/// True for a mask whose ones all stand in front of its zeros.
constexpr bool is_contiguous(Ipv4 mask) { return (~mask.bits & (~mask.bits + 1U)) == 0; }

/// True for addresses that one host on a network can have: not 0.0.0.0, none of 127.0.0.0/8, and
/// none of the multicast and reserved ones from 224.0.0.0 on.
constexpr bool is_unicast(Ipv4 a) { return !a.is_none() && a.octet(0) != 127 && a.octet(0) < 224; }

/// Reads "a.b.c.d", each 0…255 in decimal without leading zeros, which others read as octal, and
/// nothing around it.
std::optional<Ipv4> parse_ipv4(std::string_view text);
}  // namespace bfq

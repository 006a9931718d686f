#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "ports/network.h"

/// IP packets as they lie on a network, with their checksums.
namespace bfq::trace {

/// Who sends a packet to whom.
struct Addressing {
  net::Endpoint from{}, to{};
};

/// Flags of a TCP segment.
struct TcpFlags {
  static constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kPush = 0x08, kAck = 0x10;
};

/// What a TCP segment says of its place in the streams.
struct TcpPlace {
  std::uint32_t sequence = 0, acknowledged = 0;
  std::uint8_t flags = 0;
};

std::string tcp_packet(const Addressing& route, const TcpPlace& place, std::string_view payload);
std::string udp_packet(const Addressing& route, std::string_view payload);
}  // namespace bfq::trace

#include "daemon/trace/packets.h"

namespace bfq::trace {
namespace {
constexpr std::uint8_t kTcp = 6, kUdp = 17;

/// Appends numbers as networks have them: the highest byte first.
void put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8U & 0xFFU);
  out += static_cast<char>(value & 0xFFU);
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, value >> 16U);
  put16(out, value & 0xFFFFU);
}

void set16(std::string& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<char>(value >> 8U);
  out[at + 1] = static_cast<char>(value & 0xFFU);
}

/// The Internet checksum (RFC 1071).
std::uint16_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]))
           << (i % 2 == 0 ? 8U : 0U);
  while (sum > 0xFFFF) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum & 0xFFFFU);
}

/// The checksum of a segment or a datagram, with the pseudo-header that stands for its route.
std::uint16_t checksum(const Addressing& route, std::uint8_t protocol, std::string_view content) {
  std::string all;
  put32(all, route.from.address.bits);
  put32(all, route.to.address.bits);
  put16(all, protocol);
  put16(all, content.size());
  return checksum(all.append(content));
}

std::string ip_packet(const Addressing& route, std::uint8_t protocol, std::string_view content) {
  constexpr std::size_t kHeader = 20;
  std::string out;
  put16(out, 0x4500);
  put16(out, kHeader + content.size());
  put16(out, 0);
  put16(out, 0x4000);  // not to be fragmented
  put16(out, 64U << 8U | protocol);
  put16(out, 0);
  put32(out, route.from.address.bits);
  put32(out, route.to.address.bits);
  set16(out, 10, checksum(out));
  return out.append(content);
}
}  // namespace

std::string tcp_packet(const Addressing& route, const TcpPlace& place, std::string_view payload) {
  constexpr std::size_t kWords = 5, kWindow = 0xFFFF, kChecksumAt = 16;
  std::string out;
  put16(out, route.from.port);
  put16(out, route.to.port);
  put32(out, place.sequence);
  put32(out, place.acknowledged);
  put16(out, kWords << 12U | place.flags);
  put16(out, kWindow);
  put32(out, 0);
  out += payload;
  set16(out, kChecksumAt, checksum(route, kTcp, out));
  return ip_packet(route, kTcp, out);
}

std::string udp_packet(const Addressing& route, std::string_view payload) {
  constexpr std::size_t kHeader = 8, kChecksumAt = 6;
  std::string out;
  put16(out, route.from.port);
  put16(out, route.to.port);
  put16(out, kHeader + payload.size());
  put16(out, 0);
  out += payload;
  const std::uint16_t sum = checksum(route, kUdp, out);
  set16(out, kChecksumAt, sum == 0 ? 0xFFFF : sum);  // 0 would say that there is none
  return ip_packet(route, kUdp, out);
}
}  // namespace bfq::trace

// Which replies of time servers are believed, and what they say.
#include "daemon/sockets/time_query.h"

#include <gtest/gtest.h>

#include <tuple>

namespace bfq::sockets {
namespace {
using std::chrono::milliseconds;

constexpr std::size_t kOriginate = 24, kTransmit = 40;

TimeQuery::Packet question() {
  TimeQuery::Packet packet{};
  packet[0] = 0x23;
  for (std::size_t i = 0; i < 8; ++i) packet[kTransmit + i] = static_cast<std::uint8_t>(i + 1);
  return packet;
}

TimeQuery::Packet reply(std::uint32_t seconds, std::uint32_t fraction = 0) {
  TimeQuery::Packet packet{};
  packet[0] = 0x24;
  packet[1] = 2;
  for (std::size_t i = 0; i < 8; ++i) packet[kOriginate + i] = static_cast<std::uint8_t>(i + 1);
  for (std::size_t i = 0; i < 4; ++i) {
    packet[kTransmit + i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
    packet[kTransmit + 4 + i] = static_cast<std::uint8_t>(fraction >> (24 - 8 * i));
  }
  return packet;
}

TEST(TimeQuery, reads_both_eras_and_adds_half_of_the_way) {
  const auto time = [](std::uint32_t seconds, std::uint32_t fraction, int ms) {
    return TimeQuery::time_in(reply(seconds, fraction), question(), milliseconds(ms)).value();
  };
  EXPECT_EQ(time(3679310885U, 0, 0), (net::UnixTime{1470322085, 0}));
  EXPECT_EQ(time(3679310885U, 0x80000000U, 100), (net::UnixTime{1470322085, 550}));
  EXPECT_EQ(time(3679310885U, 0xffffffffU, 4), (net::UnixTime{1470322086, 1}));
  EXPECT_EQ(time(0, 1, 0), (net::UnixTime{2085978496, 0}));  // 2036-02-07 06:28:16 UTC
}

TEST(TimeQuery, believes_no_other_packet) {
  const std::tuple<std::size_t, std::uint8_t, const char*> cases[] = {
      {0, 0x23, "from a client"},
      {0, 0xe4, "not synchronised"},
      {1, 0, "kiss of death"},
      {1, 16, "no stratum"},
      {kOriginate, 9, "another question"}};
  for (const auto& [at, byte, why] : cases) {
    auto packet = reply(3679310885U);
    packet[at] = byte;
    EXPECT_FALSE(TimeQuery::time_in(packet, question(), {})) << why;
  }
  EXPECT_FALSE(TimeQuery::time_in(reply(0), question(), {})) << "no time";
}
}  // namespace
}  // namespace bfq::sockets

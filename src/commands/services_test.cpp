// The clock that time servers set: its dates, and when it asks again.
#include "commands/services.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <tuple>

#include "commands/bfq4004.h"
#include "sim/world.h"

namespace bfq::commands {
namespace {
constexpr net::Endpoint kTimeServer{Ipv4(9, 9, 9, 9), 123};

/// A module that has joined, and a time server.
class Clock : public ::testing::Test {
 protected:
  Clock() {
    world.internet.peers.push_back({.at = kTimeServer});
    world.power_on();
    world.pass(1s);
    world.host_types("ATE0\r\nAT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
    world.pass(1s);
    EXPECT_TRUE(world.printed().ends_with("WIFI GOT IP\r\n\r\nOK\r\n"));
  }
  std::string type(const std::string& line) {
    world.host_types(line + "\r\n");
    return world.printed();
  }
  /// What AT+CIPSNTPTIME? says.
  std::string date() {
    const std::string all = type("AT+CIPSNTPTIME?");
    const std::size_t from = all.find(':') + 1;
    return all.substr(from, all.find("\r\n") - from);
  }
  /// From now on the server tells that it is this second, since 1970.
  void set_server(std::uint32_t seconds) {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(world.now() - Instant{});
    world.internet.epoch = seconds - static_cast<std::uint32_t>(now.count());
  }
  void server(sim::FarHost::Answer answer) {
    world.internet.find_peer(kTimeServer)->answer = answer;
  }

  sim::World world{kBfq4004};
};

const std::string kNever = "Thu Jan 01 00:00:00 1970";

TEST_F(Clock, shows_dates_of_its_zone) {
  const std::tuple<std::uint32_t, const char*, const char*> cases[] = {
      {1470322085, "0", "Thu Aug 04 14:48:05 2016"},
      {1470322085, "-11", "Thu Aug 04 03:48:05 2016"},
      {951782400, "-1", "Mon Feb 28 23:00:00 2000"},
      {951782400, "0", "Tue Feb 29 00:00:00 2000"},
      {1704067199, "0", "Sun Dec 31 23:59:59 2023"},
      {1704067199, "13", "Mon Jan 01 12:59:59 2024"},
      {4107542399, "0", "Sun Feb 28 23:59:59 2100"},
      {4294967295, "0", "Sun Feb 07 06:28:15 2106"},
      {0, "-11", "Wed Dec 31 13:00:00 1969"},
  };
  for (const auto& [seconds, zone, shown] : cases) {
    set_server(seconds);
    EXPECT_EQ(type("AT+CIPSNTPCFG=1," + std::string(zone) + ",\"9.9.9.9\""), "\r\nOK\r\n");
    world.pass(world.internet.answer_takes);
    EXPECT_EQ(date(), shown);
    world.pass(1s - world.internet.answer_takes);  // whole seconds
  }
}

TEST_F(Clock, asks_again_after_an_hour) {
  set_server(1470322085);
  type("AT+CIPSNTPCFG=1,0,\"9.9.9.9\"");
  world.pass(1s);
  world.internet.epoch += 100'000'000;
  world.pass(3600s - 1s);
  EXPECT_EQ(date(), "Thu Aug 04 15:48:05 2016");
  world.pass(40ms);
  EXPECT_EQ(date(), "Sun Oct 06 01:34:45 2019");
}

TEST_F(Clock, asks_less_and_less_often_where_nobody_answers) {
  server(sim::FarHost::Answer::never);
  type("AT+CIPSNTPCFG=1,0,\"9.9.9.9\"");
  Duration waits = 15s;
  for (int round = 0; round < 10; ++round, waits = std::min(2 * waits, Duration(1h)))
    world.pass(3s + waits);
  // Now it has been asked for the eleventh time.
  world.pass(3s + 1h - 1ms);
  server(sim::FarHost::Answer::accepts);
  EXPECT_EQ(date(), kNever);
  world.pass(1ms + world.internet.answer_takes - 1us);
  EXPECT_EQ(date(), kNever);
  world.pass(1us);
  EXPECT_NE(date(), kNever);
}

}  // namespace
}  // namespace bfq::commands

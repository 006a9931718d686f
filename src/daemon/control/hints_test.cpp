// Each driver hint: what makes it, and what is close to that and does not.
#include "daemon/control/hints.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "commands/bfq4004.h"
#include "daemon/control/module_watch.h"
#include "sim/world.h"

namespace bfq::control {
namespace {
using namespace std::chrono_literals;

class DriverHintsOf : public testing::Test {
 protected:
  DriverHintsOf() {
    world.doors().observe(&watch);
    world.internet.peers.push_back({.at = {Ipv4(127, 0, 0, 1), 4007}});
    start();
  }
  ~DriverHintsOf() override { world.doors().observe(nullptr); }

  void start() {
    world.power_on();
    world.pass(1s);
  }
  void type(std::string_view text, Duration then = 1s) {
    world.host_types(text);
    world.pass(then);
    watch.turn_ended(world.now());
  }
  void connect() {
    type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
    type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");
    ASSERT_TRUE(world.module().status().links[0].open);
  }
  /// Their names, since the last time.
  std::vector<std::string> hints() {
    std::vector<std::string> out;
    for (const Event& event : events.kept()) {
      const auto* const hint = std::get_if<DriverHint>(&event.body);
      if (hint == nullptr || event.number <= seen_) continue;
      out.emplace_back(hint->hint);
      details.push_back(hint->detail);
    }
    seen_ = events.last();
    return out;
  }
  using Names = std::vector<std::string>;

  sim::BasicWorld<board::Observed<journal::Recorded<runtime::Doors>>> world{commands::kBfq4004};
  boost::asio::io_context io;
  board::ProgramClock clock;
  EventLog events;
  std::string name = "bfq0";
  ModuleWatch watch{{.io = io, .clock = clock}, name, world.module(), events, [] {}};
  std::vector<std::string> details;

 private:
  std::uint64_t seen_ = 0;
};

TEST_F(DriverHintsOf, a_driver_that_waits_for_all_answers_are_none) {
  connect();
  type("AT+CWMODE_DEF=1\r\n");
  type("AT+CWMODE_DEF=3\r\n");
  type("AT+CIPSEND=5\r\n");
  type("hello");
  type("AT+CIPCLOSE\r\n");
  type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");
  type("AT+CIPMODE=1\r\n");
  type("AT+CIPSEND\r\n");
  type("a+++b and more");
  type("+++");
  type("AT\r\n");
  EXPECT_EQ(hints(), Names());
}

TEST_F(DriverHintsOf, a_line_while_a_command_is_under_way) {
  type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n", 10ms);
  type("AT+GMR\r\n", 10ms);
  type("AT+GMR\r\n");
  EXPECT_EQ(hints(), Names{"sent_while_busy"});  // once for each command
  EXPECT_EQ(details, Names{"AT+GMR"});
  type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n\r\n");
  EXPECT_EQ(hints(), Names());  // an empty line is no command
}

TEST_F(DriverHintsOf, what_was_typed_is_told_without_passwords) {
  type("AT+CWLAP\r\n", 10ms);
  type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
  EXPECT_EQ(hints(), Names{"sent_while_busy"});
  EXPECT_EQ(details, Names{"AT+CWJAP_CUR=\"BFQ-LAB\",***"});
}

TEST_F(DriverHintsOf, an_escape_without_silence) {
  connect();
  type("AT+CIPMODE=1\r\n");
  type("AT+CIPSEND\r\n");
  type("data+++");
  EXPECT_EQ(hints(), Names{"no_silence_before_escape"});
  type("data", 5ms);
  type("+++");
  EXPECT_EQ(hints(), Names{"no_silence_before_escape"});
  type("+++\r\n");
  EXPECT_EQ(hints(), Names{"no_silence_before_escape"});
  type("++++");
  type("data", 30ms);
  type("+", 1ms);
  type("++");
  EXPECT_EQ(hints(), Names());
  EXPECT_EQ(world.module().status().activity, Activity::idle);
}

TEST_F(DriverHintsOf, what_is_stored_for_the_third_time) {
  for (int i = 0; i < 2; ++i) type("AT+CWMODE_DEF=1\r\n");
  for (int i = 0; i < 5; ++i) type("AT+CWMODE_CUR=1\r\n");
  type("AT+CWMODE_DEF=3\r\n");
  EXPECT_EQ(hints(), Names());
  start();  // a driver that does so at each start
  type("AT+CWMODE_DEF=1\r\n");
  EXPECT_EQ(hints(), Names{"stored_again_and_again"});
  type("AT+CWMODE_DEF=1\r\n");
  EXPECT_EQ(hints(), Names());  // told once
}

TEST_F(DriverHintsOf, bytes_while_the_module_starts) {
  type("AT+RST\r\n", 10ms);
  type("AT\r\n", 10ms);
  type("AT\r\n");
  EXPECT_EQ(hints(), Names{"no_wait_for_ready"});
  type("AT\r\n");
  EXPECT_EQ(hints(), Names());
}

TEST_F(DriverHintsOf, bytes_behind_a_payload) {
  connect();
  world.internet.peers.front().reads = false;  // it takes no byte
  type("AT+CIPSEND=5\r\n");
  type("hello\r\n");
  EXPECT_EQ(hints(), Names{"payload_too_long"});
  type("AT\r\n");  // another line: busy is told of already
  world.internet.peers.front().reads = true;
  world.pass(1s);
  type("AT+CIPSEND=5\r\n");
  type("hel");
  type("lo");
  type("\r\n");  // a moment later it is an empty line
  EXPECT_EQ(hints(), Names());
}

TEST_F(DriverHintsOf, a_link_number_that_is_in_use) {
  connect();
  type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");
  EXPECT_EQ(hints(), Names{"link_used_before_closed"});
  type("AT+CIPCLOSE\r\n");
  world.host.reads = false;
  type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");
  type("AT+CIPCLOSE\r\n");
  EXPECT_EQ(hints(), Names());
  type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");  // CLOSED is not read
  EXPECT_EQ(hints(), Names{"link_used_before_closed"});
}

TEST_F(DriverHintsOf, a_command_without_a_line_feed) {
  type("AT\r");
  type("\n");
  type("AT\r\r\n");
  EXPECT_EQ(hints(), Names());
  type("AT\r");
  type("AT\r\n");
  EXPECT_EQ(hints(), Names{"carriage_return_alone"});
}
}  // namespace
}  // namespace bfq::control

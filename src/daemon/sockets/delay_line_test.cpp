#include "daemon/sockets/delay_line.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

namespace bfq::sockets {
namespace {
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr LinkHandle kOneLink{1, 7}, kOtherLink{2, 3};
constexpr net::Endpoint kFarPeer{Ipv4(192, 0, 2, 1), 7};

/// A module that writes down what it is told.
struct HeardModule final : ModuleSide {
  std::vector<std::string> told{};
  std::size_t room = SIZE_MAX;
  std::string to_send{};
  int turns = 0;
  std::string its_name = "bfq0";

  std::size_t limit = 0;
  std::size_t link_room(LinkHandle) const override { return std::min(room, limits::kSegment); }
  std::size_t unread_limit(LinkHandle) const override { return limit; }
  bool awaits_acknowledgement(LinkHandle) const override { return false; }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) override {
    told.push_back(std::to_string(link.id) + ":" +
                   std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  std::size_t datagram_room(LinkHandle) const override { return std::min(room, limits::kDatagram); }
  void datagram_input(LinkHandle link, net::Endpoint, std::span<const std::byte> bytes) override {
    link_input(link, bytes);
  }
  net::Outgoing link_output(LinkHandle) const override {
    return {std::as_bytes(std::span(to_send))};
  }
  void link_sent(LinkHandle, std::size_t) override {}
  std::uint64_t dropped_bytes() const override { return 0; }
  void handle(const Event& event) override {
    const auto* unread = std::get_if<net::Unread>(&event);
    told.push_back(std::holds_alternative<net::Closed>(event) ? "closed"
                   : unread != nullptr ? std::to_string(unread->bytes) + " unread"
                                       : "send failed");
  }
  const std::string& name() const override { return its_name; }
  Networks networks() const override { return {}; }
  void settle() override { ++turns; }
};

class ADelayLine : public ::testing::Test {
 protected:
  static constexpr auto kDelay = 20ms;

  static auto bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
  /// Lets the loop run until nothing waits for its time any more.
  void run() {
    io.restart();
    line.drain();
    while (io.run_one() > 0) line.drain();
  }

  boost::asio::io_context io;
  HeardModule module;
  DelayLine line{io, module, kDelay};
  std::vector<std::string>& told = module.told;
};

TEST_F(ADelayLine, passes_everything_on_at_once_without_a_delay) {
  DelayLine none{io, module, 0ms};
  none.link_input(kOneLink, bytes("now"));
  none.handle(net::Closed{kOneLink});
  EXPECT_EQ(told, (std::vector<std::string>{"1:now", "closed"}));
  EXPECT_FALSE(none.drain());
}

TEST_F(ADelayLine, holds_bytes_and_the_end_for_so_long_in_order) {
  const auto began = Clock::now();
  line.link_input(kOneLink, bytes("one"));
  line.link_input(kOneLink, bytes("two"));
  line.handle(net::Closed{kOneLink});
  line.link_input(kOtherLink, bytes("else"));
  EXPECT_FALSE(line.drain());
  EXPECT_TRUE(told.empty());
  run();
  EXPECT_GE(Clock::now() - began, kDelay);
  EXPECT_EQ(told, (std::vector<std::string>{"1:one", "1:two", "closed", "2:else"}));
}

TEST_F(ADelayLine, wakes_nobody_while_nothing_waits_for_its_time) {
  run();
  EXPECT_EQ(module.turns, 0);
  module.room = 0;
  line.link_input(kOneLink, bytes("waits for room"));
  run();  // the timer has rung, and rings no more: it is the module's turn to make room
  EXPECT_EQ(module.turns, 1);
  EXPECT_TRUE(told.empty());
  module.room = 5;
  EXPECT_TRUE(line.drain());
  EXPECT_EQ(told, (std::vector<std::string>{"1:waits"}));
}

TEST_F(ADelayLine, takes_so_much_and_leaves_the_rest_in_the_kernel) {
  const std::string piece(limits::kSegment, 'x');
  std::size_t held = 0;
  while (const std::size_t room = line.link_room(kOneLink)) {
    line.link_input(kOneLink, bytes(piece).first(room));
    held += room;
  }
  EXPECT_LE(held, sim::DelayQueues::kMost);
  EXPECT_GT(held, sim::DelayQueues::kMost - 2048);
  EXPECT_EQ(line.link_room(kOtherLink), limits::kSegment) << "each link has a queue of its own";
  int empty_ones = 0;
  for (; line.datagram_room(kOtherLink) > 0; ++empty_ones)
    line.datagram_input(kOtherLink, kFarPeer, {});
  EXPECT_LE(empty_ones, 256);
}

TEST_F(ADelayLine, hands_over_a_datagram_whole_or_not_at_all) {
  module.room = 3;
  line.datagram_input(kOneLink, kFarPeer, bytes("four"));
  line.datagram_input(kOneLink, kFarPeer, {});
  run();
  EXPECT_TRUE(told.empty());
  module.room = 4;
  line.drain();
  EXPECT_EQ(told, (std::vector<std::string>{"1:four", "1:"}));
}

TEST_F(ADelayLine, tells_of_bytes_that_wait_until_they_are_asked_for) {
  for (const auto delay : {0ms, 20ms}) {
    told.clear();
    DelayLine passive{io, module, delay};
    const auto happens = [&] {
      io.restart();
      passive.drain();
      while (io.run_one() > 0) passive.drain();
    };
    module.limit = 5, module.room = 0;
    passive.link_input(kOneLink, bytes("one"));
    happens();
    passive.link_input(kOneLink, bytes("two"));
    passive.handle(net::Closed{kOneLink});
    happens();
    EXPECT_EQ(told, (std::vector<std::string>{"3 unread", "5 unread"})) << "no more than the limit";
    module.room = 4;
    passive.drain();
    module.room = 0;
    passive.drain();
    EXPECT_EQ(std::vector<std::string>(told.begin() + 2, told.end()),
              delay == 0ms ? (std::vector<std::string>{"1:onet", "2 unread", "closed"})
                           : (std::vector<std::string>{"1:one", "1:two", "closed"}));
  }
}

TEST_F(ADelayLine, hands_over_the_datagrams_that_are_asked_for_in_one_piece) {
  DelayLine passive{io, module, 0ms};
  module.limit = 9, module.room = 0;
  for (const char* datagram : {"one", "", "four"})
    passive.datagram_input(kOneLink, kFarPeer, bytes(datagram));
  EXPECT_EQ(passive.datagram_room(kOneLink), 2U);
  EXPECT_TRUE(passive.drain());
  EXPECT_FALSE(passive.drain());
  module.room = 5;
  EXPECT_TRUE(passive.drain());
  EXPECT_EQ(told, (std::vector<std::string>{"7 unread", "1:onefo", "0 unread"}));
}

TEST_F(ADelayLine, tells_of_datagrams_that_fit_whole) {
  DelayLine passive{io, module, 20ms};
  module.limit = 5, module.room = 0;
  for (const char* datagram : {"one", "four"})
    passive.datagram_input(kOneLink, kFarPeer, bytes(datagram));
  io.restart();
  passive.drain();
  while (io.run_one() > 0) passive.drain();
  module.room = 5;
  passive.drain();
  module.room = 0;
  passive.drain();
  EXPECT_EQ(told, (std::vector<std::string>{"3 unread", "1:one", "4 unread"}));
}

TEST_F(ADelayLine, keeps_what_it_has_told_of_when_the_link_ends) {
  DelayLine passive{io, module, 0ms};
  module.limit = 3, module.room = 0;
  passive.link_input(kOneLink, bytes("kept"));
  EXPECT_TRUE(passive.drain());
  passive.forget(kOneLink);
  module.limit = 0;
  EXPECT_FALSE(passive.drain());
  module.room = SIZE_MAX;
  EXPECT_TRUE(passive.drain());
  EXPECT_FALSE(passive.drain());
  EXPECT_EQ(told, (std::vector<std::string>{"3 unread", "1:kep"}));
}

TEST_F(ADelayLine, hands_over_what_waits_when_passive_receive_ends) {
  DelayLine passive{io, module, 0ms};
  module.limit = 8, module.room = 0;
  passive.link_input(kOneLink, bytes("first"));
  passive.drain();
  module.limit = 0;
  passive.link_input(kOneLink, bytes(",second"));
  module.room = SIZE_MAX;
  EXPECT_TRUE(passive.drain());
  EXPECT_EQ(passive.link_room(kOneLink), limits::kSegment);
  passive.link_input(kOneLink, bytes("then"));
  EXPECT_EQ(told, (std::vector<std::string>{"5 unread", "1:first", "1:,second", "1:then"}));
}

TEST_F(ADelayLine, forgets_what_was_for_a_link_that_the_module_has_closed) {
  line.link_input(kOneLink, bytes("gone"));
  line.link_input(kOtherLink, bytes("here"));
  line.forget(kOneLink);
  line.forget({kOtherLink.id, 99});
  run();
  EXPECT_EQ(told, (std::vector<std::string>{"2:here"}));
}

TEST_F(ADelayLine, refuses_what_is_sent_to_a_link_whose_end_waits) {
  module.room = 0;
  module.to_send = "late";
  line.link_input(kOneLink, bytes("bye"));
  line.handle(net::Closed{kOneLink});
  EXPECT_FALSE(line.drain()) << "its end is not known before its time";
  run();
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front(), "send failed");
  told.clear();
  module.to_send.clear();
  module.room = SIZE_MAX;
  line.drain();
  EXPECT_EQ(told, (std::vector<std::string>{"1:bye", "closed"}));
}
}  // namespace
}  // namespace bfq::sockets

// What a transcript cannot show: long streams, a runtime that is late, memory.
#include "sim/world.h"

#include <gtest/gtest.h>

#include "commands/bfq4004.h"

namespace bfq::sim {
namespace {
constexpr net::Endpoint kPeer{Ipv4(127, 0, 0, 1), 4007};

class AWorld : public ::testing::Test {
 protected:
  AWorld() {
    world.internet.peers.push_back({.at = kPeer});
    world.power_on();
    world.pass(1s);
    type("ATE0");
  }
  std::string type(const std::string& line) {
    world.host_types(line + "\r\n");
    return world.printed();
  }
  void open_link() {
    type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"");
    world.pass(1s);
    type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007");
    world.pass(1s);
    world.printed();
  }
  World world{commands::kBfq4004};
};

std::string pattern(std::size_t n) {
  std::string s(n, '\0');
  for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>(i * 7 + i / 256);
  return s;
}

/// The bytes of all +IPD in what was printed.
std::string data_of(std::string_view printed) {
  constexpr std::string_view kHead = "\r\n+IPD,";
  std::string data;
  while (printed.starts_with(kHead)) {
    const std::size_t colon = printed.find(':');
    const std::size_t n = std::stoul(std::string(printed.substr(kHead.size(), colon)));
    EXPECT_LE(n, limits::kSegment);
    data += printed.substr(colon + 1, n);
    printed.remove_prefix(colon + 1 + n);
  }
  EXPECT_EQ(printed, "");
  return data;
}

TEST_F(AWorld, carries_a_long_stream_to_a_host_that_reads) {
  open_link();
  world.internet.send(kPeer, pattern(100'000), world.now());
  world.settle();
  EXPECT_EQ(data_of(world.printed()), pattern(100'000));
}

TEST_F(AWorld, holds_what_comes_by_a_link_for_its_delay_in_order) {
  open_link();
  world.internet.delay = 5ms;
  world.internet.send(kPeer, "one", world.now());
  world.settle();
  world.internet.delay = 0ms;  // what is on its way is not overtaken
  world.internet.send(kPeer, "two", world.now());
  world.internet.close(kPeer, world.now());
  world.settle();
  world.pass(5ms - 1us);
  EXPECT_EQ(world.printed(), "");
  world.pass(1us);
  EXPECT_EQ(world.printed(), "\r\n+IPD,3:one\r\n+IPD,3:twoCLOSED\r\n");
}

TEST_F(AWorld, stops_reading_the_network_when_the_host_stops) {
  open_link();
  world.host.reads = false;
  world.internet.send(kPeer, pattern(100'000), world.now());
  world.settle();
  world.pass(10min);
  const std::size_t taken = world.internet.connections().back().received.size();
  EXPECT_GT(taken, 0U);
  EXPECT_LE(taken, limits::kUartOutput);
  world.host.reads = true;
  world.host.reads_at_once = 7;
  world.settle();
  EXPECT_EQ(data_of(world.printed()), pattern(100'000));
}

TEST_F(AWorld, sends_ten_thousand_bytes_of_any_value) {
  open_link();
  const std::string all = pattern(10'240);
  for (std::size_t at = 0; at < all.size(); at += 2048) {
    EXPECT_EQ(type("AT+CIPSEND=2048"), "\r\nOK\r\n> ");
    world.host_types(all.substr(at, 2048));
    EXPECT_EQ(world.printed(), "\r\nRecv 2048 bytes\r\n\r\nSEND OK\r\n");
  }
  EXPECT_EQ(world.internet.received_by(kPeer), all);
}

TEST_F(AWorld, shows_less_free_memory_while_something_is_held) {
  const auto free = [this] {
    const std::string reply = type("AT+SYSRAM?");
    EXPECT_TRUE(reply.starts_with("+SYSRAM:") && reply.ends_with("\r\n\r\nOK\r\n")) << reply;
    return std::stoul(reply.substr(8));
  };
  const std::size_t at_first = free();
  open_link();
  EXPECT_LT(free(), at_first);
  world.internet.find_peer(kPeer)->reads = false;
  type("AT+CIPSEND=1000");
  const std::size_t before = world.module().status().free_bytes;
  world.host_types(pattern(1000));
  world.printed();
  EXPECT_LE(world.module().status().free_bytes + 1000, before);
  world.pass(20s);
  type("AT+CWQAP");
  world.pass(1s);
  world.printed();
  EXPECT_EQ(free(), at_first);
}

// A runtime may be late: input that came in time is then seen before advance().
TEST_F(AWorld, gives_up_a_payload_even_when_the_runtime_was_late) {
  open_link();
  type("AT+CIPSEND=10");
  world.pass(50ms);
  world.host_types("+++");
  world.oversleep(1s);
  EXPECT_EQ(type("AT"), "\r\nSEND Canceled\r\n\r\nOK\r\n");
}

TEST_F(AWorld, begins_anew_after_a_power_cut) {
  open_link();
  world.power_cut();
  world.pass(1s);
  EXPECT_EQ(world.printed(), "\r\nready\r\n");
  EXPECT_EQ(type("AT+CWJAP_CUR?"), "AT+CWJAP_CUR?\r\r\nNo AP\r\n\r\nOK\r\n");
}

TEST_F(AWorld, says_the_same_for_the_same) {
  const auto history = [] {
    World w(commands::kBfq4004);
    w.power_on();
    w.pass(1s);
    w.host_types("AT+CWLAP\r\nAT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
    w.pass(10s);
    return w.printed();
  };
  EXPECT_EQ(history(), history());
}

/// Stations that come and get an address each, while the others go.
void change_guests(World& world, std::uint8_t from, std::uint8_t to) {
  const auto mac = [](std::uint8_t group, std::uint8_t n) {
    return MacAddress{{0x02, 0, 0, 0, group, n}};
  };
  for (std::uint8_t n = 0; n < SoftAp::kMostStations; ++n) {
    world.tell(radio::StationLeft{mac(from, n)});
    world.tell(radio::StationJoined{mac(to, n)});
    world.tell(radio::StationAddressed{mac(to, n), Ipv4(192, 168, 100, 100)});
  }
}

TEST_F(AWorld, has_room_for_the_result_of_a_stored_join_whatever_waits) {
  world.internet.peers.push_back({.at = {kPeer.address, 4008}});
  type("AT+CWMODE_CUR=3\r\nAT+CIPMUX=1");
  change_guests(world, 0, 1);
  type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"");
  world.pass(1s);
  for (int link = 0; link < 5; ++link) {
    type("AT+CIPSTART=" + std::to_string(link) + ",\"TCP\",\"127.0.0.1\"," +
         (link == 0 ? "4007" : "4008"));
    world.pass(1s);
  }
  world.flash.takes = 2500ms;
  world.air.delays.associate = 5s;
  world.host.reads = false;
  const auto room = [&] { return limits::kUartOutput - world.module().status().waiting_for_host; };
  const auto receive = [&](std::size_t n) {
    world.internet.send(kPeer, std::string(n, 'x'), world.now());
    world.settle();
  };
  while (room() > limits::kReplyReserve + limits::kSegment + 64) receive(1);
  receive(limits::kSegment);
  ASSERT_GE(room(), limits::kReplyReserve);
  ASSERT_LT(room(), limits::kReplyReserve + 64);
  world.host_types("AT+CWJAP_DEF=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
  change_guests(world, 1, 2);
  world.pass(6s);
  change_guests(world, 2, 3);
  world.pass(20s);
  world.host.reads = true;
  world.settle();
  EXPECT_TRUE(world.printed().find("WIFI GOT IP\r\n\r\nOK\r\n") != std::string::npos);
}
}  // namespace
}  // namespace bfq::sim

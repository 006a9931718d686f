#include "sim/leases.h"

#include <gtest/gtest.h>

namespace bfq::sim {
namespace {
constexpr MacAddress kAnn{{2, 0, 0, 0, 0, 1}}, kBob{{2, 0, 0, 0, 0, 2}}, kCay{{2, 0, 0, 0, 0, 3}};
constexpr Instant kStart{};

/// A LAN with three addresses to give for an hour: 10.44.1.2 to 10.44.1.4.
AccessPoint lan() {
  return {.bssid = {{2, 0, 0, 0, 1, 1}},
          .network = Ipv4(10, 44, 1, 0),
          .pool = Pool{Ipv4(10, 44, 1, 2), Ipv4(10, 44, 1, 4)},
          .lease = 1h};
}
constexpr Ipv4 address(std::uint8_t last) { return {10, 44, 1, last}; }

class TheLeases : public ::testing::Test {
 protected:
  Ipv4 give(MacAddress to, Duration at = 0s) {
    const auto is_in_use = [this](Ipv4 address) { return address == in_use; };
    return leases.give(from, reach, to, is_in_use, kStart + at);
  }
  void let_go(MacAddress station, Duration at) { leases.let_go(from.bssid, station, kStart + at); }
  Leases leases;
  AccessPoint from = lan();
  Leases::Reach reach = Leases::Reach::alone;
  Ipv4 in_use;
};

TEST_F(TheLeases, are_the_lowest_that_nobody_has) {
  EXPECT_EQ(give(kAnn), address(2));
  EXPECT_EQ(give(kBob), address(3));
  EXPECT_EQ(give(kAnn), address(2));
  EXPECT_EQ(give(kCay), address(4));
}

TEST_F(TheLeases, leave_out_what_is_in_use) {
  in_use = address(2);
  EXPECT_EQ(give(kAnn), address(3));
  in_use = address(3);  // somebody has taken Ann's
  EXPECT_EQ(give(kAnn), address(2));
}

TEST_F(TheLeases, are_none_when_all_are_taken) {
  from.pool = Pool{address(2), address(3)};
  EXPECT_EQ(give(kAnn), address(2));
  EXPECT_EQ(give(kBob), address(3));
  EXPECT_TRUE(give(kCay).is_none());
  EXPECT_EQ(give(kAnn), address(2));
}

TEST_F(TheLeases, last_for_ever_while_the_station_stays) {
  from.pool = Pool{address(2), address(2)};
  EXPECT_EQ(give(kAnn), address(2));
  EXPECT_TRUE(give(kBob, 1000h).is_none());
}

TEST_F(TheLeases, last_for_their_time_after_the_station_has_left) {
  const struct {
    Duration back;
    std::uint8_t bob, ann;
  } cases[] = {
      {0s, 3, 2}, {59min, 3, 2}, {1h - 1us, 3, 2}, {1h, 2, 3}, {24h, 2, 3},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.back.count());
    leases = {};
    EXPECT_EQ(give(kAnn), address(2));
    let_go(kAnn, 1min);
    EXPECT_EQ(give(kBob, 1min + c.back), address(c.bob));
    EXPECT_EQ(give(kAnn, 1min + c.back), address(c.ann));
  }
}

TEST_F(TheLeases, begin_anew_each_time_that_a_station_comes) {
  from.pool = Pool{address(2), address(2)};
  for (const Duration at : {0min, 50min, 100min}) {
    EXPECT_EQ(give(kAnn, at), address(2));
    let_go(kAnn, at);
    let_go(kAnn, at + 40min);  // has left already
  }
  EXPECT_TRUE(give(kBob, 100min + 59min).is_none());
  EXPECT_EQ(give(kBob, 100min + 60min), address(2));
}

TEST_F(TheLeases, follow_the_pool) {
  EXPECT_EQ(give(kAnn), address(2));
  from.pool = Pool{address(3), address(4)};
  EXPECT_EQ(give(kAnn), address(3));
  from.pool = Pool{address(2), address(4)};
  EXPECT_EQ(give(kBob), address(2));  // Ann's old one is free
}

TEST_F(TheLeases, are_the_lowest_again_once_one_below_is_free) {
  from.pool = {};
  for (std::uint8_t last = 2; last < 100; ++last)
    EXPECT_EQ(give({{2, 0, 0, 0, 9, last}}), address(last));
  let_go({{2, 0, 0, 0, 9, 50}}, 1min);
  let_go({{2, 0, 0, 0, 9, 20}}, 2min);
  EXPECT_EQ(give(kAnn, 61min), address(50));
  EXPECT_EQ(give(kBob, 61min), address(100));
  EXPECT_EQ(give(kCay, 62min), address(20));
  in_use = address(101);
  EXPECT_EQ(give({{2, 0, 0, 0, 9, 200}}, 62min), address(102));
  in_use = {};
  EXPECT_EQ(give({{2, 0, 0, 0, 9, 201}}, 62min), address(101));
}

TEST_F(TheLeases, are_looked_for_from_the_first_of_another_pool) {
  EXPECT_EQ(give(kAnn), address(2));
  from.pool = Pool{address(30), address(40)};
  EXPECT_EQ(give(kBob), address(30));
  from.pool = Pool{address(20), address(40)};
  EXPECT_EQ(give(kCay), address(20));
}

TEST_F(TheLeases, are_those_of_one_network) {
  EXPECT_EQ(give(kAnn), address(2));
  from.network = Ipv4(10, 44, 9, 0);
  from.pool = {};
  EXPECT_EQ(give(kBob), Ipv4(10, 44, 9, 2));
  EXPECT_EQ(give(kAnn), Ipv4(10, 44, 9, 3));
}

TEST_F(TheLeases, are_those_of_one_access_point) {
  EXPECT_EQ(give(kAnn), address(2));
  const MacAddress first = from.bssid;
  from.bssid = {{2, 0, 0, 0, 1, 2}};
  EXPECT_EQ(give(kBob), address(2));  // two LANs may have the same numbers
  leases.forget(first);
  EXPECT_EQ(give(kAnn), address(3));
  from.bssid = first;
  EXPECT_EQ(give(kBob), address(2));  // nobody remembers Ann
}

TEST_F(TheLeases, are_those_of_all_access_points_that_share_a_lan) {
  reach = Leases::Reach::shared;
  from.ssid = "office";
  EXPECT_EQ(give(kAnn), address(2));
  const MacAddress first = from.bssid;
  from.bssid = {{2, 0, 0, 0, 1, 2}};
  EXPECT_EQ(give(kBob), address(3));
  EXPECT_EQ(give(kAnn), address(2));
  leases.let_go(first, kAnn, kStart);  // she is at the second one by now
  let_go(kAnn, 1min);
  EXPECT_EQ(give(kCay, 1h), address(4));
  let_go(kCay, 1h);
  EXPECT_EQ(give(kCay, 2h), address(2));
  from.ssid = "neighbours";
  from.bssid = {{2, 0, 0, 0, 1, 3}};
  EXPECT_EQ(give(kBob, 2h), address(2));  // the same numbers, but another network
}

TEST_F(TheLeases, come_to_an_end_at_the_highest_address_of_all) {
  from.pool = Pool{Ipv4(255, 255, 255, 255), Ipv4(255, 255, 255, 255)};
  EXPECT_EQ(give(kAnn), Ipv4(255, 255, 255, 255));
  EXPECT_TRUE(give(kBob).is_none());
}
}  // namespace
}  // namespace bfq::sim

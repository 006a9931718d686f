#include "sim/air.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace bfq::sim {
namespace {
constexpr MacAddress mac(std::uint8_t number) { return {{2, 0, 0, 0, 0, number}}; }

template <class All, class Key>
void sort_by(All& all, Key key) {
  std::sort(all.begin(), all.end(),
            [key](const auto& a, const auto& b) { return a.*key < b.*key; });
}

/// The same air, with everything in one order.
Air sorted(Air air) {
  sort_by(air.access_points, &AccessPoint::bssid);
  sort_by(air.stations, &SimulatedStation::mac);
  sort_by(air.modules, &ModulePosition::station);
  return air;
}

Air changed(Air air, const std::vector<Change>& changes) {
  for (const Change& one : changes) change(air, one);
  return air;
}

// Changes -----------------------------------------------------------------------------------------

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  unsigned below(unsigned n) { return static_cast<unsigned>(engine_()) % n; }
  bool coin() { return below(2) == 0; }

 private:
  std::mt19937 engine_;
};

AccessPoint any_access_point(Chance& chance, MacAddress bssid) {
  AccessPoint ap{.ssid = std::string(1, static_cast<char>('a' + chance.below(3))), .bssid = bssid};
  ap.channel = static_cast<std::uint8_t>(1 + chance.below(3));
  if (chance.coin()) ap.rssi = static_cast<std::int8_t>(-40 - static_cast<int>(chance.below(3)));
  ap.hidden = chance.coin();
  if (chance.coin()) ap.position = Position{1.0 * chance.below(3), 0};
  ap.network = Ipv4(10, 44, static_cast<std::uint8_t>(1 + chance.below(3)), 0);
  if (chance.coin()) ap.delays.address = 1s;
  return ap;
}

/// Few different values, so that two airs have much in common.
Air any_air(Chance& chance) {
  Air air;
  for (std::uint8_t n = 0; n < 5; ++n) {
    if (chance.coin()) air.access_points.push_back(any_access_point(chance, mac(n)));
    if (chance.coin()) air.stations.push_back({.ssid = chance.coin() ? "a" : "b", .mac = mac(n)});
    if (chance.coin()) air.modules.push_back({mac(n), {1.0 * chance.below(3), 0}});
  }
  std::shuffle(air.access_points.begin(), air.access_points.end(), std::mt19937(chance.below(100)));
  if (chance.coin()) air.delays.scan = 1s;
  return air;
}

TEST(Difference, makes_the_one_air_of_the_other) {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    const Air from = any_air(chance), to = any_air(chance);
    const Air made = changed(from, difference(from, to));
    ASSERT_EQ(sorted(made), sorted(to));
    ASSERT_TRUE(difference(made, to).empty());
    ASSERT_TRUE(difference(from, from).empty());
  }
}

TEST(Difference, is_one_change_for_each_thing_that_is_different) {
  const Air from{.access_points = {{.ssid = "a", .bssid = mac(1)}, {.ssid = "b", .bssid = mac(2)}},
                 .stations = {{.ssid = "a", .mac = mac(3)}},
                 .modules = {{mac(4), {0, 0}}}};
  using Alter = void (*)(Air&);
  const struct {
    const char* what;
    Alter alter;
    std::size_t kind;
  } cases[] = {
      {"an access point more", [](Air& a) { add_access_point(a, {.ssid = "c"}); }, 0},
      {"another channel", [](Air& a) { a.access_points[1].channel = 9; }, 0},
      {"an access point less", [](Air& a) { a.access_points.pop_back(); }, 1},
      {"a station more", [](Air& a) { add_station(a, {.ssid = "c"}); }, 2},
      {"another delay", [](Air& a) { a.stations[0].after = 1s; }, 2},
      {"a station less", [](Air& a) { a.stations.clear(); }, 3},
      {"a place more",
       [](Air& a) {
         a.modules.push_back({mac(5), {1, 1}});
       },
       4},
      {"another place", [](Air& a) { a.modules[0].position.x = 1; }, 4},
      {"a place less", [](Air& a) { a.modules.clear(); }, 4},
      {"other delays", [](Air& a) { a.delays.scan = 1s; }, 5},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Air to = from;
    c.alter(to);
    const auto changes = difference(from, to);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes.front().index(), c.kind);
    EXPECT_EQ(changed(from, changes), to);
  }
}

// Addresses of whom nobody gave any ---------------------------------------------------------------

/// An air as a file says it, completed on the way from another one.
Air completed(Air air, const Air& before = {}) {
  complete(air, before);
  return air;
}

std::set<MacAddress> bssids(const Air& air) {
  std::set<MacAddress> all;
  for (const AccessPoint& ap : air.access_points) all.insert(ap.bssid);
  return all;
}

TEST(Complete, gives_everybody_an_address_of_their_own) {
  Air air;
  for (int i = 0; i < 300; ++i) air.access_points.push_back({.ssid = "same"});
  for (int i = 0; i < 300; ++i) air.stations.push_back({.ssid = "same"});
  complete(air, {});
  EXPECT_EQ(bssids(air).size(), 300U);
  EXPECT_EQ(bssids(air).count(MacAddress{}), 0U);
  std::set<Ipv4> networks;
  for (const AccessPoint& ap : air.access_points) networks.insert(ap.network);
  EXPECT_EQ(networks.size(), 300U);
  EXPECT_EQ(networks.count(Ipv4{}), 0U);
  std::set<MacAddress> stations;
  for (const SimulatedStation& station : air.stations) stations.insert(station.mac);
  EXPECT_EQ(stations.size(), 300U);
  EXPECT_EQ(stations.count(MacAddress{}), 0U);
}

TEST(Complete, gives_nobody_what_somebody_else_asked_for) {
  const Air first = completed({.access_points = {{.ssid = "a"}}});
  const MacAddress bssid = first.access_points[0].bssid;
  const Ipv4 network = first.access_points[0].network;
  const struct {
    const char* what;
    AccessPoint asks;
    bool keeps_bssid, keeps_network = false;
  } cases[] = {
      {"nothing", {.ssid = "b"}, true, true},
      {"the address", {.ssid = "b", .bssid = bssid}, false},
      {"the network", {.ssid = "b", .network = network}, true},
      {"a network around it",
       {.ssid = "b", .network = Ipv4(10, 0, 0, 0), .netmask = Ipv4(255, 0, 0, 0)},
       true,
       false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    for (const bool asks_first : {false, true}) {
      Air air{.access_points = {{.ssid = "a"}}};
      air.access_points.insert(asks_first ? air.access_points.begin() : air.access_points.end(),
                               c.asks);
      const std::size_t a = asks_first ? 1 : 0;
      complete(air, first);
      EXPECT_EQ(air.access_points[a].bssid == bssid, c.keeps_bssid);
      EXPECT_EQ(bssids(air).size(), 2U);
      if (air.access_points[1 - a].netmask == Ipv4(255, 0, 0, 0)) continue;  // has them all
      EXPECT_TRUE(!c.keeps_network || air.access_points[a].network == network);
      EXPECT_NE(air.access_points[0].network, air.access_points[1].network);
    }
  }
}

TEST(Complete, changes_nothing_about_the_others) {
  const std::vector<AccessPoint> three = {{.ssid = "a"}, {.ssid = "twice"}, {.ssid = "twice"}};
  const Air before =
      completed({.access_points = three, .stations = {{.ssid = "x"}, {.ssid = "y"}}});
  const struct {
    const char* what;
    std::vector<std::string> names;
    std::vector<std::size_t> are;  ///< which of those before they are; 9: none
  } cases[] = {
      {"as it was", {"a", "twice", "twice"}, {0, 1, 2}},
      {"one in front", {"new", "a", "twice", "twice"}, {9, 0, 1, 2}},
      {"one gone", {"twice", "twice"}, {1, 2}},
      {"other order", {"twice", "a", "twice"}, {1, 0, 2}},
      {"one of two gone", {"a", "twice"}, {0, 1}},
      {"another name", {"b", "twice", "twice"}, {9, 1, 2}},
      {"three of two", {"a", "twice", "twice", "twice"}, {0, 1, 2, 9}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Air air;
    for (const std::string& name : c.names) air.access_points.push_back({.ssid = name});
    complete(air, before);
    EXPECT_EQ(bssids(air).size(), c.names.size());
    for (std::size_t i = 0; i < c.are.size(); ++i) {
      if (c.are[i] == 9) continue;
      EXPECT_EQ(air.access_points[i].bssid, before.access_points[c.are[i]].bssid) << i;
      EXPECT_EQ(air.access_points[i].network, before.access_points[c.are[i]].network) << i;
    }
  }
  const Air other =
      completed({.stations = {{.ssid = "new"}, {.ssid = "y"}, {.ssid = "x"}}}, before);
  EXPECT_EQ(other.stations[1].mac, before.stations[1].mac);
  EXPECT_EQ(other.stations[2].mac, before.stations[0].mac);
}

TEST(Complete, leaves_alone_what_was_given) {
  const AccessPoint given{.ssid = "a", .bssid = mac(7), .network = Ipv4(172, 16, 0, 0)};
  const Air before = completed({.access_points = {{.ssid = "a"}}});
  EXPECT_EQ(completed({.access_points = {given}}, before).access_points[0], given);
}

// Networks and signals ----------------------------------------------------------------------------

TEST(AccessPoint, has_a_gateway_and_a_pool_in_its_network) {
  const struct {
    AccessPoint ap;
    Ipv4 gateway, first, last;
  } cases[] = {
      {{.network = Ipv4(10, 44, 1, 0)}, {10, 44, 1, 1}, {10, 44, 1, 2}, {10, 44, 1, 254}},
      {{.network = Ipv4(10, 44, 1, 77)}, {10, 44, 1, 1}, {10, 44, 1, 2}, {10, 44, 1, 254}},
      {{.network = Ipv4(10, 0, 0, 0), .netmask = Ipv4(255, 0, 0, 0)},
       {10, 0, 0, 1},
       {10, 0, 0, 2},
       {10, 255, 255, 254}},
      {{.network = Ipv4(192, 168, 1, 8), .netmask = Ipv4(255, 255, 255, 252)},
       {192, 168, 1, 9},
       {192, 168, 1, 10},
       {192, 168, 1, 10}},
      {{.network = Ipv4(10, 44, 1, 0),
        .gateway = Ipv4(10, 44, 1, 254),
        .pool = Pool{Ipv4(10, 44, 1, 5), Ipv4(10, 44, 1, 6)}},
       {10, 44, 1, 254},
       {10, 44, 1, 5},
       {10, 44, 1, 6}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(gateway_of(c.ap), c.gateway);
    EXPECT_EQ(pool_of(c.ap).first, c.first);
    EXPECT_EQ(pool_of(c.ap).last, c.last);
  }
}

TEST(AccessPoint, shares_its_lan_with_those_of_its_name_and_network) {
  const Ipv4 network(10, 44, 1, 0), other(10, 44, 2, 0), wide(255, 255, 0, 0);
  const Air air{
      .access_points = {{.ssid = "a", .bssid = mac(1), .network = network},
                        {.ssid = "a", .bssid = mac(2), .network = other},
                        {.ssid = "a", .bssid = mac(3), .network = network},
                        {.ssid = "b", .bssid = mac(4), .network = network},
                        {.ssid = "a", .bssid = mac(5), .network = network, .netmask = wide}}};
  const std::uint8_t heads[] = {1, 2, 1, 4, 5};
  for (std::uint8_t n = 1; n <= 5; ++n)
    EXPECT_EQ(head_of_lan(air, mac(n))->bssid, mac(heads[n - 1]));
  EXPECT_EQ(head_of_lan(air, mac(9)), nullptr);
}

TEST(Signal, falls_with_the_distance) {
  const struct {
    Position to;
    int signal;
    bool heard;
  } cases[] = {
      {{0, 0}, -30, true},      {{0.5, 0}, -30, true},   {{1, 0}, -30, true},
      {{-2, 0}, -39, true},     {{3, 4}, -51, true},     {{10, 0}, -60, true},
      {{0, 100}, -90, true},    {{150, 0}, -95, true},   {{155, 0}, -96, false},
      {{1000, 0}, -120, false}, {{1e9, 0}, -128, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(signal_at({0, 0}, c.to), c.signal) << c.to.x << ' ' << c.to.y;
    EXPECT_EQ(signal_at(c.to, {0, 0}), c.signal);
    EXPECT_EQ(c.signal >= kSensitivity, c.heard);
  }
}

TEST(Signal, is_what_was_said_or_follows_from_where_both_are) {
  const Position here{0, 0}, there{10, 0};
  EXPECT_EQ(signal_of({.rssi = -77}, here), -77);
  EXPECT_EQ(signal_of({.rssi = -77, .position = there}, here), -77);
  EXPECT_EQ(signal_of({.position = there}, here), -60);
  EXPECT_EQ(signal_of({.position = there}, {}), -50);
  EXPECT_EQ(signal_of({}, here), -50);
  EXPECT_EQ(signal_of({}, {}), -50);
  EXPECT_LT(signal_of({.rssi = -20, .off = true}, here), kSensitivity);
  EXPECT_LT(signal_of({.off = true, .position = here}, here), kSensitivity);
}
}  // namespace
}  // namespace bfq::sim

// One radio in the air: which access point it takes, what becomes of a join, and when.
#include "sim/radio.h"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <vector>

namespace bfq::sim {
namespace {
using radio::JoinFailure;
using radio::Security;

constexpr MacAddress bssid(std::uint8_t number) { return {{2, 0, 0, 0, 1, number}}; }
constexpr MacAddress station(std::uint8_t number) { return {{2, 0, 0, 0, 0, number}}; }
constexpr MacAddress own(std::uint8_t number) { return {{6, 0, 0, 0, 0, number}}; }
constexpr auto kPassword = "secret88";

/// What a join came to, as numbers: that of the access point, or that of the failure.
struct Outcome {
  int access_point = 0, failure = 0;
  bool operator==(const Outcome&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Outcome& o) {
  return out << "access point " << o.access_point << ", failure " << o.failure;
}
constexpr Outcome kSilence{};
constexpr Outcome joined(int access_point) { return {access_point, 0}; }
constexpr Outcome failed(JoinFailure why) { return {0, static_cast<int>(why)}; }

/// An access point of that number, named "net".
AccessPoint net(std::uint8_t number, std::int8_t rssi, Security security = Security::wpa2) {
  return {.ssid = "net",
          .password = security == Security::open ? "" : kPassword,
          .security = security,
          .channel = number,
          .rssi = rssi,
          .bssid = bssid(number),
          .network = Ipv4(10, 44, number, 0)};
}

radio::Join ask(const char* name = "net", const char* password = kPassword) {
  return {.ticket = {1}, .ssid = Text<32>(name), .password = Text<64>(password)};
}
radio::Join ask_for(std::uint8_t number) {
  radio::Join join = ask();
  join.bssid = bssid(number);
  return join;
}
radio::Join ask_safely(const char* password = kPassword) {
  radio::Join join = ask("net", password);
  join.only_protected = 1;
  return join;
}

class ARadio : public ::testing::Test {
 protected:
  void in(const std::vector<AccessPoint>& access_points) {
    Air air = medium.air();
    air.access_points = access_points;
    medium.change_to(air, now);
  }
  void apply(const Change& change) { medium.apply(change, now); }
  std::vector<Event> pass(Radio& who, Duration d) {
    std::vector<Event> said;
    const Instant until = now + d;
    while (who.next_deadline(now).due(until)) {
      now = std::max(now, who.next_deadline(now).at());
      while (const auto event = who.next_event(now)) said.push_back(*event);
    }
    now = until;
    return said;
  }
  Outcome outcome(const std::vector<Event>& said) {
    if (said.empty()) return kSilence;
    EXPECT_EQ(said.size(), 1U);
    if (const auto* j = std::get_if<radio::Joined>(&said[0])) return joined(j->bssid.bytes[5]);
    const auto* f = std::get_if<radio::JoinFailed>(&said[0]);
    EXPECT_NE(f, nullptr);
    return f == nullptr ? kSilence : failed(f->why);
  }
  Outcome join(const radio::Join& what, Duration wait = 1min) {
    radio.take(what, now);
    return outcome(pass(radio, wait));
  }
  /// The address that it gets, 0.0.0.0 when that is refused.
  Ipv4 address(Radio& who, Duration wait = 1min) {
    who.take(lease::ObtainAddress{{2}}, now);
    const auto said = pass(who, wait);
    if (said.size() != 1) return {};
    const auto* addressed = std::get_if<lease::Addressed>(&said[0]);
    return addressed == nullptr ? Ipv4{} : addressed->address;
  }
  std::vector<std::string> names_found(const radio::Scan& scan) {
    radio.take(scan, now);
    std::vector<std::string> names;
    for (const Event& event : pass(radio, 1min))
      if (const auto* found = std::get_if<radio::Found>(&event))
        names.emplace_back(found->access_point.ssid.view());
    return names;
  }
  Medium medium;
  Radio radio{medium, station(1), own(1)}, other{medium, station(2), own(2)};
  Instant now{};
};

TEST_F(ARadio, takes_the_strongest_that_fits) {
  const AccessPoint strong = net(1, -40), weak = net(2, -80), open = net(3, -30, Security::open),
                    corporate = net(4, -20, Security::enterprise), wep = net(5, -25, Security::wep);
  AccessPoint silent = net(6, -10), faint = net(7, -96), barely = net(8, -95);
  silent.silent = true;
  constexpr auto kNone = JoinFailure::no_such_network, kRefused = JoinFailure::refused;
  const struct {
    const char* what;
    std::vector<AccessPoint> air;
    radio::Join ask;
    Outcome outcome;
  } cases[] = {
      {"nobody", {}, ask(), failed(kNone)},
      {"another name", {strong}, ask("nets"), failed(kNone)},
      {"another case", {strong}, ask("NET"), failed(kNone)},
      {"one", {weak}, ask(), joined(2)},
      {"the strongest", {weak, strong}, ask(), joined(1)},
      {"in whatever order", {strong, weak}, ask(), joined(1)},
      {"the one that was asked for", {weak, strong}, ask_for(2), joined(2)},
      {"one that isn't there", {weak, strong}, ask_for(9), failed(kNone)},
      {"an open one takes any password", {strong, open}, ask(), joined(3)},
      {"not an open one with pci_en", {strong, open}, ask_safely(), joined(1)},
      {"not a WEP one with pci_en", {strong, wep}, ask_safely(), joined(1)},
      {"a WEP one without", {strong, wep}, ask(), joined(5)},
      {"nothing but open ones with pci_en", {open}, ask_safely(""), failed(kRefused)},
      {"nothing but WEP ones with pci_en", {wep}, ask_safely(), failed(kRefused)},
      {"an open one without a password", {strong, open}, ask("net", ""), joined(3)},
      {"a protected one without a password",
       {strong},
       ask("net", ""),
       failed(JoinFailure::wrong_password)},
      {"not an enterprise", {corporate, weak}, ask(), joined(2)},
      {"an enterprise alone", {corporate}, ask(), failed(kRefused)},
      {"an enterprise that was asked for", {corporate, weak}, ask_for(4), failed(kRefused)},
      {"one that never answers", {silent, strong}, ask(), kSilence},
      {"one that can hardly be heard", {barely, faint}, ask(), joined(8)},
      {"one that can't", {faint}, ask(), failed(kNone)},
      {"one that can't, asked for", {faint, strong}, ask_for(7), failed(kNone)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    in(c.air);
    EXPECT_EQ(join(c.ask), c.outcome);
  }
}

TEST_F(ARadio, is_let_in_with_the_right_password_alone) {
  const auto kWrong = failed(JoinFailure::wrong_password), kRefused = failed(JoinFailure::refused);
  const struct {
    Security security;
    Outcome right, wrong, right_safely;
  } cases[] = {
      {Security::open, joined(1), joined(1), kRefused},
      {Security::wep, joined(1), kWrong, kRefused},
      {Security::wpa, joined(1), kWrong, joined(1)},
      {Security::wpa2, joined(1), kWrong, joined(1)},
      {Security::wpa_wpa2, joined(1), kWrong, joined(1)},
      {Security::enterprise, kRefused, kRefused, kRefused},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(static_cast<int>(c.security));
    in({net(1, -40, c.security)});
    EXPECT_EQ(join(ask()), c.right);
    EXPECT_EQ(join(ask("net", "Secret88")), c.wrong);
    EXPECT_EQ(join(ask_safely()), c.right_safely);
  }
}

TEST_F(ARadio, joins_what_has_become_of_an_access_point_in_the_meantime) {
  AccessPoint renamed = net(1, -40), faint = net(1, -96), guarded = net(1, -40), open = net(1, -40),
              moved = net(1, -40), corporate = net(1, -40, Security::enterprise),
              silent = net(1, -40), full = net(1, -40), subnet = net(1, -40);
  renamed.ssid = "other";
  guarded.password = "something else";
  open.security = Security::open;
  moved.channel = 13;
  silent.silent = true;
  full.max_stations = 0;
  subnet.network = Ipv4(10, 44, 77, 0);
  constexpr auto kNone = JoinFailure::no_such_network;
  const struct {
    const char* what;
    Change change;
    Outcome outcome;
  } cases[] = {
      {"gone", RemoveAccessPoint{bssid(1)}, failed(kNone)},
      {"another name", PutAccessPoint{renamed}, failed(kNone)},
      {"out of hearing", PutAccessPoint{faint}, failed(kNone)},
      {"another password", PutAccessPoint{guarded}, failed(JoinFailure::wrong_password)},
      {"no password", PutAccessPoint{open}, joined(1)},
      {"enterprise", PutAccessPoint{corporate}, failed(JoinFailure::refused)},
      {"another channel", PutAccessPoint{moved}, joined(1)},
      {"another network", PutAccessPoint{subnet}, joined(1)},
      {"silent", PutAccessPoint{silent}, kSilence},
      {"full", PutAccessPoint{full}, failed(JoinFailure::refused)},
      {"a stronger one", PutAccessPoint{net(2, -20)}, joined(1)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    in({net(1, -40)});
    EXPECT_EQ(join(ask(), 299ms), kSilence);
    apply(c.change);
    EXPECT_EQ(outcome(pass(radio, 1min)), c.outcome);
  }
}

TEST_F(ARadio, hears_what_is_near_enough) {
  AccessPoint ap = net(1, 0);
  ap.rssi.reset();
  ap.position = Position{0, 0};
  in({ap});
  const struct {
    double metres;
    int rssi;  ///< 0: not heard
  } cases[] = {{1, -30}, {10, -60}, {100, -90}, {150, -95}, {155, 0}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.metres);
    apply(MoveModule{station(1), Position{c.metres, 0}});
    radio.take(radio::Scan{.ticket = {1}}, now);
    const auto said = pass(radio, 1min);
    ASSERT_EQ(said.size(), c.rssi == 0 ? 1U : 2U);
    EXPECT_EQ(join(ask()), c.rssi == 0 ? failed(JoinFailure::no_such_network) : joined(1));
    if (c.rssi == 0) continue;
    EXPECT_EQ(std::get<radio::Found>(said[0]).access_point.rssi, c.rssi);
    radio.take(radio::Leave{}, now);
  }
}

TEST_F(ARadio, is_told_its_signal_anew_as_it_moves_and_loses_it_in_the_end) {
  AccessPoint ap = net(1, 0);
  ap.rssi.reset();
  ap.position = Position{0, 0};
  in({ap});
  EXPECT_EQ(join(ask()), joined(1));
  for (const auto& [metres, rssi] : {std::pair(1, -30), {10, -60}, {100, -90}}) {
    apply(MoveModule{station(1), Position{1.0 * metres, 0}});
    const auto said = pass(radio, 0s);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(std::get<radio::Signal>(said[0]).rssi, rssi);
  }
  apply(MoveModule{station(2), Position{0, 0}});  // another module
  EXPECT_TRUE(pass(radio, 0s).empty());
  apply(MoveModule{station(1), Position{1000, 0}});
  const auto said = pass(radio, 0s);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<radio::Lost>(said[0]));
}

TEST_F(ARadio, finds_the_name_of_a_hidden_one_only_by_asking) {
  AccessPoint hidden = net(2, -40);
  hidden.ssid = "hidden";
  hidden.hidden = true;
  in({net(1, -40), hidden});
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_found({.ticket = {1}}), (Names{"net", ""}));
  EXPECT_EQ(names_found({.ticket = {1}, .bssid = bssid(2)}), (Names{""}));
  EXPECT_EQ(names_found({.ticket = {1}, .channel = std::uint8_t{2}}), (Names{""}));
  EXPECT_EQ(names_found({.ticket = {1}, .ssid = Text<32>("hidden")}), (Names{"hidden"}));
  EXPECT_EQ(names_found({.ticket = {1}, .ssid = Text<32>("net")}), (Names{"net"}));
  EXPECT_EQ(names_found({.ticket = {1}, .ssid = Text<32>("")}), Names{});
  EXPECT_EQ(join(ask("hidden")), joined(2));
}

TEST_F(ARadio, waits_as_long_as_the_access_point_takes) {
  AccessPoint slow = net(1, -40);
  slow.delays = {.scan = 450ms, .associate = 7s, .address = 9s};
  AccessPoint slower = net(2, -50);
  slower.delays.scan = 501ms;  // a scan takes 500 ms
  in({slow, slower});
  EXPECT_EQ(names_found({.ticket = {1}}).size(), 1U);
  radio.take(radio::Scan{.ticket = {1}}, now);
  EXPECT_TRUE(pass(radio, 449ms).empty());
  EXPECT_EQ(pass(radio, 1ms).size(), 1U);
  EXPECT_EQ(pass(radio, 50ms).size(), 1U);
  EXPECT_EQ(join(ask(), 6999ms), kSilence);
  EXPECT_EQ(outcome(pass(radio, 1ms)), joined(1));
  EXPECT_TRUE(address(radio, 8999ms).is_none());
  EXPECT_FALSE(radio.lan().has_value());
  EXPECT_EQ(pass(radio, 1ms).size(), 1U);
  EXPECT_TRUE(radio.lan().has_value());
}

TEST_F(ARadio, has_its_own_network_on_the_channel_where_it_is_joined) {
  Radio two{medium, station(3), own(3), Channels::free};
  const radio::StartAccessPoint open{.ssid = Text<32>("mine"), .channel = 11};
  in({net(6, -40)});
  radio.take(open, now);
  two.take(open, now);
  const auto channels = [&] {
    return std::pair<int, int>(radio.own_network()->channel, two.own_network()->channel);
  };
  EXPECT_EQ(channels(), std::pair(11, 11));
  EXPECT_EQ(join(ask()), joined(6));
  two.take(ask(), now);
  EXPECT_EQ(outcome(pass(two, 1min)), joined(6));
  EXPECT_EQ(channels(), std::pair(6, 11));
  radio.take(open, now);
  EXPECT_EQ(channels(), std::pair(6, 11)) << "reopened while joined";
  radio.take(radio::Leave{}, now);
  EXPECT_EQ(channels(), std::pair(11, 11));
}

TEST_F(ARadio, follows_a_network_of_a_module_to_another_channel) {
  const radio::StartAccessPoint open{.ssid = Text<32>("mine"), .channel = 11};
  in({net(6, -40)});
  radio.take(open, now);
  radio.take(
      lease::ServeAddresses{.address = Ipv4(192, 168, 4, 1), .netmask = Ipv4(255, 255, 255, 0)},
      now);
  other.take(ask("mine", ""), now);
  EXPECT_EQ(pass(other, 1min).size(), 1U);
  EXPECT_TRUE(other.joined_to().has_value());
  EXPECT_FALSE(pass(radio, 1min).empty()) << "that station has come";
  EXPECT_EQ(join(ask()), joined(6));
  const auto said = pass(other, 0s);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(std::get<radio::Signal>(said[0]).channel, 6);
  EXPECT_TRUE(other.joined_to().has_value());
}

TEST_F(ARadio, is_heard_as_weakly_as_it_sends) {
  const auto heard = [&](std::uint8_t quarter_dbm) {
    radio.take(radio::SetPower{quarter_dbm}, now);
    const auto said = pass(other, 1ms);
    const auto* signal = said.size() == 1 ? std::get_if<radio::Signal>(&said[0]) : nullptr;
    return signal == nullptr ? 0 : int{signal->rssi};
  };
  radio.take(radio::StartAccessPoint{.ssid = Text<32>("mine"), .channel = 1}, now);
  other.take(ask("mine", ""), now);
  EXPECT_EQ(pass(other, 1min).size(), 1U);
  const int most = heard(radio::kMostPower - 4) + 1;
  EXPECT_EQ(heard(radio::kMostPower - 40), most - 10);
  EXPECT_EQ(heard(radio::kMostPower), most);
}

TEST_F(ARadio, joins_no_sooner_what_no_scan_finds) {
  AccessPoint late = net(1, -40);
  late.delays.scan = 2s;  // a scan takes 500 ms
  in({late});
  EXPECT_TRUE(names_found({.ticket = {1}}).empty());
  EXPECT_EQ(join(ask(), 2299ms), kSilence);
  EXPECT_EQ(outcome(pass(radio, 1ms)), joined(1));
  EXPECT_EQ(join(ask("net", "wrong"), 2999ms), kSilence);
  EXPECT_EQ(outcome(pass(radio, 1ms)), failed(JoinFailure::wrong_password));
}

TEST_F(ARadio, is_refused_an_address_while_all_are_taken) {
  AccessPoint small = net(1, -40);
  small.pool = Pool{Ipv4(10, 44, 1, 7), Ipv4(10, 44, 1, 7)};
  small.lease = 1h;
  in({small});
  other.take(ask(), now);
  pass(other, 1s);
  EXPECT_EQ(address(other), Ipv4(10, 44, 1, 7));
  EXPECT_EQ(join(ask()), joined(1));
  radio.take(lease::ObtainAddress{{3}}, now);
  const auto said = pass(radio, 1s);
  ASSERT_EQ(said.size(), 1U);
  ASSERT_TRUE(std::holds_alternative<lease::AddressFailed>(said[0]));
  EXPECT_EQ(std::get<lease::AddressFailed>(said[0]).ticket, Ticket{3});
  other.take(radio::Leave{}, now);
  EXPECT_TRUE(address(radio).is_none());  // the lease still runs
  pass(radio, 1h);
  EXPECT_EQ(address(radio), Ipv4(10, 44, 1, 7));
}

TEST_F(ARadio, has_another_address_where_somebody_got_its_own_since) {
  AccessPoint ap = net(1, -40);
  ap.lease = 1h;
  in({ap});
  EXPECT_EQ(join(ask()), joined(1));
  EXPECT_EQ(address(radio), Ipv4(10, 44, 1, 2));
  apply(RemoveAccessPoint{bssid(1)});
  EXPECT_EQ(pass(radio, 0s).size(), 1U);
  EXPECT_FALSE(radio.lan().has_value());
  pass(radio, 1h);
  apply(PutAccessPoint{ap});
  other.take(ask(), now);
  pass(other, 1s);
  EXPECT_EQ(address(other), Ipv4(10, 44, 1, 2));
  EXPECT_EQ(join(ask()), joined(1));
  EXPECT_EQ(address(radio), Ipv4(10, 44, 1, 3));
}

TEST_F(ARadio, shares_a_lan_with_who_is_at_another_access_point_of_it) {
  const AccessPoint one = net(1, -40), elsewhere = net(3, -60);
  AccessPoint two = net(2, -50);
  two.network = one.network;
  in({one, two, elsewhere});
  const struct {
    std::uint8_t at;
    Ipv4 address;
  } cases[] = {{1, {10, 44, 1, 3}}, {2, {10, 44, 1, 3}}, {3, {10, 44, 3, 2}}};
  other.take(ask_for(1), now);
  pass(other, 1s);
  EXPECT_EQ(address(other), Ipv4(10, 44, 1, 2));
  for (const auto& c : cases) {
    EXPECT_EQ(join(ask_for(c.at)), joined(c.at));
    EXPECT_EQ(address(radio), c.address);
  }
  other.take(lease::UseAddress{{4}, Ipv4(10, 44, 1, 3), Ipv4(10, 44, 1, 1), Ipv4(255, 255, 255, 0)},
             now);
  pass(other, 1s);
  EXPECT_EQ(join(ask_for(2)), joined(2));
  EXPECT_EQ(address(radio), Ipv4(10, 44, 1, 4));  // somebody has taken the one that it had
}

TEST_F(ARadio, has_an_address_of_the_network_that_is_there_now) {
  in({net(1, -40)});
  EXPECT_EQ(join(ask()), joined(1));
  EXPECT_EQ(address(radio), Ipv4(10, 44, 1, 2));
  AccessPoint other_subnet = net(1, -40);
  other_subnet.network = Ipv4(172, 16, 5, 0);
  apply(PutAccessPoint{other_subnet});
  EXPECT_EQ(pass(radio, 0s).size(), 1U);
  EXPECT_EQ(join(ask()), joined(1));
  EXPECT_EQ(address(radio), Ipv4(172, 16, 5, 2));
  EXPECT_EQ(radio.lan()->gateway, Ipv4(172, 16, 5, 1));
}

TEST_F(ARadio, is_turned_away_where_an_access_point_is_full) {
  AccessPoint ap = net(1, -40);
  ap.max_stations = 1;
  in({ap});
  other.take(ask(), now);
  pass(other, 1s);
  EXPECT_EQ(join(ask()), failed(JoinFailure::refused));
  other.take(radio::Leave{}, now);
  EXPECT_EQ(join(ask()), joined(1));
}

TEST_F(ARadio, stays_joined_where_nothing_changes_that_matters) {
  AccessPoint ap = net(1, -40);
  using Alter = void (*)(AccessPoint&);
  const struct {
    const char* what;
    Alter alter;
    bool lost;
  } cases[] = {
      {"nothing", [](AccessPoint&) {}, false},
      {"DHCP", [](AccessPoint& a) { a.dhcp = Dhcp::is_silent; }, false},
      {"the lease", [](AccessPoint& a) { a.lease = 1min; }, false},
      {"the delays", [](AccessPoint& a) { a.delays.associate = 9s; }, false},
      {"how many", [](AccessPoint& a) { a.max_stations = 1; }, false},
      {"the name", [](AccessPoint& a) { a.ssid = "other"; }, true},
      {"the password", [](AccessPoint& a) { a.password = "something else"; }, true},
      {"the security", [](AccessPoint& a) { a.security = Security::wpa; }, true},
      {"the channel", [](AccessPoint& a) { a.channel = 9; }, true},
      {"hidden", [](AccessPoint& a) { a.hidden = true; }, true},
      {"the network", [](AccessPoint& a) { a.network = Ipv4(10, 44, 9, 0); }, true},
      {"the netmask", [](AccessPoint& a) { a.netmask = Ipv4(255, 255, 0, 0); }, true},
      {"the gateway", [](AccessPoint& a) { a.gateway = Ipv4(10, 44, 1, 254); }, true},
      {"out of hearing", [](AccessPoint& a) { a.rssi = -96; }, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    in({ap});
    ASSERT_EQ(join(ask()), joined(1));
    AccessPoint changed = ap;
    c.alter(changed);
    apply(PutAccessPoint{changed});
    const auto said = pass(radio, 1min);
    EXPECT_EQ(said.size(), c.lost ? 1U : 0U);
    EXPECT_EQ(radio.joined_to().has_value(), !c.lost);
    EXPECT_TRUE(!c.lost || std::holds_alternative<radio::Lost>(said.at(0)));
  }
}

TEST_F(ARadio, tells_a_host_of_an_address_once_however_often_a_station_asks) {
  other.take(radio::StartAccessPoint{.ssid = Text<32>("net")}, now);
  other.take(lease::ServeAddresses{.address = Ipv4(192, 168, 4, 1),
                                   .netmask = Ipv4(255, 255, 255, 0),
                                   .first = Ipv4(192, 168, 4, 2),
                                   .last = Ipv4(192, 168, 4, 9)},
             now);
  radio.take(ask(), now);
  EXPECT_EQ(pass(radio, 1s).size(), 1U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(address(radio, 1s), Ipv4(192, 168, 4, 2));
  EXPECT_EQ(pass(other, 1min).size(), 2U);  // it has come, and has an address
  radio.take(
      lease::UseAddress{{4}, Ipv4(192, 168, 4, 77), Ipv4(192, 168, 4, 1), Ipv4(255, 255, 255, 0)},
      now);
  EXPECT_EQ(pass(radio, 1s).size(), 1U);
  EXPECT_TRUE(pass(other, 1min).empty());
}
}  // namespace
}  // namespace bfq::sim

// What every radio promises the module (src/ports/radio.h), and the DHCP behind it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "radio_under_test.h"

namespace bfq::contracts {
namespace {
/// The name that a test has above, without that of the radio that it tries.
std::string_view name_of_test() {
  const std::string_view name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  return name.substr(0, name.find('/'));
}

class Radio : public ::testing::TestWithParam<RadioKind> {
 protected:
  void SetUp() override {
    const auto& rows = GetParam().exceptions;
    const auto row = std::find_if(rows.begin(), rows.end(), [](const Exception& each) {
      return each.test == name_of_test();
    });
    if (row != rows.end()) GTEST_SKIP() << row->why;
    begin_again();
  }
  /// With another radio. The former one ends first: a machine may have but one.
  void begin_again() {
    radio.reset();
    radio = GetParam().make();
  }
  std::vector<Event> after(const OfRadio& r) {
    radio->request(r);
    return radio->pass(60s);
  }
  bool nothing_comes_of(const OfRadio& r) {
    radio->request(r);
    return radio->stays_silent();
  }
  void join() { ASSERT_EQ(after(home(1)).size(), 1U); }
  static radio::Join home(std::uint16_t ticket, std::string_view password = kPassword) {
    return {.ticket = {ticket}, .ssid = Text<32>(kHome), .password = Text<64>(password)};
  }
  static radio::Join silent(std::uint16_t ticket) {
    return {.ticket = {ticket}, .ssid = Text<32>(kSilent), .password = Text<64>(kPassword)};
  }
  std::unique_ptr<RadioUnderTest> radio;
};

template <class Kind>
const Kind* only(const std::vector<Event>& said) {
  return said.size() == 1 ? std::get_if<Kind>(&said.front()) : nullptr;
}

// Joining -----------------------------------------------------------------------------------------

TEST_P(Radio, answers_a_join_once) {
  const auto said = after(home(7));
  const auto* joined = only<radio::Joined>(said);
  ASSERT_NE(joined, nullptr);
  EXPECT_EQ(joined->ticket, Ticket{7});
  EXPECT_NE(joined->bssid, MacAddress{});
  EXPECT_GE(joined->channel, 1);
  EXPECT_LT(joined->rssi, 0);
}

TEST_P(Radio, tells_why_a_join_fails) {
  const auto wrong = after(home(8, "wrong"));
  ASSERT_NE(only<radio::JoinFailed>(wrong), nullptr);
  EXPECT_EQ(only<radio::JoinFailed>(wrong)->why, radio::JoinFailure::wrong_password);
  EXPECT_EQ(only<radio::JoinFailed>(wrong)->ticket, Ticket{8});
  const auto nobody = after(radio::Join{.ticket = {9}, .ssid = Text<32>("nobody")});
  ASSERT_NE(only<radio::JoinFailed>(nobody), nullptr);
  EXPECT_EQ(only<radio::JoinFailed>(nobody)->why, radio::JoinFailure::no_such_network);
}

TEST_P(Radio, says_nothing_of_a_join_that_was_left) {
  radio->request(home(1));
  radio->request(radio::Leave{});
  EXPECT_TRUE(radio->stays_silent());
  EXPECT_TRUE(nothing_comes_of(radio::Leave{}));  // leaving what isn't there does no harm
}

TEST_P(Radio, answers_the_second_join_alone) {
  radio->request(home(1, "wrong"));
  radio->request(home(2));
  const auto said = radio->pass(60s);
  ASSERT_NE(only<radio::Joined>(said), nullptr);
  EXPECT_EQ(only<radio::Joined>(said)->ticket, Ticket{2});
}

TEST_P(Radio, may_be_silent_until_it_is_given_up_on) {
  const auto said = after(silent(1));
  const auto* failed = only<radio::JoinFailed>(said);
  EXPECT_TRUE(said.empty() || (failed != nullptr && failed->why == radio::JoinFailure::timed_out));
  radio->request(radio::Leave{});
  EXPECT_NE(only<radio::Joined>(after(home(2))), nullptr);
}

TEST_P(Radio, answers_once_whatever_changes_in_the_middle_of_a_join) {
  for (const Loss way : GetParam().losses) {
    SCOPED_TRACE(static_cast<int>(way));
    begin_again();
    radio->request(home(5));
    EXPECT_TRUE(radio->pass(1ms).empty());
    radio->lose_home(way);
    const auto said = radio->pass(60s);
    ASSERT_EQ(said.size(), 1U);
    const auto* joined = std::get_if<radio::Joined>(&said.front());
    const auto* failed = std::get_if<radio::JoinFailed>(&said.front());
    ASSERT_TRUE(joined != nullptr || failed != nullptr);
    EXPECT_EQ(joined != nullptr ? joined->ticket : failed->ticket, Ticket{5});
    EXPECT_TRUE(failed != nullptr || way != Loss::goes);
  }
}

// Losing ------------------------------------------------------------------------------------------

TEST_P(Radio, tells_once_that_an_association_is_lost_in_whatever_way) {
  for (const Loss way : GetParam().losses) {
    SCOPED_TRACE(static_cast<int>(way));
    begin_again();
    join();
    radio->lose_home(way);
    const auto said = radio->pass(60s);
    ASSERT_NE(only<radio::Lost>(said), nullptr);
    EXPECT_EQ(only<radio::Lost>(said)->ticket, Ticket{1});
    radio->restore_home();
    EXPECT_TRUE(radio->stays_silent());  // it doesn't join by itself
    EXPECT_NE(only<radio::Joined>(after(home(2))), nullptr);
  }
}

TEST_P(Radio, tells_one_loss_of_an_access_point_that_flickers) {
  join();
  for (int i = 0; i < 3; ++i) {
    radio->lose_home(Loss::goes);
    radio->restore_home();
  }
  EXPECT_NE(only<radio::Lost>(radio->pass(60s)), nullptr);
}

TEST_P(Radio, does_not_tell_who_left_that_it_is_lost) {
  for (const Loss way : GetParam().losses) {
    SCOPED_TRACE(static_cast<int>(way));
    begin_again();
    join();
    radio->request(radio::Leave{});
    radio->lose_home(way);
    EXPECT_TRUE(radio->stays_silent());
  }
}

TEST_P(Radio, does_not_tell_of_a_loss_that_a_leave_came_behind) {
  join();
  radio->lose_home(Loss::goes);
  radio->request(radio::Leave{});
  EXPECT_TRUE(radio->stays_silent());
}

TEST_P(Radio, tells_once_of_another_signal) {
  const auto joined = after(home(4));
  ASSERT_NE(only<radio::Joined>(joined), nullptr);
  radio->weaken_home();
  const auto said = radio->pass(60s);
  ASSERT_NE(only<radio::Signal>(said), nullptr);
  EXPECT_EQ(only<radio::Signal>(said)->ticket, Ticket{4});
  EXPECT_LT(only<radio::Signal>(said)->rssi, only<radio::Joined>(joined)->rssi);
  radio->weaken_home();  // as it was
  EXPECT_TRUE(radio->stays_silent());
}

TEST_P(Radio, does_not_tell_who_left_of_a_signal) {
  join();
  radio->weaken_home();
  radio->request(radio::Leave{});
  EXPECT_TRUE(radio->stays_silent());
}

// Addresses ---------------------------------------------------------------------------------------

TEST_P(Radio, gives_an_address_to_who_has_joined) {
  join();
  const auto said = after(lease::ObtainAddress{{3}});
  const auto* addressed = only<lease::Addressed>(said);
  ASSERT_NE(addressed, nullptr);
  EXPECT_EQ(addressed->ticket, Ticket{3});
  EXPECT_FALSE(addressed->address.is_none());
  EXPECT_NE(addressed->address, addressed->gateway);
  EXPECT_TRUE(same_network(addressed->address, addressed->gateway, addressed->netmask));
}

TEST_P(Radio, gives_the_same_address_again) {
  join();
  const auto first = after(lease::ObtainAddress{{3}});
  radio->request(radio::Leave{});
  join();
  const auto second = after(lease::ObtainAddress{{4}});
  ASSERT_NE(only<lease::Addressed>(first), nullptr);
  ASSERT_NE(only<lease::Addressed>(second), nullptr);
  EXPECT_EQ(only<lease::Addressed>(first)->address, only<lease::Addressed>(second)->address);
}

TEST_P(Radio, takes_the_address_that_it_is_told) {
  join();
  const Ipv4 address(192, 168, 7, 77), gateway(192, 168, 7, 1), netmask(255, 255, 255, 0);
  const auto said = after(lease::UseAddress{{3}, address, gateway, netmask});
  const auto* addressed = only<lease::Addressed>(said);
  ASSERT_NE(addressed, nullptr);
  EXPECT_EQ(addressed->ticket, Ticket{3});
  EXPECT_EQ(addressed->address, address);
  EXPECT_EQ(addressed->gateway, gateway);
  EXPECT_EQ(addressed->netmask, netmask);
}

TEST_P(Radio, says_nothing_of_an_address_when_the_association_ends_first) {
  join();
  radio->request(lease::ObtainAddress{{3}});
  radio->request(radio::Leave{});
  EXPECT_TRUE(radio->stays_silent());
  join();
  radio->request(lease::ObtainAddress{{4}});
  radio->lose_home(Loss::goes);
  EXPECT_NE(only<radio::Lost>(radio->pass(60s)), nullptr);
}

// Scanning ----------------------------------------------------------------------------------------

TEST_P(Radio, ends_a_scan_once_and_carries_its_ticket) {
  const auto said = after(radio::Scan{.ticket = {5}});
  ASSERT_FALSE(said.empty());
  for (std::size_t i = 0; i + 1 < said.size(); ++i) {
    const auto* found = std::get_if<radio::Found>(&said[i]);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->ticket, Ticket{5});
  }
  const auto* done = std::get_if<radio::ScanDone>(&said.back());
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->ticket, Ticket{5});
  EXPECT_TRUE(done->succeeded);
}

TEST_P(Radio, ends_each_of_two_scans) {
  radio->request(radio::Scan{.ticket = {5}});
  radio->request(radio::Scan{.ticket = {6}});
  std::vector<Ticket> ended;
  for (const Event& event : radio->pass(60s))
    if (const auto* done = std::get_if<radio::ScanDone>(&event)) ended.push_back(done->ticket);
  EXPECT_EQ(ended, (std::vector<Ticket>{{5}, {6}}));
}

TEST_P(Radio, finds_what_was_asked_for) {
  const auto said = after(radio::Scan{.ticket = {5}, .ssid = Text<32>(kHome)});
  ASSERT_EQ(said.size(), 2U);
  ASSERT_TRUE(std::holds_alternative<radio::Found>(said[0]));
  EXPECT_EQ(std::get<radio::Found>(said[0]).access_point.ssid.view(), kHome);
}

TEST_P(Radio, keeps_an_association_while_it_scans) {
  join();
  for (const Event& event : after(radio::Scan{.ticket = {5}}))
    EXPECT_FALSE(std::holds_alternative<radio::Lost>(event));
  EXPECT_NE(only<lease::Addressed>(after(lease::ObtainAddress{{6}})), nullptr);
}

// Its own access point ----------------------------------------------------------------------------

radio::StartAccessPoint own(std::string_view name = kOwn) {
  return {
      .ssid = Text<32>(name), .password = Text<64>(kPassword), .security = radio::Security::wpa2};
}
lease::ServeAddresses ten() {
  return {.address = Ipv4(192, 168, 4, 1),
          .netmask = Ipv4(255, 255, 255, 0),
          .first = Ipv4(192, 168, 4, 10),
          .last = Ipv4(192, 168, 4, 19)};
}

class OwnNetwork : public Radio {
 protected:
  void open(const radio::StartAccessPoint& network = own(),
            const lease::ServeAddresses& addresses = ten()) {
    radio->request(network);
    radio->request(addresses);
    ASSERT_TRUE(radio->stays_silent());
  }
  std::vector<Event> guest_comes(unsigned number, std::string_view password = kPassword) {
    radio->guest_comes(number, password);
    return radio->pass(5s);
  }
  std::vector<Event> guest_goes(unsigned number) {
    radio->guest_goes(number);
    return radio->pass(60s);
  }
  /// The address that it was told to have, if it was told of once, and then of its address.
  Ipv4 address_of_welcome(const std::vector<Event>& said, unsigned number) const {
    if (said.size() != 2) return {};
    const auto* joined = std::get_if<radio::StationJoined>(&said[0]);
    const auto* addressed = std::get_if<radio::StationAddressed>(&said[1]);
    if (joined == nullptr || addressed == nullptr || joined->mac != radio->guest(number)) return {};
    return addressed->mac == joined->mac ? addressed->address : Ipv4{};
  }
};

TEST_P(OwnNetwork, tells_once_that_a_station_comes_has_an_address_and_goes) {
  open();
  const Ipv4 address = address_of_welcome(guest_comes(0), 0);
  EXPECT_GE(address, ten().first);
  EXPECT_LE(address, ten().last);
  EXPECT_TRUE(radio->stays_silent(24h));
  const auto gone = guest_goes(0);
  ASSERT_NE(only<radio::StationLeft>(gone), nullptr);
  EXPECT_EQ(only<radio::StationLeft>(gone)->mac, radio->guest(0));
  EXPECT_TRUE(guest_goes(0).empty());
}

TEST_P(OwnNetwork, gives_each_station_an_address_of_its_own_and_the_same_one_again) {
  open();
  const Ipv4 first = address_of_welcome(guest_comes(0), 0),
             second = address_of_welcome(guest_comes(1), 1);
  EXPECT_FALSE(first.is_none());
  EXPECT_FALSE(second.is_none());
  EXPECT_NE(first, second);
  guest_goes(0);
  guest_goes(1);
  EXPECT_EQ(address_of_welcome(guest_comes(1), 1), second);
  EXPECT_EQ(address_of_welcome(guest_comes(0), 0), first);
}

TEST_P(OwnNetwork, tells_of_no_station_while_there_is_no_network) {
  EXPECT_TRUE(guest_comes(0).empty());
  EXPECT_TRUE(guest_goes(0).empty());
}

TEST_P(OwnNetwork, does_not_tell_of_who_has_a_wrong_password) {
  open();
  EXPECT_TRUE(guest_comes(0, "not that").empty());
  EXPECT_TRUE(guest_goes(0).empty());
}

TEST_P(OwnNetwork, takes_as_many_stations_as_were_allowed) {
  radio::StartAccessPoint network = own();
  network.max_stations = 2;
  open(network);
  EXPECT_EQ(guest_comes(0).size(), 2U);
  EXPECT_EQ(guest_comes(1).size(), 2U);
  EXPECT_TRUE(guest_comes(2).empty());
  guest_goes(2);
  EXPECT_NE(only<radio::StationLeft>(guest_goes(0)), nullptr);
  EXPECT_EQ(guest_comes(2).size(), 2U);
}

TEST_P(OwnNetwork, has_stations_without_an_address_where_it_gives_none) {
  lease::ServeAddresses none = ten();
  none.gives_addresses = false;
  open(own(), none);
  EXPECT_NE(only<radio::StationJoined>(guest_comes(0)), nullptr);
  EXPECT_NE(only<radio::StationLeft>(guest_goes(0)), nullptr);
}

TEST_P(OwnNetwork, gives_no_more_addresses_than_it_has) {
  lease::ServeAddresses one = ten();
  one.last = one.first;
  open(own(), one);
  EXPECT_EQ(address_of_welcome(guest_comes(0), 0), one.first);
  EXPECT_NE(only<radio::StationJoined>(guest_comes(1)), nullptr);
}

TEST_P(OwnNetwork, does_not_tell_of_an_address_of_who_has_gone_first) {
  open();
  radio->guest_comes(0, kPassword);
  std::vector<Event> said;
  while (said.empty()) said = radio->pass(1ms);
  EXPECT_NE(only<radio::StationJoined>(said), nullptr);
  EXPECT_NE(only<radio::StationLeft>(guest_goes(0)), nullptr);
}

TEST_P(OwnNetwork, ends_without_a_word_when_it_starts_anew) {
  open();
  guest_comes(0);
  guest_comes(1);
  open(own("another"));  // where they don't come again
  EXPECT_TRUE(guest_goes(0).empty());
  EXPECT_TRUE(guest_goes(1).empty());
  radio::StartAccessPoint for_one = own();
  for_one.max_stations = 1;
  open(for_one);
  EXPECT_EQ(guest_comes(2).size(), 2U);  // nobody has stayed behind
}

TEST_P(OwnNetwork, tells_of_each_station_that_another_address_of_its_own_sends_away) {
  open();
  guest_comes(0);
  guest_comes(1);
  lease::ServeAddresses other = ten();
  other.address = Ipv4(192, 168, 9, 1);
  other.first = Ipv4(192, 168, 9, 10);
  other.last = Ipv4(192, 168, 9, 19);
  std::vector<MacAddress> left;
  for (const Event& event : after(other))
    if (const auto* gone = std::get_if<radio::StationLeft>(&event)) left.push_back(gone->mac);
  EXPECT_EQ(left, (std::vector{radio->guest(0), radio->guest(1)}));
}

TEST_P(OwnNetwork, ends_without_a_word_when_it_stops) {
  open();
  guest_comes(0);
  EXPECT_TRUE(nothing_comes_of(radio::StopAccessPoint{}));
  EXPECT_TRUE(guest_goes(0).empty());
  EXPECT_TRUE(
      nothing_comes_of(radio::StopAccessPoint{}));  // stopping what isn't there does no harm
}

TEST_P(OwnNetwork, forgets_what_it_had_not_told_when_it_stops) {
  open();
  guest_comes(0);
  radio->guest_goes(0);
  radio->guest_comes(1, kPassword);
  EXPECT_TRUE(nothing_comes_of(radio::StopAccessPoint{}));
}

TEST_P(OwnNetwork, has_its_stations_whatever_becomes_of_the_radio_as_a_station) {
  open();
  guest_comes(0);
  join();
  radio->lose_home(Loss::goes);
  EXPECT_NE(only<radio::Lost>(radio->pass(60s)), nullptr);
  EXPECT_TRUE(nothing_comes_of(radio::Leave{}));
  EXPECT_NE(only<radio::StationLeft>(guest_goes(0)), nullptr);
}

// Without power -----------------------------------------------------------------------------------

TEST_P(OwnNetwork, is_silent_without_power_whatever_it_did) {
  const std::function<void()> states[] = {
      [] {},
      [&] { radio->request(radio::Scan{.ticket = {2}}); },
      [&] { radio->request(home(1)); },
      [&] { radio->request(home(1, "wrong")); },
      [&] { radio->request(silent(1)); },
      [&] { join(); },
      [&] { join(), radio->request(lease::ObtainAddress{{3}}); },
      [&] { join(), after(lease::ObtainAddress{{3}}), radio->lose_home(Loss::goes); },
      [&] { join(), radio->weaken_home(); },
      [&] { radio->request(own()); },
      [&] { open(); },
      [&] { open(), radio->guest_comes(0, kPassword); },
      [&] { open(), guest_comes(0); },
      [&] { open(), guest_comes(0), radio->guest_goes(0); },
  };
  for (std::size_t i = 0; i < std::size(states); ++i) {
    SCOPED_TRACE(i);
    begin_again();
    states[i]();
    radio->power_off();
    EXPECT_TRUE(radio->stays_silent());
    radio->guest_goes(0);
    radio->restore_home();
    EXPECT_TRUE(radio->stays_silent());
    EXPECT_NE(only<radio::Joined>(after(home(9))), nullptr);
    open();
    EXPECT_EQ(address_of_welcome(guest_comes(1), 1),
              ten().first);  // its DHCP server has forgotten all
  }
}

std::string name_of_kind(const ::testing::TestParamInfo<RadioKind>& kind) {
  return kind.param.name;
}

INSTANTIATE_TEST_SUITE_P(Each, Radio, ::testing::ValuesIn(kinds_of_radio()), name_of_kind);
INSTANTIATE_TEST_SUITE_P(Each, OwnNetwork, ::testing::ValuesIn(kinds_of_radio()), name_of_kind);
}  // namespace
}  // namespace bfq::contracts

// What every radio promises the module (src/ports/radio.h), and the DHCP behind it. There is one so far; a
// second one is a second factory.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "sim/radio.h"

namespace bfq {
namespace {
/// A radio with one protected network "home" (password "secret") and one that never answers, "silent".
class RadioUnderTest {
 public:
  virtual ~RadioUnderTest() = default;
  virtual void request(const Request&) = 0;
  /// Lets so much time pass and gives back what the radio said.
  virtual std::vector<Event> pass(Duration) = 0;
  virtual void lose_home() = 0;
  virtual void power_off() = 0;
};

class SimRadioUnderTest : public RadioUnderTest {
 public:
  SimRadioUnderTest() {
    sim::Air air;
    sim::add_access_point(air, {.ssid = "home", .password = "secret"});
    sim::add_access_point(air, {.ssid = "silent", .password = "secret", .silent = true});
    medium_.change_to(air, now_);
  }
  void request(const Request& r) override { ASSERT_TRUE(radio_.request(r, now_)); }
  std::vector<Event> pass(Duration d) override {
    std::vector<Event> said;
    const Instant until = now_ + d;
    while (radio_.next_deadline().due(until)) {
      now_ = std::max(now_, radio_.next_deadline().at());
      while (const auto event = radio_.next_event(now_)) said.push_back(*event);
    }
    now_ = until;
    return said;
  }
  void lose_home() override {
    medium_.apply(sim::RemoveAccessPoint{medium_.air().access_points.front().bssid}, now_);
  }
  void power_off() override { radio_.power_off(now_); }

 private:
  sim::Medium medium_;
  sim::Radio radio_{medium_, {{2, 0, 0, 0, 0, 1}}, {{6, 0, 0, 0, 0, 1}}};
  Instant now_{};
};

using Factory = std::function<std::unique_ptr<RadioUnderTest>()>;

class Radio : public ::testing::TestWithParam<Factory> {
 protected:
  std::vector<Event> after(const Request& r) {
    radio->request(r);
    return radio->pass(60s);
  }
  void join() { ASSERT_EQ(after(home(1)).size(), 1U); }
  static radio::Join home(std::uint16_t ticket, std::string_view password = "secret") {
    return {.ticket = {ticket}, .ssid = Text<32>("home"), .password = Text<64>(password)};
  }
  std::unique_ptr<RadioUnderTest> radio = GetParam()();
};

template <class Kind>
const Kind* only(const std::vector<Event>& said) {
  return said.size() == 1 ? std::get_if<Kind>(&said.front()) : nullptr;
}

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
  EXPECT_TRUE(radio->pass(60s).empty());
  EXPECT_TRUE(after(radio::Leave{}).empty());  // leaving what isn't there does no harm
}

TEST_P(Radio, answers_the_second_join_alone) {
  radio->request(home(1, "wrong"));
  radio->request(home(2));
  const auto said = radio->pass(60s);
  ASSERT_NE(only<radio::Joined>(said), nullptr);
  EXPECT_EQ(only<radio::Joined>(said)->ticket, Ticket{2});
}

TEST_P(Radio, may_be_silent_until_it_is_given_up_on) {
  EXPECT_TRUE(
      after(radio::Join{.ticket = {1}, .ssid = Text<32>("silent"), .password = Text<64>("secret")}).empty());
  radio->request(radio::Leave{});
  EXPECT_NE(only<radio::Joined>(after(home(2))), nullptr);
}

TEST_P(Radio, tells_once_that_an_association_is_lost) {
  join();
  radio->lose_home();
  const auto said = radio->pass(60s);
  ASSERT_NE(only<radio::Lost>(said), nullptr);
  EXPECT_EQ(only<radio::Lost>(said)->ticket, Ticket{1});
}

TEST_P(Radio, does_not_tell_who_left_that_it_is_lost) {
  join();
  radio->request(radio::Leave{});
  radio->lose_home();
  EXPECT_TRUE(radio->pass(60s).empty());
}

TEST_P(Radio, gives_an_address_to_who_has_joined) {
  join();
  const auto said = after(net::ObtainAddress{{3}});
  const auto* addressed = only<net::Addressed>(said);
  ASSERT_NE(addressed, nullptr);
  EXPECT_EQ(addressed->ticket, Ticket{3});
  EXPECT_FALSE(addressed->address.is_none());
  EXPECT_NE(addressed->address, addressed->gateway);
  EXPECT_TRUE(same_network(addressed->address, addressed->gateway, addressed->netmask));
}

TEST_P(Radio, gives_the_same_address_again) {
  join();
  const auto first = after(net::ObtainAddress{{3}});
  radio->request(radio::Leave{});
  join();
  const auto second = after(net::ObtainAddress{{4}});
  ASSERT_NE(only<net::Addressed>(first), nullptr);
  ASSERT_NE(only<net::Addressed>(second), nullptr);
  EXPECT_EQ(only<net::Addressed>(first)->address, only<net::Addressed>(second)->address);
}

TEST_P(Radio, says_nothing_of_an_address_when_the_association_ends_first) {
  join();
  radio->request(net::ObtainAddress{{3}});
  radio->request(radio::Leave{});
  EXPECT_TRUE(radio->pass(60s).empty());
}

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

TEST_P(Radio, finds_what_was_asked_for) {
  const auto said = after(radio::Scan{.ticket = {5}, .ssid = Text<32>("home")});
  ASSERT_EQ(said.size(), 2U);
  ASSERT_TRUE(std::holds_alternative<radio::Found>(said[0]));
  EXPECT_EQ(std::get<radio::Found>(said[0]).access_point.ssid.view(), "home");
}

TEST_P(Radio, keeps_an_association_while_it_scans) {
  join();
  for (const Event& event : after(radio::Scan{.ticket = {5}}))
    EXPECT_FALSE(std::holds_alternative<radio::Lost>(event));
  EXPECT_NE(only<net::Addressed>(after(net::ObtainAddress{{6}})), nullptr);
}

TEST_P(Radio, is_silent_without_power) {
  radio->request(home(1));
  radio->request(radio::Scan{.ticket = {2}});
  radio->power_off();
  EXPECT_TRUE(radio->pass(60s).empty());
}

INSTANTIATE_TEST_SUITE_P(Simulated, Radio,
                         ::testing::Values(Factory([] { return std::make_unique<SimRadioUnderTest>(); })));
}  // namespace
}  // namespace bfq

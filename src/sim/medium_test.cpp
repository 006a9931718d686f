// Modules that meet: two real ones on one medium, and simulated stations, seen by their hosts.
#include "sim/medium.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "commands/bfq4004.h"
#include "sim/world.h"

namespace bfq::sim {
namespace {
constexpr MacAddress kThird{{0x02, 0xbf, 0x57, 0, 0, 3}};
constexpr auto kShed = "AT+CWSAP_CUR=\"shed\",\"12345678\",5,3";
constexpr auto kJoinShed = "AT+CWJAP_CUR=\"shed\",\"12345678\"";
constexpr auto kOk = "\r\nOK\r\n";
constexpr auto kUp = "WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n";

ModuleIdentity identity(std::uint8_t number) {
  ModuleIdentity b;
  b.station_mac = {{0x02, 0xbf, 0x40, 0x04, 0, number}};
  b.access_point_mac = {{0x06, 0xbf, 0x40, 0x04, 0, number}};
  return b;
}

/// Module a opens an access point of its own, module b may join it.
class TwoModules : public ::testing::Test {
 protected:
  TwoModules() {
    a.power_on();
    b.power_on();
    pass(1s);
    for (World* world : both) say(*world, "ATE0");
    for (World* world : both) world->printed();
    EXPECT_EQ(say(a, "AT+CWMODE_CUR=3"), kOk);
    EXPECT_EQ(say(a, kShed), kOk);
  }
  void pass(Duration d) { pass_together(both, d); }
  void apply(const Change& change) { medium.apply(change, a.now()), pass(0s); }
  std::string say(World& to, const std::string& line, Duration wait = 0s) {
    to.host_types(line + "\r\n");
    pass(wait);
    return to.printed();
  }
  void join() {
    ASSERT_EQ(say(b, kJoinShed, 1s), kUp);
    ASSERT_EQ(a.printed(), kConnected);
  }
  const std::string kB = "\"02:bf:40:04:00:02\"";
  const std::string kConnected =
      "+STA_CONNECTED:" + kB + "\r\n+DIST_STA_IP:" + kB + ",\"192.168.4.2\"\r\n";
  /// What the host of an access point is told of a station that comes; without an address, nothing
  /// of one.
  static std::string welcome(const char* mac, const char* address = nullptr) {
    const std::string who = std::string("\"") + mac + '"';
    const std::string line = "+STA_CONNECTED:" + who + "\r\n";
    return address == nullptr ? line : line + addressed(mac, address);
  }
  static std::string addressed(const char* mac, const char* address) {
    return std::string("+DIST_STA_IP:\"") + mac + "\",\"" + address + "\"\r\n";
  }
  const std::string kThirdGone = "+STA_DISCONNECTED:\"02:bf:57:00:00:03\"\r\n";
  const std::string kGone = "+STA_DISCONNECTED:" + kB + "\r\n";
  Medium medium{default_air()};
  World a{commands::kBfq4004, identity(1), medium}, b{commands::kBfq4004, identity(2), medium};
  std::array<World*, 2> both{&a, &b};
};

TEST_F(TwoModules, one_scans_the_access_point_of_the_other) {
  EXPECT_EQ(say(b, "AT+CWLAP=\"shed\"", 1s),
            "+CWLAP:(3,\"shed\",-50,\"06:bf:40:04:00:01\",5,0,0,4,4,7,0)\r\n\r\nOK\r\n");
  EXPECT_EQ(say(a, "AT+CWLAP=\"shed\"", 1s), kOk);  // not its own
  EXPECT_EQ(say(a, "AT+CWSAP_CUR=\"shed\",\"12345678\",5,3,4,1"), kOk);
  EXPECT_EQ(say(b, "AT+CWLAP=,,5", 1s),
            "+CWLAP:(3,\"\",-50,\"06:bf:40:04:00:01\",5,0,0,4,4,7,0)\r\n\r\nOK\r\n");
  EXPECT_EQ(say(b, kJoinShed, 1s), kUp);
}

TEST_F(TwoModules, one_joins_the_other_and_both_say_so) {
  join();
  EXPECT_EQ(say(a, "AT+CWLIF"), "192.168.4.2,02:bf:40:04:00:02\r\n\r\nOK\r\n");
  EXPECT_EQ(say(b, "AT+CWJAP_CUR?"),
            "+CWJAP_CUR:\"shed\",\"06:bf:40:04:00:01\",5,-50\r\n\r\nOK\r\n");
  ASSERT_TRUE(b.radio().lan().has_value());
  ASSERT_TRUE(a.radio().own_lan().has_value());
  EXPECT_EQ(b.radio().lan()->access_point, a.radio().own_lan()->access_point);
  EXPECT_EQ(b.radio().lan()->gateway, a.radio().own_lan()->address);
  EXPECT_EQ(say(b, "AT+CWQAP"), "\r\nOK\r\nWIFI DISCONNECT\r\n");
  EXPECT_EQ(a.printed(), kGone);
  join();  // the same address again
}

TEST_F(TwoModules, a_wrong_password_is_refused_and_not_told) {
  EXPECT_EQ(say(b, "AT+CWJAP_CUR=\"shed\",\"87654321\"", 2s), "+CWJAP_CUR:2\r\n\r\nFAIL\r\n");
  EXPECT_EQ(a.printed(), "");
}

TEST_F(TwoModules, nobody_gets_in_beyond_the_limit) {
  EXPECT_EQ(say(a, "AT+CWSAP_CUR=\"shed\",\"12345678\",5,3,1"), kOk);
  apply(PutStation{{.ssid = "shed", .password = "12345678", .mac = kThird}});
  pass(1s);
  EXPECT_EQ(a.printed(),
            "+STA_CONNECTED:\"02:bf:57:00:00:03\"\r\n+DIST_STA_IP:\"02:bf:57:00:00:03\",\"192.168."
            "4.2\"\r\n");
  EXPECT_EQ(say(b, kJoinShed, 2s), "+CWJAP_CUR:4\r\n\r\nFAIL\r\n");
  EXPECT_EQ(a.printed(), "");
  apply(RemoveStation{kThird});
  EXPECT_EQ(a.printed(), kThirdGone);
  EXPECT_EQ(say(b, kJoinShed, 2s), kUp);
}

TEST_F(TwoModules, an_access_point_that_starts_anew_is_lost_and_joined_again) {
  join();
  EXPECT_EQ(say(a, kShed), kOk + kGone);
  EXPECT_EQ(b.printed(), "WIFI DISCONNECT\r\n");
  pass(10s);
  EXPECT_EQ(b.printed(), "WIFI CONNECTED\r\nWIFI GOT IP\r\n");
  EXPECT_EQ(a.printed(), kConnected);
}

TEST_F(TwoModules, another_password_keeps_the_other_out) {
  join();
  EXPECT_EQ(say(a, "AT+CWSAP_CUR=\"shed\",\"something else\",5,3"), kOk + kGone);
  pass(1min);
  EXPECT_EQ(b.printed(), "WIFI DISCONNECT\r\n");
  EXPECT_EQ(say(a, kShed, 1min), kOk + kConnected);
  EXPECT_EQ(b.printed(), "WIFI CONNECTED\r\nWIFI GOT IP\r\n");
}

TEST_F(TwoModules, an_address_of_ones_own_is_in_nobodys_list_and_given_to_nobody) {
  EXPECT_EQ(say(a, "AT+CWDHCPS_CUR=1,60,\"192.168.4.50\",\"192.168.4.51\""), kOk);
  EXPECT_EQ(say(b, "AT+CIPSTA_CUR=\"192.168.4.50\""), kOk);
  EXPECT_EQ(say(b, kJoinShed, 1s), kUp);
  EXPECT_EQ(a.printed(), welcome("02:bf:40:04:00:02"));
  EXPECT_EQ(say(a, "AT+CWLIF"), kOk);
  EXPECT_EQ(b.radio().lan()->address, Ipv4(192, 168, 4, 50));
  apply(PutStation{{.ssid = "shed", .password = "12345678", .mac = kThird}});
  pass(1s);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03", "192.168.4.51"));
}

TEST_F(TwoModules, a_pool_that_is_used_up_refuses_and_is_no_dhcp_timeout) {
  EXPECT_EQ(say(a, "AT+CWDHCPS_CUR=1,1,\"192.168.4.2\",\"192.168.4.2\""), kOk);
  apply(PutStation{{.ssid = "shed", .password = "12345678", .mac = kThird}});
  pass(1s);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03", "192.168.4.2"));
  EXPECT_EQ(say(b, kJoinShed, 1s),
            "WIFI CONNECTED\r\nWIFI DISCONNECT\r\n+CWJAP_CUR:1\r\n\r\nFAIL\r\n");
  EXPECT_EQ(a.printed(), welcome("02:bf:40:04:00:02") + kGone);
  apply(RemoveStation{kThird});
  pass(59s);
  EXPECT_EQ(a.printed(), kThirdGone);
  pass(1s);  // the lease of a minute is over
  join();
}

TEST_F(TwoModules, a_station_without_an_address_asks_until_it_has_one) {
  EXPECT_EQ(say(a, "AT+CWDHCPS_CUR=1,1,\"192.168.4.2\",\"192.168.4.2\""), kOk);
  join();
  apply(PutStation{{.ssid = "shed", .password = "12345678", .mac = kThird}});
  pass(25s);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03"));
  EXPECT_EQ(say(b, "AT+CWQAP", 0s), "\r\nOK\r\nWIFI DISCONNECT\r\n");
  EXPECT_EQ(a.printed(), kGone);
  pass(59s);
  EXPECT_EQ(a.printed(), "");
  pass(11s);  // a minute of lease, and at most ten seconds until it asks again
  EXPECT_EQ(a.printed(), addressed("02:bf:57:00:00:03", "192.168.4.2"));
  EXPECT_EQ(say(b, kJoinShed, 1s),
            "WIFI CONNECTED\r\nWIFI DISCONNECT\r\n+CWJAP_CUR:1\r\n\r\nFAIL\r\n");
}

TEST_F(TwoModules, a_station_asks_nobody_who_gives_no_addresses) {
  EXPECT_EQ(say(a, "AT+CWDHCP_CUR=0,0"), kOk);
  apply(PutStation{{.ssid = "shed", .password = "12345678", .mac = kThird}});
  pass(1s);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03"));
  EXPECT_TRUE(a.radio().next_deadline(a.now()).is_never());
  EXPECT_EQ(say(a, "AT+CWDHCP_CUR=0,1", 1s), kOk + addressed("02:bf:57:00:00:03", "192.168.4.2"));
}

TEST_F(TwoModules, a_station_comes_as_late_as_was_said_and_again_after_each_start) {
  apply(PutStation{{.ssid = "shed", .password = "12345678", .mac = kThird, .after = 5s}});
  pass(4999ms);
  EXPECT_EQ(a.printed(), "");
  pass(1s);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03", "192.168.4.2"));
  EXPECT_EQ(say(a, kShed, 4999ms), kOk + kThirdGone);
  pass(1s);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03", "192.168.4.2"));
}

TEST_F(TwoModules, a_station_joins_what_it_hears) {
  const MacAddress where_a_is = a.radio().station_mac();
  apply(MoveModule{where_a_is, Position{0, 0}});
  apply(PutStation{
      {.ssid = "shed", .password = "12345678", .mac = kThird, .position = Position{1000, 0}}});
  pass(1min);
  EXPECT_EQ(a.printed(), "");
  apply(MoveModule{where_a_is, Position{999, 0}});
  pass(1s);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03", "192.168.4.2"));
  apply(MoveModule{where_a_is, Position{990, 0}});
  EXPECT_EQ(a.printed(), "");
  apply(MoveModule{where_a_is, Position{0, 0}});
  EXPECT_EQ(a.printed(), kThirdGone);
}

TEST_F(TwoModules, a_station_joins_the_nearer_of_two_of_one_name) {
  EXPECT_EQ(say(b, "AT+CWMODE_CUR=2"), kOk);
  EXPECT_EQ(say(b, kShed), kOk);
  apply(MoveModule{a.radio().station_mac(), Position{0, 0}});
  apply(MoveModule{b.radio().station_mac(), Position{10, 0}});
  apply(PutStation{
      {.ssid = "shed", .password = "12345678", .mac = kThird, .position = Position{9, 0}}});
  pass(1s);
  EXPECT_EQ(a.printed(), "");
  EXPECT_EQ(b.printed(), welcome("02:bf:57:00:00:03", "192.168.4.2"));
  EXPECT_EQ(say(b, "AT+CWMODE_CUR=1", 1s), kOk + kThirdGone);
  EXPECT_EQ(a.printed(), welcome("02:bf:57:00:00:03", "192.168.4.2"));
}

TEST_F(TwoModules, one_that_walks_away_sees_the_signal_fall_until_it_has_none) {
  apply(MoveModule{a.radio().station_mac(), Position{0, 0}});
  apply(MoveModule{b.radio().station_mac(), Position{1, 0}});
  join();
  const auto signal = [&](const char* rssi) {
    return "+CWJAP_CUR:\"shed\",\"06:bf:40:04:00:01\",5," + std::string(rssi) + "\r\n\r\nOK\r\n";
  };
  EXPECT_EQ(say(b, "AT+CWJAP_CUR?"), signal("-30"));
  apply(MoveModule{b.radio().station_mac(), Position{10, 0}});
  EXPECT_EQ(say(b, "AT+CWJAP_CUR?"), signal("-60"));
  apply(MoveModule{a.radio().station_mac(), Position{-90, 0}});  // the other one goes
  EXPECT_EQ(say(b, "AT+CWJAP_CUR?"), signal("-90"));
  EXPECT_EQ(a.printed(), "");
  apply(MoveModule{a.radio().station_mac(), Position{-1000, 0}});
  EXPECT_EQ(b.printed(), "WIFI DISCONNECT\r\n");
  EXPECT_EQ(a.printed(), kGone);
  apply(MoveModule{a.radio().station_mac(), Position{9, 0}});
  pass(10s);
  EXPECT_EQ(b.printed(), "WIFI CONNECTED\r\nWIFI GOT IP\r\n");
}

TEST_F(TwoModules, an_access_point_that_is_back_with_another_network_gives_another_address) {
  AccessPoint garden{.ssid = "garden", .password = "12345678", .bssid = {{2, 0, 0, 0, 0, 9}}};
  garden.network = Ipv4(10, 44, 77, 0);
  apply(PutAccessPoint{garden});
  EXPECT_EQ(say(b, "AT+CWJAP_CUR=\"garden\",\"12345678\"", 1s), kUp);
  EXPECT_EQ(b.radio().lan()->address, Ipv4(10, 44, 77, 2));
  apply(RemoveAccessPoint{garden.bssid});
  EXPECT_EQ(b.printed(), "WIFI DISCONNECT\r\n");
  pass(1min);
  garden.network = Ipv4(172, 16, 5, 0);
  apply(PutAccessPoint{garden});
  pass(10s);
  EXPECT_EQ(b.printed(), "WIFI CONNECTED\r\nWIFI GOT IP\r\n");
  EXPECT_EQ(b.radio().lan()->address, Ipv4(172, 16, 5, 2));
}

TEST_F(TwoModules, a_dhcp_server_that_takes_too_long_is_given_up_on) {
  const struct {
    Duration takes;
    std::string says;
  } cases[] = {
      {14s, kUp},
      {15s, "WIFI CONNECTED\r\nDHCP TIMEOUT\r\nWIFI DISCONNECT\r\n+CWJAP_CUR:1\r\n\r\nFAIL\r\n"},
  };
  for (const auto& c : cases) {
    AccessPoint slow{
        .ssid = "slow", .security = radio::Security::open, .bssid = {{2, 0, 0, 0, 0, 9}}};
    slow.network = Ipv4(10, 44, 77, 0);
    slow.delays.address = c.takes;
    apply(PutAccessPoint{slow});
    EXPECT_EQ(say(b, "AT+CWJAP_CUR=\"slow\",\"\"", 20s), c.says);
    say(b, "AT+CWQAP");
  }
}

TEST_F(TwoModules, a_module_in_mode_3_is_in_one_network_and_has_another) {
  join();
  EXPECT_EQ(say(a, "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"", 1s), kUp);
  EXPECT_EQ(b.printed(),
            "");  // who is in its own network follows it to another channel without a word
  EXPECT_EQ(say(b, "AT+CWJAP_CUR?"),
            "+CWJAP_CUR:\"shed\",\"06:bf:40:04:00:01\",6,-50\r\n\r\nOK\r\n");
  Air none = medium.air();
  none.access_points.clear();
  medium.change_to(none, a.now());
  pass(0s);
  EXPECT_EQ(a.printed(), "WIFI DISCONNECT\r\n");
  EXPECT_EQ(say(a, "AT+CWLIF"), "192.168.4.2,02:bf:40:04:00:02\r\n\r\nOK\r\n");
}

TEST_F(TwoModules, power_goes_on_either_side) {
  join();
  b.power_cut();
  pass(0s);
  EXPECT_EQ(a.printed(), kGone);
  pass(1s);
  EXPECT_EQ(b.printed(), "\r\nready\r\n");
  say(b, "ATE0");
  join();
  a.power_cut();
  pass(0s);
  EXPECT_EQ(b.printed(), "WIFI DISCONNECT\r\n");
}
}  // namespace
}  // namespace bfq::sim

// Modules that meet: two real ones on one medium, and simulated stations, seen by their hosts.
#include "sim/medium.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "commands/table.h"
#include "sim/world.h"

namespace bfq::sim {
namespace {
constexpr MacAddress kThird{{0x02, 0xbf, 0x57, 0, 0, 3}};
constexpr auto kShed = "AT+CWSAP_CUR=\"shed\",\"12345678\",5,3";
constexpr auto kJoinShed = "AT+CWJAP_CUR=\"shed\",\"12345678\"";
constexpr auto kOk = "\r\nOK\r\n";
constexpr auto kUp = "WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n";

Birth birth(std::uint8_t number) {
  Birth b;
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
  const std::string kConnected = "+STA_CONNECTED:" + kB + "\r\n+DIST_STA_IP:" + kB + ",\"192.168.4.2\"\r\n";
  const std::string kGone = "+STA_DISCONNECTED:" + kB + "\r\n";
  Medium medium{default_air()};
  World a{commands::all(), birth(1), medium}, b{commands::all(), birth(2), medium};
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
  EXPECT_EQ(say(b, "AT+CWJAP_CUR?"), "+CWJAP_CUR:\"shed\",\"06:bf:40:04:00:01\",5,-50\r\n\r\nOK\r\n");
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
            "+STA_CONNECTED:\"02:bf:57:00:00:03\"\r\n+DIST_STA_IP:\"02:bf:57:00:00:03\",\"192.168.4.2\"\r\n");
  EXPECT_EQ(say(b, kJoinShed, 2s), "+CWJAP_CUR:4\r\n\r\nFAIL\r\n");
  EXPECT_EQ(a.printed(), "");
  apply(RemoveStation{kThird});
  EXPECT_EQ(a.printed(), "+STA_DISCONNECTED:\"02:bf:57:00:00:03\"\r\n");
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

// What commands, events and places are made of, without a program.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <set>
#include <string>
#include <vector>

#include "daemon/control/client.h"
#include "daemon/control/place.h"
#include "daemon/control/waits.h"
#include "daemon/process/failure.h"

namespace bfq::control {
namespace {
TEST(ControlPlaceTest, a_path_that_is_too_long_is_refused_with_its_length) {
  const std::string text = "unix:/" + std::string(longest_socket_path(), 'x');
  try {
    parse_control({text});
    ADD_FAILURE();
  } catch (const process::UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("108 bytes, of at most 107"), std::string::npos);
  }
  for (const char* wrong : {"pigeon:x", "unix:", "http:", "http:x", "http:65536", "http::80",
                            "http:[]:80", "http:::1:80", "http:a:b:80"})
    EXPECT_THROW(parse_control({wrong}), process::UsageError) << wrong;
  EXPECT_THROW(parse_control({"none", "unix:/tmp/a"}), process::UsageError);
}

TEST(ControlPlaceTest, there_may_be_a_socket_and_http) {
  const ControlPlaces places =
      parse_control({"http:80", "unix:/tmp/a", "http:[::1]:81", "http:localhost:0"});
  EXPECT_EQ(places.socket.path, "/tmp/a");
  ASSERT_EQ(places.http.size(), 3U);
  EXPECT_EQ(places.http[0].host, "127.0.0.1");
  EXPECT_EQ(places.http[0].port, 80);
  EXPECT_EQ(places.http[1].host, "::1");
  EXPECT_EQ(places.http[2].host, "localhost");
  EXPECT_EQ(parse_control({"http:80"}).socket.kind, ControlPlace::Kind::usual);
}

// Rows --------------------------------------------------------------------------------------------

TEST(ControlRows, each_name_stands_once_and_everything_is_described) {
  std::set<std::string_view> names;
  for (const ControlCommand& row : commands()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.summary.ends_with('.')) << row.name;
    for (const world::KeyInfo& key : row.arguments)
      EXPECT_FALSE(key.allowed.empty() || key.meaning.empty()) << row.name << ' ' << key.name;
  }
  for (const EventInfo& row : event_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.summary.ends_with('.')) << row.name;
  }
}

struct FitCase {
  std::string text, pattern;
  bool fits;
};

TEST(ControlRows, a_pattern_fits_what_it_stands_for) {
  const FitCase cases[] = {{"OK", "OK", true},
                           {"+IPD,0,5:", "IPD", true},
                           {"OK", "OKAY", false},
                           {"", "*", true},
                           {"", "?", false},
                           {"abcabd", "ab?d", false},
                           {"abcabd", "abd", true},
                           {"abXcdYef", "b*d*f", true},
                           {"abXcdYef", "b*f*d", false},
                           {"aaaaaaab", "a*a*b", true},
                           {"CONNECT", "?CONNECT", false},
                           {"0,CONNECT", "?CONNECT", true}};
  for (const FitCase& each : cases)
    EXPECT_EQ(fits(each.text, each.pattern), each.fits) << each.text << ' ' << each.pattern;
}

TEST(ControlRows, words_at_the_shell_become_what_the_arguments_are) {
  const auto request = [](std::string_view name, const std::vector<std::string>& words) {
    return json::serialize(request_of(*find_command(name), words).at("arguments"));
  };
  EXPECT_EQ(request("ap.change", {"name=12345678", "rssi=-80", "hidden=true", "dhcp.delay=5s",
                                  "dhcp.pool=10.44.7.1,10.44.7.9"}),
            R"({"name":"12345678","rssi":-80,"hidden":true,)"
            R"("dhcp":{"delay":"5s","pool":["10.44.7.1","10.44.7.9"]}})");
  EXPECT_EQ(request("wait", {"--since", "4", "event=joined"}), R"({"since":4,"event":"joined"})");
  EXPECT_EQ(request("send", {"line=AT+CWMODE=1"}), R"({"line":"AT+CWMODE=1"})");
  EXPECT_EQ(request("subscribe", {"topics=state,air"}), R"({"topics":["state","air"]})");
  EXPECT_EQ(request("subscribe", {"summary=true"}), R"({"summary":true})");
  EXPECT_THROW(request("status", {"module"}), process::UsageError);
}
}  // namespace
}  // namespace bfq::control

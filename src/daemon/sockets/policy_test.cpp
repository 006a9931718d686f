#include "daemon/sockets/policy.h"

#include <gtest/gtest.h>

#include "daemon/process/failure.h"

namespace bfq::sockets {
namespace {
struct Case {
  const char* policy;
  const char* name;
  const char* address;
  std::uint16_t port;
  bool allowed;
};

constexpr Case kCases[] = {
    {"", "example.test", "93.184.216.34", 80, true},
    {"", "127.0.0.1", "127.0.0.1", 8000, true},
    {"deny=10.0.0.0/8", "10.1.2.3", "10.1.2.3", 80, false},
    {"deny=10.0.0.0/8", "11.1.2.3", "11.1.2.3", 80, true},
    {"deny=10.0.0.0/8", "inside.test", "10.1.2.3", 80, false},  // by its address, whatever its name
    {"deny=10.1.2.3", "10.1.2.4", "10.1.2.4", 80, true},
    {"deny=0.0.0.0/0", "1.1.1.1", "1.1.1.1", 80, false},
    {"deny=*:25", "mail.test", "10.0.0.1", 25, false},
    {"deny=*:25", "mail.test", "10.0.0.1", 26, true},
    {"deny=*:6000-6010", "x.test", "10.0.0.1", 6010, false},
    {"deny=*:6000-6010", "x.test", "10.0.0.1", 6011, true},
    {"deny=bad.test", "BAD.test", "10.0.0.1", 80, false},
    {"deny=bad.test", "bad.test.", "10.0.0.1", 80, false},
    {"deny=bad.test", "very.bad.test", "10.0.0.1", 80, true},
    {"deny=*.bad.test", "very.bad.test", "10.0.0.1", 80, false},
    {"deny=*.bad.test", "bad.test", "10.0.0.1", 80, true},
    {"deny=*.bad.test", "notbad.test", "10.0.0.1", 80, true},
    {"allow=good.test", "good.test", "10.0.0.1", 80, true},
    {"allow=good.test", "other.test", "10.0.0.1", 80, false},
    {"allow=10.0.0.0/8:80", "10.9.9.9", "10.9.9.9", 80, true},
    {"allow=10.0.0.0/8:80", "10.9.9.9", "10.9.9.9", 81, false},
    {"allow=*;deny=bad.test", "bad.test", "10.0.0.1", 80, false},
    {"deny=10.0.0.1; allow=10.0.0.0/8 , 11.0.0.1", "10.0.0.1", "10.0.0.1", 80, false},
    {"deny=10.0.0.1; allow=10.0.0.0/8 , 11.0.0.1", "11.0.0.1", "11.0.0.1", 80, true},
    {"", "169.254.169.254", "169.254.169.254", 80, false},
    {"", "metadata.google.internal", "10.0.0.1", 80, false},
    {"", "innocent.test", "169.254.1.1", 80, false},
    {"", "innocent.test", "100.100.100.200", 80, false},
    {"allow=*", "169.254.169.254", "169.254.169.254", 80, false},
    {"allow=0.0.0.0/0", "169.254.169.254", "169.254.169.254", 80, false},
    {"allow=innocent.test", "innocent.test", "169.254.169.254", 80, false},
    {"allow=*,169.254.169.254", "169.254.169.254", "169.254.169.254", 80, true},
    {"allow=169.254.0.0/16", "169.254.7.7", "169.254.7.7", 80, true},
    {"allow=169.254.169.254:81", "169.254.169.254", "169.254.169.254", 80, false},
    {"allow=metadata.google.internal", "metadata.google.internal", "169.254.169.254", 80, true},
    {"allow=169.254.0.0/16;deny=169.254.169.254", "169.254.169.254", "169.254.169.254", 80, false},
};

TEST(NetPolicy, JudgesEachDestination) {
  for (const Case& c : kCases) {
    const Ipv4 address = *parse_ipv4(c.address);
    const auto verdict = NetPolicy::parse(c.policy).judge({c.name, address, address, c.port});
    EXPECT_EQ(verdict.allowed, c.allowed)
        << c.policy << " for " << c.name << " " << c.address << ":" << c.port;
    EXPECT_FALSE(verdict.reason.empty());
  }
}

TEST(NetPolicy, LooksAtTheAddressAskedForAndAtTheOneBehindIt) {
  const Destination gateway{"10.44.1.1", Ipv4(10, 44, 1, 1), Ipv4(127, 0, 0, 1), 80};
  EXPECT_FALSE(NetPolicy::parse("deny=127.0.0.0/8").judge(gateway).allowed);
  EXPECT_FALSE(NetPolicy::parse("deny=10.44.1.1").judge(gateway).allowed);
  EXPECT_TRUE(NetPolicy::parse("allow=127.0.0.1").judge(gateway).allowed);
}

TEST(NetPolicy, NamesThatAreDeniedAreNotLookedUp) {
  const NetPolicy policy = NetPolicy::parse("deny=bad.test,*.worse.test,half.test:80,10.0.0.1");
  EXPECT_TRUE(policy.denies_name("Bad.Test"));
  EXPECT_TRUE(policy.denies_name("a.worse.test"));
  EXPECT_FALSE(policy.denies_name("half.test"));
  EXPECT_FALSE(policy.denies_name("good.test"));
}

TEST(NetPolicy, ComesFromListsToo) {
  const NetPolicy policy =
      NetPolicy::from_lists({"10.0.0.0/8:80", "*.test"}, {"bad.test", "10.9.0.0/16"});
  const auto allows = [&](const char* name, const char* address, std::uint16_t port) {
    return policy.judge({name, *parse_ipv4(address), *parse_ipv4(address), port}).allowed;
  };
  EXPECT_TRUE(allows("10.1.1.1", "10.1.1.1", 80));
  EXPECT_FALSE(allows("10.1.1.1", "10.1.1.1", 81));
  EXPECT_TRUE(allows("good.test", "192.0.2.1", 81));
  EXPECT_FALSE(allows("bad.test", "192.0.2.1", 81));
  EXPECT_FALSE(allows("good.test", "10.9.1.1", 80)) << "denied by the address that it resolves to";
  EXPECT_TRUE(NetPolicy::from_lists({}, {}).judge({"any.test", {}, Ipv4(192, 0, 2, 1), 1}).allowed);
  try {
    NetPolicy::from_lists({"good.test"}, {"10.0.0.1", "host:0"});
    FAIL();
  } catch (const process::UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "deny: 'host:0': after ':' comes a port from 1 to 65535, or first-last");
  }
}

TEST(NetPolicy, RefusesWhatItCannotReadAndNamesIt) {
  for (const char* text : {"permit=10.0.0.1", "allow", "allow=", "allow=10.0.0.256",
                           "allow=10.0.0.0/33", "deny=10.0.0.0/", "deny=host:0", "deny=host:99999",
                           "deny=host:9-8", "deny=host:", "deny=a b", "deny=*.",
                           "deny=10.0.0.1,,10.0.0.2", "deny=*x.test", "allow=[::1]"}) {
    EXPECT_THROW(NetPolicy::parse(text), process::UsageError) << text;
  }
  try {
    NetPolicy::parse("allow=good.test;deny=10.0.0.0/99");
    FAIL();
  } catch (const process::UsageError& error) {
    EXPECT_STREQ(
        error.what(),
        "--net deny: '10.0.0.0/99': expected an address a.b.c.d or a network a.b.c.d/bits");
  }
}
}  // namespace
}  // namespace bfq::sockets

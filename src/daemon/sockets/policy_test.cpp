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

TEST(NetPolicy, ASerialDoorOfThisProgramIsOpenedByItsNameAlone) {
  const auto judge = [](const char* policy) {
    const Destination door{.name = "host.bfq.internal",
                           .asked = Ipv4(10, 44, 1, 1),
                           .actual = Ipv4(127, 0, 0, 1),
                           .port = 7000,
                           .is_door = true};
    return NetPolicy::parse(policy).judge(door).allowed;
  };
  for (const char* closed :
       {"", "allow=*", "allow=0.0.0.0/0", "allow=127.0.0.0/8:7000", "allow=127.0.0.1",
        "allow=host.bfq.internal", "allow=127.0.0.1:1-9999", "allow=127.0.0.1:7000;deny=*:7000"})
    EXPECT_FALSE(judge(closed)) << closed;
  EXPECT_TRUE(judge("allow=host.bfq.internal:7000"));
  EXPECT_TRUE(judge("allow=*,127.0.0.1:7000"));
}

TEST(NetPolicy, JudgesEachDestination) {
  for (const Case& c : kCases) {
    const Ipv4 address = *parse_ipv4(c.address);
    const HostName name(c.name);  // as it comes from the module
    const auto verdict = NetPolicy::parse(c.policy).judge({name.view(), address, address, c.port});
    EXPECT_EQ(verdict.allowed, c.allowed)
        << c.policy << " for " << c.name << " " << c.address << ":" << c.port;
    EXPECT_FALSE(verdict.reason.empty());
  }
}

TEST(NetPolicy, DeniesTheAddressAskedForAndTheOneBehindIt) {
  const Destination gateway{"10.44.1.1", Ipv4(10, 44, 1, 1), Ipv4(127, 0, 0, 1), 80};
  EXPECT_FALSE(NetPolicy::parse("deny=127.0.0.0/8").judge(gateway).allowed);
  EXPECT_FALSE(NetPolicy::parse("deny=10.44.1.1").judge(gateway).allowed);
  EXPECT_FALSE(NetPolicy::parse("deny=host.bfq.internal").judge(gateway).allowed);
  EXPECT_TRUE(NetPolicy::parse("allow=127.0.0.1").judge(gateway).allowed);
}

TEST(NetPolicy, AllowsByTheActualAddressAlone) {
  // The gateway of a simulated network is this machine, also one that AT+CIPSTA has chosen.
  for (const char* gateway : {"10.44.2.1", "10.9.9.9", "93.184.216.34"}) {
    const Destination machine{gateway, *parse_ipv4(gateway), Ipv4(127, 0, 0, 1), 80};
    for (const char* other : {"allow=10.0.0.0/8:80", "allow=10.44.2.1", "allow=93.184.216.34",
                              "allow=*.test,10.0.0.0/8:80;deny=*:25", "allow=127.0.0.1:81"})
      EXPECT_FALSE(NetPolicy::parse(other).judge(machine).allowed) << other << ' ' << gateway;
    for (const char* it : {"allow=host.bfq.internal", "allow=HOST.bfq.internal.:80", "allow=*",
                           "allow=127.0.0.1", "allow=127.0.0.0/8:1-80"})
      EXPECT_TRUE(NetPolicy::parse(it).judge(machine).allowed) << it << ' ' << gateway;
  }
}

TEST(NetPolicy, AllowsANameForItsOwnAddressAndNotForAGatewayThatHasIt) {
  const NetPolicy policy = NetPolicy::parse("allow=*.good.test");
  const Ipv4 address(192, 0, 2, 7), machine(127, 0, 0, 1);
  EXPECT_TRUE(policy.judge({"a.good.test", address, address, 80}).allowed);
  const auto verdict = policy.judge({"a.good.test", address, machine, 80});
  EXPECT_FALSE(verdict.allowed);
  EXPECT_EQ(verdict.reason,
            "allow=*.good.test holds its name, but the address is that of a gateway, which is "
            "this machine: allow host.bfq.internal too");
}

TEST(NetPolicy, KnowsThisMachineByItsName) {
  const Destination by_name{"host.bfq.internal", Ipv4(10, 44, 1, 1), Ipv4(127, 0, 0, 1), 80};
  EXPECT_TRUE(NetPolicy::parse("allow=host.bfq.internal").judge(by_name).allowed);
  EXPECT_TRUE(NetPolicy::parse("allow=127.0.0.1").judge(by_name).allowed);
  EXPECT_FALSE(NetPolicy::parse("allow=10.44.1.1").judge(by_name).allowed);
  EXPECT_FALSE(NetPolicy::parse("allow=host.bfq.internal:81").judge(by_name).allowed);
  // The name was looked up on a network that the module has left since.
  const Destination stale{"host.bfq.internal", Ipv4(10, 44, 1, 1), Ipv4(10, 44, 1, 1), 80};
  EXPECT_FALSE(NetPolicy::parse("allow=host.bfq.internal").judge(stale).allowed);
}

TEST(NetPolicy, NamesTheEntriesWithinANetwork) {
  const NetPolicy policy = NetPolicy::parse(
      "allow=10.44.2.1,10.44.2.0/25:80,10.44.0.0/16,10.44.3.1,*,x.test;deny=10.44.2.9");
  EXPECT_EQ(policy.allowed_within(Ipv4(10, 44, 2, 0), Ipv4(255, 255, 255, 0)),
            (std::vector<std::string>{"10.44.2.1", "10.44.2.0/25:80"}));
}

struct Query {
  const char* policy;
  const char* name;
  bool is_asked;
};

constexpr Query kQueries[] = {
    {"", "any.test", true},
    {"deny=*", "any.test", false},
    {"deny=*:1-65535", "any.test", false},
    {"deny=*:25", "any.test", true},
    {"deny=0.0.0.0/0", "any.test", false},
    {"deny=10.0.0.0/8", "any.test", true},
    {"deny=bad.test", "Bad.Test", false},
    {"deny=bad.test", "good.test", true},
    {"deny=bad.test:80", "bad.test", true},
    {"deny=*.bad.test", "a.bad.test", false},
    {"deny=*.bad.test", "bad.test", true},
    {"allow=127.0.0.1", "x.attacker.example", false},
    {"allow=0.0.0.0/0", "x.attacker.example", false},
    {"allow=host.bfq.internal", "x.attacker.example", false},
    {"allow=*.good.test", "good.test", false},
    {"allow=*.good.test", "a.GOOD.test", true},
    {"allow=good.test:80,10.0.0.0/8", "good.test", true},
    {"allow=good.test", "good.test.attacker.example", false},
    {"allow=*", "any.test", true},
    {"allow=*:443", "any.test", true},
    {"allow=*;deny=bad.test", "bad.test", false},
    {"allow=*.test;deny=*", "any.test", false},
};

TEST(NetPolicy, SaysForWhichNamesDnsIsAsked) {
  for (const Query& q : kQueries) {
    const auto verdict = NetPolicy::parse(q.policy).judge_query(q.name);
    EXPECT_EQ(verdict.allowed, q.is_asked) << q.policy << " for " << q.name;
    EXPECT_FALSE(verdict.reason.empty());
  }
}

TEST(NetPolicy, TrustsNoInnerAddressFromDns) {
  const auto judge = [](const std::string& policy, const char* address, bool is_from_dns) {
    const Ipv4 found = *parse_ipv4(address);
    return NetPolicy::parse(policy).judge({"a.good.test", found, found, 80, is_from_dns});
  };
  for (const std::string inner :
       {"127.0.0.1", "127.255.255.255", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "100.127.255.255"}) {
    const char* const found = inner.c_str();
    EXPECT_FALSE(judge("allow=*.good.test", found, true).allowed) << inner;
    EXPECT_TRUE(judge("allow=*.good.test", found, false).allowed) << inner;
    EXPECT_TRUE(judge("", found, true).allowed) << inner;
    EXPECT_TRUE(judge("deny=x.test", found, true).allowed) << inner;
    EXPECT_TRUE(judge("allow=*", found, true).allowed) << inner;
    EXPECT_TRUE(judge("allow=*.good.test," + inner, found, true).allowed) << inner;
    EXPECT_FALSE(judge("allow=*.good.test," + inner + ":81", found, true).allowed) << inner;
  }
  for (const char* outer :
       {"126.255.255.255", "128.0.0.1", "11.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.1.1",
        "192.169.0.1", "100.63.255.255", "100.128.0.1", "93.184.216.34"})
    EXPECT_TRUE(judge("allow=*.good.test", outer, true).allowed) << outer;
  EXPECT_EQ(judge("allow=*.good.test", "10.0.0.1", true).reason,
            "allow=*.good.test holds its name, but 10.0.0.1 is no public address and comes from "
            "DNS: allow the address too");
}

TEST(NetPolicy, KnowsThisMachineByEachOfItsAddresses) {
  const auto judge = [](const char* policy, const char* address, bool is_from_dns) {
    const Ipv4 own = *parse_ipv4(address);
    return NetPolicy::parse(policy).judge({.name = "a.good.test",
                                           .asked = own,
                                           .actual = own,
                                           .port = 80,
                                           .is_from_dns = is_from_dns,
                                           .is_machine = true});
  };
  for (const char* own : {"127.0.0.2", "93.184.216.34"}) {
    EXPECT_TRUE(judge("", own, true).allowed) << own;
    EXPECT_TRUE(judge("deny=127.0.0.1:81", own, true).allowed) << own;
    for (const char* shut : {"deny=127.0.0.1", "deny=host.bfq.internal:80", "deny=127.0.0.0/8"})
      EXPECT_FALSE(judge(shut, own, false).allowed) << own;
    EXPECT_FALSE(judge("allow=127.0.0.1", own, false).allowed) << "an allow entry is for one";
    EXPECT_FALSE(judge("allow=*.good.test", own, true).allowed) << own;
    EXPECT_TRUE(judge("allow=*.good.test", own, false).allowed) << own;
  }
  EXPECT_EQ(judge("allow=*.good.test", "93.184.216.34", true).reason,
            "allow=*.good.test holds its name, but 93.184.216.34 is an address of this machine and "
            "comes from DNS: allow the address too");
}

TEST(NetPolicy, TrustsNoMetadataAddressFromDnsEither) {
  const auto allows = [](const char* policy, bool is_from_dns) {
    const Ipv4 metadata(169, 254, 169, 254);
    return NetPolicy::parse(policy)
        .judge({"metadata.google.internal", metadata, metadata, 80, is_from_dns})
        .allowed;
  };
  EXPECT_FALSE(allows("allow=metadata.google.internal", true));
  EXPECT_TRUE(allows("allow=metadata.google.internal", false));
  EXPECT_TRUE(allows("allow=metadata.google.internal,169.254.169.254", true));
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
  try {
    NetPolicy::from_lists({}, {std::string("b\0ad.test", 9)});
    FAIL();
  } catch (const process::UsageError& error) {
    EXPECT_TRUE(std::string_view(error.what()).starts_with(R"(deny: 'b\x00ad.test': )"));
  }
}

TEST(NetPolicy, RefusesWhatItCannotReadAndNamesIt) {
  for (const char* text :
       {"permit=10.0.0.1",
        "allow",
        "allow=",
        "allow=10.0.0.256",
        "allow=10.0.0.0/33",
        "deny=10.0.0.0/",
        "deny=host:0",
        "deny=host:99999",
        "deny=host:9-8",
        "deny=host:",
        "deny=a b",
        "deny=*.",
        "deny=10.0.0.1,,10.0.0.2",
        "deny=*x.test",
        "allow=[::1]",
        "deny=0x7f.0.0.1",
        "deny=0x7f000001",
        "deny=2130706433",
        "deny=127.1",
        "deny=0177.0.0.1",
        "deny=127.0.0.01",
        "deny=010.0.0.0/8",
        "deny=*.0.0.1",
        "deny=a..b",
        "deny=.test",
        "deny=b\\ad.test",
        "deny=b\xc3\xbc.test",
        "deny=bad.test..",
        "deny=*..test",
        "deny=*.*.test",
        "deny=x234567890123456789012345678901234567890123456789012345678901234"}) {
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

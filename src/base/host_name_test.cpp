#include "base/host_name.h"

#include <gtest/gtest.h>

#include <string>

namespace bfq {
namespace {
using namespace std::string_literals;

std::string label(std::size_t n) { return std::string(n, 'x'); }

struct Case {
  std::string typed;
  const char* host;  ///< nullptr: names none; "": as it was typed, but for its last dot
};

const Case kCases[] = {
    {"a", "a"},
    {"host.bfq.internal", "host.bfq.internal"},
    {"Good.TEST", "Good.TEST"},
    {"xn--bcher-kva.test", "xn--bcher-kva.test"},
    {"_dmarc.under_score.test", "_dmarc.under_score.test"},
    {"-a-.test", "-a-.test"},
    {"3com.test", "3com.test"},
    {"1.2.3.4.test", "1.2.3.4.test"},
    {"0xyz.test", "0xyz.test"},
    {"0xg", "0xg"},
    // One dot at the end is the root's.
    {"good.test.", "good.test"},
    {"a.", "a"},
    {"good.test..", nullptr},
    {".", nullptr},
    {"", nullptr},
    {".good.test", nullptr},
    {"good..test", nullptr},
    // Whoever reads on to a NUL, drops a backslash or splits at a space gets another name.
    {"127.0.0.1\0.good.test"s, nullptr},
    {"good.test\0"s, nullptr},
    {"b\\ad.test", nullptr},
    {"b\\097d.test", nullptr},
    {"good.test ", nullptr},
    {" good.test", nullptr},
    {"good.test\t", nullptr},
    {"good.test\r\n", nullptr},
    {"good.test:80", nullptr},
    {"good.test/", nullptr},
    {"user@good.test", nullptr},
    {"good,test", nullptr},
    {"*.good.test", nullptr},
    {"[::1]", nullptr},
    {"::1", nullptr},
    {"good%test", nullptr},
    {"\x1b[2J.test", nullptr},
    {"a\x7f.test", nullptr},
    // Nothing is converted.
    {"b\xc3\xbc"
     "cher.test",
     nullptr},
    {"a\xe3\x80\x82test", nullptr},  // an ideographic full stop is no dot
    {"\xc0\xae.test", nullptr},      // nor is an overlong one
    // Lengths.
    {label(63), ""},
    {label(63) + '.', ""},
    {label(64), nullptr},
    {label(31) + '.' + label(32), ""},
    {label(31) + '.' + label(32) + '.', ""},
    {label(32) + '.' + label(32), nullptr},
    // Numbers alone are an address, or nothing.
    {"127.0.0.1", "127.0.0.1"},
    {"0.0.0.0", "0.0.0.0"},
    {"127.0.0.1.", nullptr},
    {"127.0.0.01", nullptr},
    {"017.0.0.1", nullptr},
    {"0177.0.0.1", nullptr},
    {"0x7f.0.0.1", nullptr},
    {"0X7F.0.0.1", nullptr},
    {"127.0.0.0x1", nullptr},
    {"0x7f000001", nullptr},
    {"2130706433", nullptr},
    {"127.1", nullptr},
    {"1", nullptr},
    {"256.1.1.1", nullptr},
    {"1.2.3.4.5", nullptr},
    {"0x", nullptr},
};

TEST(HostName, IsWhatItIsForEverybody) {
  for (const Case& c : kCases) {
    HostName host("before");
    ASSERT_EQ(host.assign(c.typed), c.host != nullptr) << c.typed;
    const std::string whole(c.typed, 0, c.typed.size() - (c.typed.ends_with('.') ? 1U : 0U));
    EXPECT_EQ(host.view(), c.host == nullptr ? "before" : *c.host == '\0' ? whole : c.host);
  }
}

TEST(HostName, HoldsNoByteOutsideItsAlphabet) {
  const std::string alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    HostName host;
    EXPECT_EQ(host.assign(std::string("a") + c + "b.test"), alphabet.find(c) != std::string::npos)
        << byte;
  }
}

TEST(HostName, KnowsAnAddressFromAName) {
  EXPECT_EQ(HostName("10.44.0.1").address(), Ipv4(10, 44, 0, 1));
  EXPECT_EQ(HostName("10.44.0.1.test").address(), std::nullopt);
  EXPECT_EQ(HostName().address(), std::nullopt);
}

TEST(HostName, IsTheSameInAnyCase) {
  EXPECT_TRUE(is_same_name("Good.Test", "gOOD.tEST"));
  EXPECT_FALSE(is_same_name("good.test", "good.tes"));
  EXPECT_FALSE(is_same_name("good-test", "good\x0dtest"));
  EXPECT_TRUE(is_below("a.Good.test", "good.TEST"));
  EXPECT_TRUE(is_below("b.a.good.test", "good.test"));
  EXPECT_FALSE(is_below("good.test", "good.test"));
  EXPECT_FALSE(is_below("notgood.test", "good.test"));
  EXPECT_FALSE(is_below("test", "good.test"));
}

TEST(HostName, KnowsTheNamesOfLoopback) {
  for (const char* name : {"localhost", "LOCALHOST", "a.localhost", "b.a.localhost"})
    EXPECT_TRUE(is_loopback_name(name)) << name;
  for (const char* name : {"", "host", "localhost.test", "notlocalhost"})
    EXPECT_FALSE(is_loopback_name(name)) << name;
}

TEST(HostName, SaysWhoMeantAnAddress) {
  for (const char* text : {"1.2.3.400", "1", "0x7f.1", "1..2", "0X"})
    EXPECT_TRUE(looks_like_ipv4(text)) << text;
  for (const char* text : {"", "1.2.3.4a", "host", "0x7g", "1.test"})
    EXPECT_FALSE(looks_like_ipv4(text)) << text;
}
}  // namespace
}  // namespace bfq

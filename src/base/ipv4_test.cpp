#include "base/ipv4.h"

#include <gtest/gtest.h>

#include <string>

namespace bfq {
namespace {
TEST(Ipv4, reads_dotted_quads) {
  EXPECT_EQ(parse_ipv4("10.44.0.1"), Ipv4(10, 44, 0, 1));
  EXPECT_EQ(parse_ipv4("0.0.0.0"), Ipv4());
  EXPECT_EQ(parse_ipv4("255.255.255.255"), Ipv4(255, 255, 255, 255));
  EXPECT_EQ(Ipv4(10, 44, 0, 1).bits, 0x0A2C0001U);
}

class NoAddress : public ::testing::TestWithParam<const char*> {};
TEST_P(NoAddress, is_refused) { EXPECT_EQ(parse_ipv4(GetParam()), std::nullopt); }
INSTANTIATE_TEST_SUITE_P(Ipv4, NoAddress,
                         ::testing::Values("", ".", "1", "1.2", "1.2.3", "1.2.3.", "1.2.3.4.",
                                           "1.2.3.4.5", ".1.2.3.4", "1..2.3", "256.1.1.1",
                                           "1.1.1.256", "1.2.3.1000", "0001.2.3.4", "a.b.c.d",
                                           "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "1,2,3,4",
                                           "0x1.2.3.4", "010.0.0.1", "10.0.0.01", "10.00.0.1",
                                           "0177.0.0.1"));

TEST(Ipv4, has_octets_from_the_left) {
  const Ipv4 address(1, 2, 3, 4);
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(address.octet(i), i + 1);
}

TEST(Ipv4, lies_in_networks) {
  const Ipv4 mask(255, 255, 255, 0);
  EXPECT_TRUE(same_network(Ipv4(10, 44, 1, 2), Ipv4(10, 44, 1, 254), mask));
  EXPECT_FALSE(same_network(Ipv4(10, 44, 1, 2), Ipv4(10, 44, 2, 2), mask));
  EXPECT_TRUE(same_network(Ipv4(1, 2, 3, 4), Ipv4(5, 6, 7, 8), Ipv4()));
}
}  // namespace
}  // namespace bfq

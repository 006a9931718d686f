#include "daemon/net/route.h"

#include <gtest/gtest.h>

namespace bfq::daemon {
namespace {
constexpr VirtualLan kLan{.gateway = Ipv4(10, 44, 1, 1), .netmask = Ipv4(255, 255, 255, 0)};

TEST(Route, TheGatewayIsThisMachine) { EXPECT_EQ(route(kLan, Ipv4(10, 44, 1, 1)), Ipv4(127, 0, 0, 1)); }
TEST(Route, NobodyElseIsOnTheLan) {
  EXPECT_EQ(route(kLan, Ipv4(10, 44, 1, 2)), std::nullopt);
  EXPECT_EQ(route(kLan, Ipv4(10, 44, 1, 255)), std::nullopt);
}
TEST(Route, OthersAreAsWritten) {
  EXPECT_EQ(route(kLan, Ipv4(10, 44, 2, 1)), Ipv4(10, 44, 2, 1));
  EXPECT_EQ(route(kLan, Ipv4(127, 0, 0, 1)), Ipv4(127, 0, 0, 1));
}
TEST(Route, WithoutANetworkNothingIsReached) {
  EXPECT_EQ(route(std::nullopt, Ipv4(127, 0, 0, 1)), std::nullopt);
}
TEST(Route, SomeNumbersAreNoHosts) {
  EXPECT_EQ(route(kLan, Ipv4()), std::nullopt);
  EXPECT_EQ(route(kLan, Ipv4(0, 1, 2, 3)), std::nullopt);
  EXPECT_EQ(route(kLan, Ipv4(224, 0, 0, 1)), std::nullopt);
  EXPECT_EQ(route(kLan, Ipv4(255, 255, 255, 255)), std::nullopt);
}
TEST(Route, EachModuleHasItsOwnLoopbackAddress) { EXPECT_EQ(module_address(2), Ipv4(127, 64, 0, 3)); }
}  // namespace
}  // namespace bfq::daemon

#include "daemon/net/route.h"

#include <gtest/gtest.h>

namespace bfq::daemon {
namespace {
constexpr Ipv4 kMask(255, 255, 255, 0);
constexpr VirtualLan kLan{.address = Ipv4(10, 44, 1, 2), .gateway = Ipv4(10, 44, 1, 1), .netmask = kMask};
constexpr VirtualLan kOwn{.address = Ipv4(192, 168, 4, 1), .gateway = Ipv4(192, 168, 4, 1), .netmask = kMask};
constexpr Networks kStation{.station = kLan};
constexpr Networks kBoth{.station = kLan, .soft_ap = kOwn};
constexpr Networks kSoftAp{.soft_ap = kOwn};

TEST(Route, TheGatewayIsThisMachine) { EXPECT_EQ(route(kStation, Ipv4(10, 44, 1, 1)), Ipv4(127, 0, 0, 1)); }
TEST(Route, NobodyElseIsOnTheLan) {
  EXPECT_EQ(route(kStation, Ipv4(10, 44, 1, 2)), std::nullopt);
  EXPECT_EQ(route(kStation, Ipv4(10, 44, 1, 255)), std::nullopt);
}
TEST(Route, OthersAreAsWritten) {
  EXPECT_EQ(route(kStation, Ipv4(10, 44, 2, 1)), Ipv4(10, 44, 2, 1));
  EXPECT_EQ(route(kStation, Ipv4(127, 0, 0, 1)), Ipv4(127, 0, 0, 1));
  EXPECT_EQ(route(kStation, Ipv4(192, 168, 4, 1)), Ipv4(192, 168, 4, 1));
}
TEST(Route, NobodyIsOnTheNetworkOfItsOwn) {
  EXPECT_EQ(route(kBoth, Ipv4(192, 168, 4, 1)), std::nullopt);
  EXPECT_EQ(route(kBoth, Ipv4(192, 168, 4, 2)), std::nullopt);
  EXPECT_EQ(route(kBoth, Ipv4(192, 168, 5, 2)), Ipv4(192, 168, 5, 2));
  EXPECT_EQ(route(kSoftAp, Ipv4(192, 168, 5, 2)), std::nullopt) << "it leads nowhere else";
}
TEST(Route, TheStationsGatewayWinsWhereBothNetworksHaveIt) {
  const Networks same{.station = kOwn, .soft_ap = kOwn};
  EXPECT_EQ(route(same, Ipv4(192, 168, 4, 1)), Ipv4(127, 0, 0, 1));
  EXPECT_EQ(side_towards(same, Ipv4(192, 168, 4, 2)), net::Interface::station);
}
TEST(Route, TheGatewayOfAFixedAddressMayLieOutsideItsNetwork) {
  const Networks fixed{
      .station = VirtualLan{.address = Ipv4(10, 0, 0, 2), .gateway = Ipv4(10, 0, 1, 1), .netmask = kMask}};
  EXPECT_EQ(route(fixed, Ipv4(10, 0, 1, 1)), Ipv4(127, 0, 0, 1));
  EXPECT_EQ(route(fixed, Ipv4(10, 0, 0, 1)), std::nullopt);
  EXPECT_EQ(route(fixed, Ipv4(10, 0, 1, 2)), Ipv4(10, 0, 1, 2));
}
TEST(Route, WithoutANetworkNothingIsReached) { EXPECT_EQ(route({}, Ipv4(127, 0, 0, 1)), std::nullopt); }
TEST(Route, SomeNumbersAreNoHosts) {
  EXPECT_EQ(route(kStation, Ipv4()), std::nullopt);
  EXPECT_EQ(route(kStation, Ipv4(0, 1, 2, 3)), std::nullopt);
  EXPECT_EQ(route(kStation, Ipv4(224, 0, 0, 1)), std::nullopt);
  EXPECT_EQ(route(kStation, Ipv4(255, 255, 255, 255)), std::nullopt);
}
TEST(Route, SomeNumbersAreEverybody) {
  EXPECT_TRUE(is_broadcast(kStation, Ipv4(10, 44, 1, 255)));
  EXPECT_TRUE(is_broadcast(kSoftAp, Ipv4(192, 168, 4, 255)));
  EXPECT_TRUE(is_broadcast(kStation, Ipv4(255, 255, 255, 255)));
  EXPECT_TRUE(is_broadcast(kStation, Ipv4(239, 1, 2, 3)));
  EXPECT_FALSE(is_broadcast(kStation, Ipv4(192, 168, 4, 255)));
  EXPECT_FALSE(is_broadcast(kStation, Ipv4(240, 0, 0, 1)));
  EXPECT_FALSE(is_broadcast(kStation, Ipv4(10, 44, 1, 77)));
}
TEST(Route, ASideIsChosenByAddress) {
  EXPECT_EQ(side_towards(kBoth, Ipv4(192, 168, 4, 2)), net::Interface::soft_ap);
  EXPECT_EQ(side_towards(kBoth, Ipv4(8, 8, 8, 8)), net::Interface::station);
  EXPECT_EQ(side_towards(kBoth, Ipv4()), net::Interface::station);
  EXPECT_EQ(side_towards(kSoftAp, Ipv4()), net::Interface::soft_ap);
}
TEST(Route, EachModuleHasItsOwnLoopbackAddress) { EXPECT_EQ(module_address(2), Ipv4(127, 64, 0, 3)); }
}  // namespace
}  // namespace bfq::daemon

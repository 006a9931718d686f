#include "daemon/sockets/route.h"

#include <gtest/gtest.h>

#include "daemon/sockets/policy.h"

namespace bfq::sockets {
namespace {
constexpr Ipv4 kMask(255, 255, 255, 0);
constexpr MacAddress kHome{{1}}, kOther{{2}}, kOwn{{3}};

constexpr VirtualLan at_home(std::uint8_t host) {
  return {.access_point = kHome,
          .address = Ipv4(10, 44, 1, host),
          .gateway = Ipv4(10, 44, 1, 1),
          .netmask = kMask,
          .leads_on = true};
}
/// The network of a module's access point: of itself, which is .1, or of a station.
constexpr VirtualLan soft_ap(MacAddress whose, std::uint8_t host) {
  return {.access_point = whose,
          .address = Ipv4(192, 168, 4, host),
          .gateway = Ipv4(192, 168, 4, 1),
          .netmask = kMask};
}
constexpr Networks kStation{.station = at_home(2)};
constexpr Networks kBoth{.station = at_home(2), .soft_ap = soft_ap(kOwn, 1)};
constexpr Networks kSoftAp{.soft_ap = soft_ap(kOwn, 1)};

/// A module that is somewhere, and no more.
class Somebody final : public Neighbour {
 public:
  Somebody(unsigned index, const Networks& networks) : index_(index), networks_(networks) {}
  unsigned index() const override { return index_; }
  Networks networks() const override { return networks_; }
  std::optional<net::Endpoint> server(std::uint16_t) const override { return {}; }
  std::optional<net::Endpoint> datagrams(std::uint16_t) const override { return {}; }
  std::optional<std::uint16_t> datagram_port(std::uint16_t) const override { return {}; }
  bool has_datagrams_at_localhost(std::uint16_t) const override { return false; }
  std::optional<EgressPath> connection(std::uint16_t, net::Endpoint) const override { return {}; }
  bool is_announced_as(const HostName&) const override { return false; }

  void go_to(const Networks& networks) { networks_ = networks; }

 private:
  unsigned index_;
  Networks networks_;
};

/// The way of module 0, whose networks these are, where nobody else is.
Route alone(const Networks& networks, Ipv4 remote) {
  Neighbourhood neighbourhood;
  const Somebody self(0, networks);
  neighbourhood.enter(self);
  return route(networks, remote, neighbourhood, 0);
}
/// The address of this machine that a module which is alone is led to, if any.
std::optional<Ipv4> outside(const Networks& networks, Ipv4 remote) {
  const Route way = alone(networks, remote);
  return way.to == Route::To::outside ? std::optional(way.address) : std::nullopt;
}

TEST(Route, TheGatewayIsThisMachine) {
  EXPECT_EQ(outside(kStation, Ipv4(10, 44, 1, 1)), kLocalhost);
}
TEST(Route, NobodyElseIsOnTheLan) {
  for (const Ipv4 absent : {Ipv4(10, 44, 1, 3), Ipv4(10, 44, 1, 77), Ipv4(10, 44, 1, 255)}) {
    const Route way = alone(kStation, absent);
    EXPECT_EQ(way.to, Route::To::nobody) << "no radio can know: ARP is asked";
    EXPECT_EQ(way.exit.through, net::Interface::station);
  }
  EXPECT_EQ(alone(kStation, Ipv4(10, 44, 1, 2)).to, Route::To::nowhere) << "its own";
  EXPECT_EQ(alone(kBoth, Ipv4(192, 168, 4, 2)).exit.through, net::Interface::soft_ap);
}
TEST(Route, OthersAreAsWritten) {
  EXPECT_EQ(outside(kStation, Ipv4(10, 44, 2, 1)), Ipv4(10, 44, 2, 1));
  EXPECT_EQ(outside(kStation, Ipv4(127, 0, 0, 1)), Ipv4(127, 0, 0, 1));
  EXPECT_EQ(outside(kStation, Ipv4(192, 168, 4, 1)), Ipv4(192, 168, 4, 1));
}
TEST(Route, NobodyIsOnTheNetworkOfItsOwn) {
  EXPECT_EQ(outside(kBoth, Ipv4(192, 168, 4, 1)), std::nullopt);
  EXPECT_EQ(outside(kBoth, Ipv4(192, 168, 4, 2)), std::nullopt);
  EXPECT_EQ(outside(kBoth, Ipv4(192, 168, 5, 2)), Ipv4(192, 168, 5, 2));
  EXPECT_EQ(outside(kSoftAp, Ipv4(192, 168, 5, 2)), std::nullopt) << "it leads nowhere else";
}
TEST(Route, TheGatewayOfAFixedAddressMayLieOutsideItsNetwork) {
  const Networks fixed{.station = VirtualLan{.address = Ipv4(10, 0, 0, 2),
                                             .gateway = Ipv4(10, 0, 1, 1),
                                             .netmask = kMask,
                                             .leads_on = true}};
  EXPECT_EQ(outside(fixed, Ipv4(10, 0, 1, 1)), kLocalhost);
  EXPECT_EQ(outside(fixed, Ipv4(10, 0, 0, 1)), std::nullopt);
  EXPECT_EQ(outside(fixed, Ipv4(10, 0, 1, 2)), Ipv4(10, 0, 1, 2));
}
TEST(Route, AGatewayThatTheHostHasChosenIsNoWayAroundAnAllowList) {
  const auto at = [](Ipv4 gateway) {
    return Networks{
        .station = VirtualLan{
            .address = Ipv4(10, 9, 0, 2), .gateway = gateway, .netmask = kMask, .leads_on = true}};
  };
  const NetPolicy policy = NetPolicy::parse("allow=10.0.0.0/8:80,93.184.216.34");
  for (const Ipv4 gateway : {Ipv4(10, 44, 1, 1), Ipv4(10, 9, 0, 1), Ipv4(93, 184, 216, 34)}) {
    const auto actual = outside(at(gateway), gateway);
    ASSERT_EQ(actual, kLocalhost);
    EXPECT_FALSE(policy.judge({"", gateway, *actual, 80}).allowed);
  }
  const Ipv4 server(10, 44, 1, 1);
  EXPECT_TRUE(policy.judge({"", server, *outside(at(Ipv4(10, 9, 0, 1)), server), 80}).allowed);
}
TEST(Route, WithoutANetworkNothingIsReached) { EXPECT_EQ(outside({}, kLocalhost), std::nullopt); }
TEST(Route, SomeNumbersAreNoHosts) {
  EXPECT_EQ(outside(kStation, Ipv4()), std::nullopt);
  EXPECT_EQ(outside(kStation, Ipv4(0, 1, 2, 3)), std::nullopt);
  EXPECT_EQ(outside(kStation, Ipv4(224, 0, 0, 1)), std::nullopt);
  EXPECT_EQ(outside(kStation, Ipv4(255, 255, 255, 255)), std::nullopt);
}

// Neighbours --------------------------------------------------------------------------------------

/// Module 0 has an access point; module 1 is a station of it, module 2 one of its neighbours' at
/// home.
class AmongNeighbours : public ::testing::Test {
 protected:
  Neighbourhood neighbourhood;
  Somebody access_point{0, kBoth};
  Somebody station{1, {.station = soft_ap(kOwn, 2)}};
  Somebody at_home_too{2, {.station = at_home(3)}};

  void SetUp() override {
    for (const auto* somebody : {&access_point, &station, &at_home_too})
      neighbourhood.enter(*somebody);
  }
  Route from(const Somebody& who, Ipv4 remote) {
    return route(who.networks(), remote, neighbourhood, who.index());
  }
  const Neighbour* reached(const Somebody& who, Ipv4 remote) { return from(who, remote).neighbour; }
};

TEST_F(AmongNeighbours, ANeighbourIsReachedAtItsAddress) {
  EXPECT_EQ(reached(station, Ipv4(192, 168, 4, 1)), &access_point);
  EXPECT_EQ(reached(access_point, Ipv4(192, 168, 4, 2)), &station);
  EXPECT_EQ(reached(access_point, Ipv4(10, 44, 1, 3)), &at_home_too);
  EXPECT_EQ(reached(at_home_too, Ipv4(10, 44, 1, 2)), &access_point);
}
TEST_F(AmongNeighbours, TheWayLeavesByTheSideOfTheLan) {
  EXPECT_EQ(from(access_point, Ipv4(192, 168, 4, 2)).exit.through, net::Interface::soft_ap);
  EXPECT_EQ(from(access_point, Ipv4(10, 44, 1, 3)).exit.through, net::Interface::station);
  EXPECT_EQ(from(station, Ipv4(192, 168, 4, 1)).exit.through, net::Interface::station);
  EXPECT_EQ(from(station, Ipv4(192, 168, 4, 1)).exit.place, (LanPlace{kOwn, Ipv4(192, 168, 4, 2)}));
}
TEST_F(AmongNeighbours, NobodyReachesItself) {
  EXPECT_EQ(reached(station, Ipv4(192, 168, 4, 2)), nullptr);
  EXPECT_EQ(reached(access_point, Ipv4(192, 168, 4, 1)), nullptr);
}
TEST_F(AmongNeighbours, TheSameNumbersElsewhereAreSomebodyElse) {
  station.go_to({.station = soft_ap(kOther, 2)});
  EXPECT_EQ(reached(station, Ipv4(192, 168, 4, 1)), nullptr);
  EXPECT_EQ(reached(access_point, Ipv4(192, 168, 4, 2)), nullptr);
}
TEST_F(AmongNeighbours, WhoHasLeftIsNotReached) {
  station.go_to({});
  EXPECT_EQ(reached(access_point, Ipv4(192, 168, 4, 2)), nullptr);
  EXPECT_EQ(from(access_point, Ipv4(192, 168, 4, 2)).to, Route::To::nobody);
}
TEST_F(AmongNeighbours, AnAccessPointOfAModuleIsNoRouter) {
  for (const Ipv4 remote : {kLocalhost, Ipv4(8, 8, 8, 8), Ipv4(10, 44, 1, 1), Ipv4(10, 44, 1, 3)})
    EXPECT_EQ(from(station, remote).to, Route::To::nowhere);
}
TEST_F(AmongNeighbours, ALanThatIsGoneHasNobody) {
  Somebody other(3, {.station = soft_ap(kOwn, 3)});
  neighbourhood.enter(other);
  EXPECT_EQ(reached(station, Ipv4(192, 168, 4, 3)), &other);
  access_point.go_to(kStation);  // and its stations do not know it yet
  EXPECT_EQ(reached(station, Ipv4(192, 168, 4, 3)), nullptr);
  EXPECT_EQ(from(station, Ipv4(192, 168, 4, 1)).to, Route::To::nobody)
      << "it is not the machine's either";
}
TEST_F(AmongNeighbours, TheStationsNetworkWinsWhereBothFit) {
  const Networks both{.station = soft_ap(kOwn, 2), .soft_ap = soft_ap(kOther, 1)};
  station.go_to(both);
  EXPECT_EQ(reached(station, Ipv4(192, 168, 4, 1)), &access_point);
  EXPECT_EQ(side_towards(both, Ipv4(192, 168, 4, 2)), net::Interface::station);
}

// Sides -------------------------------------------------------------------------------------------

TEST(Networks, SomeNumbersAreEverybody) {
  EXPECT_TRUE(is_broadcast(kStation, Ipv4(10, 44, 1, 255)));
  EXPECT_TRUE(is_broadcast(kSoftAp, Ipv4(192, 168, 4, 255)));
  EXPECT_TRUE(is_broadcast(kStation, Ipv4(255, 255, 255, 255)));
  EXPECT_TRUE(is_broadcast(kStation, Ipv4(239, 1, 2, 3)));
  EXPECT_FALSE(is_broadcast(kStation, Ipv4(192, 168, 4, 255)));
  EXPECT_FALSE(is_broadcast(kStation, Ipv4(240, 0, 0, 1)));
  EXPECT_FALSE(is_broadcast(kStation, Ipv4(10, 44, 1, 77)));
}
TEST(Networks, ASideIsChosenByAddress) {
  EXPECT_EQ(side_towards(kBoth, Ipv4(192, 168, 4, 2)), net::Interface::soft_ap);
  EXPECT_EQ(side_towards(kBoth, Ipv4(8, 8, 8, 8)), net::Interface::station);
  EXPECT_EQ(side_towards(kBoth, Ipv4()), net::Interface::station);
  EXPECT_EQ(side_towards(kSoftAp, Ipv4()), net::Interface::soft_ap);
}
TEST(Networks, TwoMeetOnALanTheStationsFirst) {
  const Networks one{.station = soft_ap(kOther, 2), .soft_ap = soft_ap(kOwn, 1)};
  const Networks two{.station = soft_ap(kOwn, 7), .soft_ap = soft_ap(kOther, 1)};
  EXPECT_EQ(meet(one, two)->theirs, Ipv4(192, 168, 4, 1));
  EXPECT_EQ(meet(one, two)->exit.through, net::Interface::station);
  EXPECT_EQ(meet(one, two, kOwn)->theirs, Ipv4(192, 168, 4, 7));
  EXPECT_EQ(meet(one, two, kOwn)->exit.through, net::Interface::soft_ap);
  EXPECT_FALSE(meet(one, two, kHome));
  EXPECT_FALSE(meet(kStation, kSoftAp));
}
TEST(Networks, APlaceIsAnAddressOnALanByOneSide) {
  const EgressPath exit{net::Interface::soft_ap, LanPlace{kOwn, Ipv4(192, 168, 4, 1)}};
  EXPECT_TRUE(still_has(kBoth, exit));
  EXPECT_FALSE(still_has(kStation, exit));
  Networks moved = kBoth;
  moved.soft_ap->address = Ipv4(192, 168, 4, 9);
  EXPECT_FALSE(still_has(moved, exit));
  EXPECT_TRUE(still_has(moved, EgressPath{net::Interface::soft_ap, {}}))
      << "it is bound to no place";
}
TEST(Networks, EachModuleHasItsOwnLoopbackAddress) {
  EXPECT_EQ(module_address(2), Ipv4(127, 64, 0, 3));
}

// With a radio of this machine --------------------------------------------------------------------

Networks real(Networks networks) {
  networks.are_real = true;
  return networks;
}

TEST(Route, on_a_real_network_leads_to_the_address_that_is_typed) {
  for (const Ipv4 remote : {Ipv4(10, 44, 1, 1), Ipv4(10, 44, 1, 9), Ipv4(9, 9, 9, 9)}) {
    const Route way = alone(real(kStation), remote);
    EXPECT_EQ(way.to, Route::To::outside);
    EXPECT_EQ(way.address, remote);
    EXPECT_EQ(way.exit.through, net::Interface::station);
    EXPECT_FALSE(way.exit.place);
  }
}

TEST(Route, on_a_real_network_leads_to_no_address_of_this_machine_or_module) {
  for (const Ipv4 remote : {kLocalhost, module_address(0), Ipv4(10, 44, 1, 2), Ipv4(192, 168, 4, 1),
                            Ipv4(0, 0, 0, 0), Ipv4(0, 1, 2, 3), Ipv4(224, 0, 0, 1)})
    EXPECT_EQ(alone(real(kBoth), remote).to, Route::To::nowhere) << remote.bits;
}

TEST(Route, on_a_real_network_has_the_side_of_the_address) {
  EXPECT_EQ(alone(real(kBoth), Ipv4(192, 168, 4, 2)).exit.through, net::Interface::soft_ap);
  EXPECT_EQ(alone(real(kBoth), Ipv4(9, 9, 9, 9)).exit.through, net::Interface::station);
  EXPECT_EQ(alone(real(kSoftAp), Ipv4(192, 168, 4, 2)).to, Route::To::outside);
  EXPECT_EQ(alone(real(kSoftAp), Ipv4(9, 9, 9, 9)).to, Route::To::nowhere);
}
}  // namespace
}  // namespace bfq::sockets

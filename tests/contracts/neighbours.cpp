// Modules of one program on LANs of their own: who reaches whom, and how each sees the other.
#include <gtest/gtest.h>

#include <boost/asio.hpp>

#include "host_module.h"

namespace bfq::contracts {
namespace {
namespace asio = boost::asio;

constexpr MacAddress kHome{{1}}, kOwn{{2}}, kOther{{3}};
constexpr LinkHandle kDialled{0, 1}, kAccepted{0, 1}, kDatagrams{1, 1};
constexpr net::Endpoint kServer{Ipv4(192, 168, 4, 1), 333};
constexpr std::uint16_t kPort = 4711;

constexpr sockets::VirtualLan near_home(std::uint8_t host) {
  return {.access_point = kHome,
          .address = Ipv4(10, 44, 1, host),
          .gateway = Ipv4(10, 44, 1, 1),
          .netmask = Ipv4(255, 255, 255, 0),
          .leads_on = true};
}
constexpr sockets::VirtualLan soft_ap(MacAddress whose, std::uint8_t host) {
  return {.access_point = whose,
          .address = Ipv4(192, 168, 4, host),
          .gateway = Ipv4(192, 168, 4, 1),
          .netmask = Ipv4(255, 255, 255, 0)};
}

/// Module 0 has an access point and is at home at the same time; module 1 is a station of that
/// access point, and module 2 is at home.
class Neighbours : public ::testing::Test {
 protected:
  asio::io_context io;
  sockets::NetPolicy policy;
  sockets::Neighbourhood neighbourhood;
  Side sides[3];
  HostModule zero{sides[0], io, policy, neighbourhood, {.index = 0, .is_at_localhost = true}};
  HostModule one{sides[1], io, policy, neighbourhood, {.index = 1}};
  HostModule two{sides[2], io, policy, neighbourhood, {.index = 2}};

  void SetUp() override {
    zero.now = {.station = near_home(2), .soft_ap = soft_ap(kOwn, 1)};
    one.now = {.station = soft_ap(kOwn, 2)};
    two.now = {.station = near_home(3)};
  }
  void settle() {
    for (HostModule* module : {&zero, &one, &two}) module->settle();
  }
  bool until(const std::function<bool()>& done) {
    return run_until(
        io, [this] { settle(); }, done);
  }
  void rest() {
    run_to_rest(io, [this] { settle(); });
  }

  static void listen(HostModule& module, std::uint16_t port) {
    module.request(net::Listen{{1}, port});
  }
  static void connect(HostModule& module, net::Endpoint to) {
    module.request(net::Open{.link = kDialled, .remote = to});
  }
  template <class Kind>
  static std::optional<Kind> told(const HostModule& module) {
    for (const Event& event : module.side.events)
      if (const auto* kind = std::get_if<Kind>(&event)) return *kind;
    return std::nullopt;
  }
  /// Module 1 connects to module 0's server, which takes it.
  void meet() {
    listen(zero, kServer.port);
    connect(one, kServer);
    ASSERT_TRUE(until([&] { return told<net::Incoming>(zero) && told<net::Opened>(one); }));
    zero.side.link(kAccepted).open = true;
    zero.request(net::Accept{told<net::Incoming>(zero)->client, kAccepted});
  }
  static void take_port(HostModule& module, std::uint16_t port, net::Endpoint peer = {}) {
    module.request(net::Open{
        .link = kDatagrams, .transport = net::Transport::udp, .remote = peer, .local_port = port});
  }
  static void send(HostModule& module, std::string bytes, net::Endpoint to) {
    auto& link = module.side.link(kDatagrams);
    link.destination = to;
    link.sent = 0;
    link.to_send = std::move(bytes);
    module.settle();
  }
  static const auto& datagrams(const HostModule& module) {
    return module.side.link(kDatagrams).datagrams;
  }
};

TEST_F(Neighbours, SeeEachOtherAtTheirAddressesOnTheLan) {
  meet();
  const net::Incoming client = *told<net::Incoming>(zero);
  EXPECT_EQ(client.remote.address, Ipv4(192, 168, 4, 2));
  EXPECT_EQ(client.remote.port, told<net::Opened>(one)->local_port);
  EXPECT_EQ(client.local_port, kServer.port);
  EXPECT_EQ(client.through, net::Interface::soft_ap);
  EXPECT_EQ(told<net::Opened>(one)->through, net::Interface::station);
}

TEST_F(Neighbours, ExchangeBytesBothWays) {
  meet();
  one.side.link(kDialled).to_send = "question";
  zero.side.link(kAccepted).to_send = "answer";
  ASSERT_TRUE(until([&] {
    return zero.side.link(kAccepted).received == "question" &&
           one.side.link(kDialled).received == "answer";
  }));
}

TEST_F(Neighbours, MayBothListenOnOnePort) {
  listen(one, kServer.port);
  meet();
  connect(zero, {Ipv4(192, 168, 4, 2), kServer.port});
  ASSERT_TRUE(until([&] { return told<net::Incoming>(one).has_value(); }));
  EXPECT_EQ(told<net::Incoming>(one)->remote.address, kServer.address);
  EXPECT_EQ(told<net::Incoming>(one)->through, net::Interface::station);
  ASSERT_TRUE(until([&] { return told<net::Opened>(zero).has_value(); }));
  EXPECT_EQ(told<net::Opened>(zero)->through, net::Interface::soft_ap);
}

TEST_F(Neighbours, AreRefusedWhereNobodyListens) {
  connect(one, kServer);
  ASSERT_TRUE(until([&] { return told<net::OpenFailed>(one).has_value(); }));
  EXPECT_EQ(told<net::OpenFailed>(one)->why, net::OpenFailure::unreachable);
}

TEST_F(Neighbours, OnAnotherLanAreNotReachedByTheSameNumbers) {
  one.now = {.station = soft_ap(kOther, 2)};
  listen(zero, kServer.port);
  connect(one, kServer);
  ASSERT_TRUE(until([&] { return told<net::OpenFailed>(one).has_value(); }));
  rest();
  EXPECT_TRUE(zero.side.count<net::Incoming>() == 0);
}

TEST_F(Neighbours, WithoutACommonLanAreTurnedAwayAtTheMachinesAddressToo) {
  listen(one, kPort);
  connect(two, {sockets::module_address(1), kPort});
  ASSERT_TRUE(until([&] { return told<net::Closed>(two) || told<net::OpenFailed>(two); }));
  EXPECT_EQ(one.side.count<net::Incoming>(), 0U);
}

TEST_F(Neighbours, AtTheMachinesAddressAreSeenAtTheLansAllTheSame) {
  listen(zero, kPort);
  connect(two, {sockets::kLocalhost, kPort});
  ASSERT_TRUE(until([&] { return told<net::Incoming>(zero).has_value(); }));
  EXPECT_EQ(told<net::Incoming>(zero)->remote.address, Ipv4(10, 44, 1, 3));
  EXPECT_EQ(told<net::Incoming>(zero)->through, net::Interface::station);
}

TEST_F(Neighbours, WhoLeavesWhileItConnectsDoesNotGetIn) {
  listen(zero, kServer.port);
  connect(one, kServer);
  one.now = {};  // the kernel has connected it, and module 0 has not looked yet
  ASSERT_TRUE(until([&] { return told<net::OpenFailed>(one).has_value(); }));
  rest();
  EXPECT_EQ(zero.side.count<net::Incoming>(), 0U);
  EXPECT_EQ(one.side.count<net::Opened>(), 0U);
}

TEST_F(Neighbours, LoseTheirLinkAtBothEndsWhenOneLeaves) {
  meet();
  one.now = {};
  ASSERT_TRUE(until([&] { return told<net::Closed>(zero) && told<net::Closed>(one); }));
}

TEST_F(Neighbours, LoseTheirLinkAtBothEndsWhenTheAccessPointMoves) {
  meet();
  zero.now.soft_ap->address = Ipv4(192, 168, 5, 1);
  ASSERT_TRUE(until([&] { return told<net::Closed>(zero) && told<net::Closed>(one); }));
}

TEST_F(Neighbours, KeepTheirLinkWhenAnotherSideGoes) {
  meet();
  zero.now.station.reset();
  rest();
  EXPECT_FALSE(told<net::Closed>(zero) || told<net::Closed>(one));
}

TEST_F(Neighbours, KnowByWhichOfTwoCommonLansTheyMeet) {
  zero.now.station = soft_ap(kOther, 7);
  one.now.soft_ap = soft_ap(kOther, 1);
  meet();
  EXPECT_EQ(told<net::Incoming>(zero)->remote.address, Ipv4(192, 168, 4, 2));
  EXPECT_EQ(told<net::Incoming>(zero)->through, net::Interface::soft_ap);
}

/// Told by order: both have far more bytes waiting than one may read in a row.
TEST_F(Neighbours, TakeTurnsWhenTheyAreFlooded) {
  asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  const net::Endpoint server{sockets::kLocalhost, acceptor.local_endpoint().port()};
  std::vector<asio::ip::tcp::socket> floods;
  const std::string piece(65536, 'x');
  for (HostModule* module : {&zero, &two}) {
    module->side.link(kDialled).room = 0;
    connect(*module, server);
    ASSERT_TRUE(until([&] { return told<net::Opened>(*module).has_value(); }));
    auto& flood = floods.emplace_back(acceptor.accept());
    flood.non_blocking(true);
    std::size_t waiting = 0;
    boost::system::error_code full;
    while (!full) waiting += flood.write_some(asio::buffer(piece), full);
    ASSERT_GT(waiting, 100'000U);
  }
  for (HostModule* module : {&zero, &two}) module->side.link(kDialled).room = SIZE_MAX;
  settle();
  io.restart();
  const std::string &one_got = zero.side.link(kDialled).received,
                    &other_got = two.side.link(kDialled).received;
  while (one_got.empty() || other_got.empty())
    ASSERT_EQ(io.run_one_for(std::chrono::seconds(10)), 1U);
  EXPECT_LT(std::max(one_got.size(), other_got.size()), 100'000U);
}

// Datagrams ---------------------------------------------------------------------------------------

TEST_F(Neighbours, SeeWhomADatagramIsFrom) {
  take_port(zero, kPort);
  take_port(one, 5000, {kServer.address, kPort});
  send(one, "hello", {kServer.address, kPort});
  ASSERT_TRUE(until([&] { return datagrams(zero).size() == 1; }));
  EXPECT_EQ(datagrams(zero)[0].first, (net::Endpoint{Ipv4(192, 168, 4, 2), 5000}));
  send(zero, "and back", datagrams(zero)[0].first);
  ASSERT_TRUE(until([&] { return datagrams(one).size() == 1; }));
  EXPECT_EQ(datagrams(one)[0],
            (std::pair(net::Endpoint{kServer.address, kPort}, std::string("and back"))));
}

TEST_F(Neighbours, MayComeAfterTheFirstDatagramToThem) {
  take_port(zero, 5000);
  send(zero, "too early", {Ipv4(192, 168, 4, 3), kPort});
  EXPECT_EQ(zero.side.count<net::SendFailed>(), 0U) << "nobody has that address, as no radio knows";
  two.now = {.station = soft_ap(kOwn, 3)};
  send(zero, "no port yet", {Ipv4(192, 168, 4, 3), kPort});
  EXPECT_EQ(zero.side.count<net::SendFailed>(), 0U) << "sent, and heard by nobody";
  take_port(two, kPort);
  send(zero, "hello", {Ipv4(192, 168, 4, 3), kPort});
  ASSERT_TRUE(until([&] { return datagrams(two).size() == 1; }));
  EXPECT_EQ(datagrams(two)[0].second, "hello");
  two.now = {};
  send(zero, "too late", {Ipv4(192, 168, 4, 3), kPort});
  rest();
  EXPECT_EQ(zero.side.count<net::SendFailed>(), 0U);
  EXPECT_EQ(datagrams(two).size(), 1U);
}

TEST_F(Neighbours, WithoutACommonLanAreNotHeard) {
  take_port(one, kPort);
  take_port(two, kPort);
  send(two, "hello", {sockets::module_address(1), kPort});
  rest();
  EXPECT_TRUE(datagrams(one).empty());
}

TEST_F(Neighbours, HearWhatGoesToEverybodyOnTheirLan) {
  for (HostModule* module : {&zero, &one, &two}) take_port(*module, kPort);
  send(zero, "own", {Ipv4(192, 168, 4, 255), kPort});
  send(zero, "home", {Ipv4(10, 44, 1, 255), kPort});
  send(zero, "all", {Ipv4(255, 255, 255, 255), kPort});
  send(zero, "group", {Ipv4(239, 1, 2, 3), kPort});
  ASSERT_TRUE(until([&] { return datagrams(one).size() == 3 && datagrams(two).size() == 3; }));
  rest();
  const auto texts = [](const HostModule& module) {
    std::string all;
    for (const auto& datagram : datagrams(module)) all += datagram.second + " ";
    return all;
  };
  EXPECT_EQ(texts(one), "own all group ");
  EXPECT_EQ(texts(two), "home all group ");
  EXPECT_EQ(texts(zero), "") << "nobody hears oneself";
  EXPECT_EQ(datagrams(one)[0].first, (net::Endpoint{Ipv4(192, 168, 4, 1), kPort}));
  EXPECT_EQ(datagrams(two)[0].first, (net::Endpoint{Ipv4(10, 44, 1, 2), kPort}));
  EXPECT_EQ(zero.side.count<net::SendFailed>(), 0U);
}

TEST_F(Neighbours, AndTheMachineHearsWhatGoesToEverybodyAtHome) {
  asio::ip::udp::socket program(io, {asio::ip::make_address("127.0.0.1"), 0});
  const std::uint16_t port = program.local_endpoint().port();
  take_port(one, 0);
  send(one, "a LAN without it", {Ipv4(192, 168, 4, 255), port});
  take_port(two, 0);
  send(two, "hello", {Ipv4(10, 44, 1, 255), port});
  std::array<char, 64> buffer{};
  asio::ip::udp::endpoint from;
  EXPECT_EQ(program.receive_from(asio::buffer(buffer), from), 5U);
  program.send_to(asio::buffer("answer", 6), from);
  ASSERT_TRUE(until([&] { return datagrams(two).size() == 1; }));
  EXPECT_EQ(datagrams(two)[0],
            (std::pair(net::Endpoint{Ipv4(10, 44, 1, 1), port}, std::string("answer"))))
      << "the machine is the gateway";
}
}  // namespace
}  // namespace bfq::contracts

// What only this machine's sockets can show: its ports, its addresses, and the pace of its peers.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <utility>

#include "daemon/sockets/absent_link.h"
#include "host_module.h"

namespace bfq::contracts {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

constexpr LinkHandle kFirst{0, 1}, kSecond{1, 1};
constexpr Ipv4 kLoopback{127, 0, 0, 1}, kGateway{10, 44, 1, 1}, kNobody{10, 44, 1, 77};

class ThisMachine : public ::testing::Test {
 protected:
  void SetUp() override {
    module.now.station = sockets::VirtualLan{.address = Ipv4(10, 44, 1, 2),
                                             .gateway = kGateway,
                                             .netmask = Ipv4(255, 255, 255, 0),
                                             .leads_on = true};
  }

  bool until(const std::function<bool()>& done) {
    return run_until(
        io, [this] { module.settle(); }, done);
  }
  void rest() {
    run_to_rest(io, [this] { module.settle(); });
  }
  void begin(net::Endpoint remote, LinkHandle link = kFirst) {
    module.request(net::Open{.link = link, .remote = remote});
  }
  tcp::socket open() {
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    begin({kLoopback, acceptor.local_endpoint().port()});
    EXPECT_TRUE(until([&] { return side.link(kFirst).open; }));
    return acceptor.accept();
  }
  void open_datagrams(net::Endpoint remote, std::uint16_t port, LinkHandle link = kFirst) {
    module.request(net::Open{
        .link = link, .transport = net::Transport::udp, .remote = remote, .local_port = port});
    ASSERT_TRUE(until([&] { return side.link(link).open; }));
  }
  bool send_datagram(net::Endpoint to, std::string bytes, LinkHandle link = kFirst) {
    auto& its = side.link(link);
    its.destination = to;
    its.sent = 0;
    its.to_send = std::move(bytes);
    return until([&] { return its.unsent() == 0; }) && side.count<net::SendFailed>() == 0;
  }
  std::uint16_t free_port() {
    return tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
  }
  /// As on Ethernet, those that the peer may send and those that it has received.
  static void expect_usual_segments(tcp::socket& peer) {
    tcp_info info{};
    socklen_t size = sizeof info;
    ASSERT_EQ(getsockopt(peer.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    EXPECT_LE(info.tcpi_snd_mss, 1460U);
    EXPECT_GT(info.tcpi_rcv_mss, 1000U);
    EXPECT_LE(info.tcpi_rcv_mss, 1460U);
  }
  bool is_refused(net::Endpoint remote) {
    begin(remote);
    const bool failed = until([&] { return side.count<net::OpenFailed>() == 1; });
    side.events.clear();
    return failed;
  }

  asio::io_context io;
  sockets::NetPolicy policy;
  sockets::Neighbourhood neighbourhood;
  Side side;
  HostModule module{side, io, policy, neighbourhood, {.is_at_localhost = true}};
};

TEST_F(ThisMachine, delivers_urgent_bytes_in_line) {
  tcp::socket peer = open();
  asio::write(peer, asio::buffer("a", 1));
  ASSERT_EQ(::send(peer.native_handle(), "b", 1, MSG_OOB), 1);
  asio::write(peer, asio::buffer("c", 1));
  ASSERT_TRUE(until([&] { return side.link(kFirst).received.size() == 3; }));
  EXPECT_EQ(side.link(kFirst).received, "abc");
}

TEST_F(ThisMachine, delivers_an_empty_datagram) {
  const std::uint16_t port = free_port();
  open_datagrams({kLoopback, 9}, port);
  side.link(kFirst).room = 0;
  udp::socket peer(io, {asio::ip::address_v4::loopback(), 0});
  peer.send_to(asio::buffer("", 0), {asio::ip::address_v4::loopback(), port});
  rest();
  EXPECT_TRUE(side.link(kFirst).datagrams.empty()) << "there is no room for its header";
  side.link(kFirst).room = SIZE_MAX;
  ASSERT_TRUE(until([&] { return !side.link(kFirst).datagrams.empty(); }));
  EXPECT_EQ(side.link(kFirst).datagrams[0].second, "");
}

TEST_F(ThisMachine, does_not_lead_to_the_modules_own_server) {
  const std::uint16_t port = free_port();
  module.request(net::Listen{{1}, port});
  ASSERT_TRUE(until([&] { return side.count<net::Listening>() == 1; }));
  side.events.clear();
  EXPECT_TRUE(is_refused({kLoopback, port}));
  EXPECT_TRUE(is_refused({kGateway, port}));
  EXPECT_TRUE(is_refused({sockets::module_address(0), port}));
  EXPECT_EQ(side.count<net::Incoming>(), 0U);
}

TEST_F(ThisMachine, is_listened_at_everywhere_or_nowhere) {
  tcp::acceptor program(io, {asio::ip::address_v4::loopback(), 0});
  const std::uint16_t port = program.local_endpoint().port();
  module.request(net::Listen{{1}, port});
  ASSERT_TRUE(until([&] { return side.count<net::ListenFailed>() == 1; }));
  const asio::ip::address_v4 own(sockets::module_address(0).bits);
  EXPECT_NO_THROW(tcp::acceptor(io, {own, port})) << "it listens at its own address alone";
}

TEST_F(ThisMachine, does_not_give_away_a_low_port_that_a_service_has_elsewhere) {
  constexpr std::uint16_t kLow = 517;  // talk's
  tcp::acceptor service(io);
  boost::system::error_code error;
  service.open(tcp::v4());
  service.set_option(asio::socket_base::reuse_address(true));
  service.bind({asio::ip::make_address_v4("127.0.0.77"), kLow}, error);
  if (error) GTEST_SKIP() << "no right to low ports, or it is taken: " << error.message();
  module.request(net::Listen{{1}, kLow});
  ASSERT_TRUE(until([&] { return side.count<net::Listening>() == 1; })) << "nobody listens yet";
  module.request(net::StopListening{});
  service.listen();
  module.request(net::Listen{{2}, kLow});
  ASSERT_TRUE(until([&] { return side.count<net::ListenFailed>() == 1; }));
}

TEST_F(ThisMachine, leaves_the_port_of_its_peer_to_the_peer) {
  const std::uint16_t port = free_port();
  open_datagrams({kGateway, port}, port);
  udp::socket peer(io, {asio::ip::address_v4::loopback(), port});
  EXPECT_TRUE(send_datagram({kGateway, port}, "question"));
  std::array<char, 100> buffer{};
  udp::endpoint sender;
  EXPECT_EQ(peer.receive_from(asio::buffer(buffer), sender), 8U);
  peer.send_to(asio::buffer("answer", 6), sender);
  ASSERT_TRUE(until([&] { return !side.link(kFirst).datagrams.empty(); }));
  const std::pair<net::Endpoint, std::string> answer{{kGateway, port}, "answer"};
  EXPECT_EQ(side.link(kFirst).datagrams[0], answer);
}

TEST_F(ThisMachine, has_no_datagrams_of_the_module_for_itself) {
  const std::uint16_t port = free_port();
  open_datagrams({kLoopback, 9}, port);
  open_datagrams({kLoopback, port}, 0, kSecond);
  EXPECT_TRUE(send_datagram({kLoopback, port}, "echo?", kSecond));
  EXPECT_TRUE(send_datagram({sockets::module_address(0), port}, "echo?", kSecond));
  rest();
  EXPECT_TRUE(side.link(kFirst).datagrams.empty());
}

TEST_F(ThisMachine, answers_nothing_for_an_address_that_nobody_has) {
  const auto began = std::chrono::steady_clock::now();
  begin({kNobody, 80});
  ASSERT_TRUE(until([&] { return side.count<net::OpenFailed>() == 1; }));
  EXPECT_GE(std::chrono::steady_clock::now() - began, sockets::AbsentLink::kArpGivesUp);
  open_datagrams({kNobody, 80}, 0, kSecond);
  EXPECT_TRUE(send_datagram({kNobody, 80}, "lost", kSecond));
  begin({kNobody, 80}, {2, 1});
  module.request(net::Close{{2, 1}});
  rest();
  EXPECT_EQ(side.count<net::OpenFailed>(), 1U) << "nothing is said of a closed attempt";
}

// Loopback's own segments of 64 KiB would open the window of a slow peer in steps as large.
TEST_F(ThisMachine, has_segments_of_a_real_network) {
  tcp::socket peer = open();
  side.link(kFirst).to_send.assign(64U << 10U, 'x');
  rest();
  expect_usual_segments(peer);
}

TEST_F(ThisMachine, has_them_towards_clients_of_its_server_too) {
  const std::uint16_t port = free_port();
  module.request(net::Listen{{1}, port});
  tcp::socket client(io);
  client.connect({asio::ip::address_v4::loopback(), port});
  ASSERT_TRUE(until([&] { return side.count<net::Incoming>() == 1; }));
  side.link(kFirst).to_send.assign(64U << 10U, 'x');
  side.link(kFirst).open = true;
  module.request(net::Accept{std::get<net::Incoming>(side.events.back()).client, kFirst});
  rest();
  expect_usual_segments(client);
}

TEST_F(ThisMachine, has_peers_whose_window_opens_by_small_steps) {
  tcp::socket peer = open();
  auto& link = side.link(kFirst);
  link.to_send.assign(16U << 20U, 'x');
  rest();
  std::array<char, 1024> buffer{};
  std::size_t sent = link.sent, largest = 0, step = 0;
  for (std::size_t read = 0; read < 500'000; read += buffer.size()) {
    asio::read(peer, asio::buffer(buffer));
    step += buffer.size();
    io.restart();
    io.poll();
    if (link.sent == sent) continue;
    largest = std::max(largest, std::exchange(step, 0));
    sent = link.sent;
  }
  EXPECT_LE(largest, 32U * 1024);
}

// The kernel reports room only when there is plenty. What the peer acknowledges before is progress
// too.
TEST_F(ThisMachine, tells_of_a_slow_peer_that_it_reads) {
  tcp::acceptor acceptor(io, tcp::v4());
  // The least that there is, so that the window opens by small steps; a connection inherits it.
  acceptor.set_option(tcp::acceptor::receive_buffer_size(1));
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.listen();
  begin({kLoopback, acceptor.local_endpoint().port()});
  ASSERT_TRUE(until([&] { return side.link(kFirst).open; }));
  tcp::socket peer = acceptor.accept();
  auto& link = side.link(kFirst);
  link.to_send.assign(16U << 20U, 'x');
  rest();
  const std::size_t stalled_at = link.sent;
  std::array<char, 256> buffer{};
  std::size_t read = 0;
  while (link.acknowledged == 0 && link.sent == stalled_at) {
    read += peer.read_some(asio::buffer(buffer));
    io.restart();
    io.run_for(std::chrono::milliseconds(200));
  }
  EXPECT_GT(link.acknowledged, 0U) << "after " << read << " bytes";
  EXPECT_EQ(link.sent, stalled_at);
}

TEST_F(ThisMachine, is_read_so_much_in_one_turn) {
  tcp::socket peer = open();
  peer.non_blocking(true);
  const std::string body(1U << 20U, 'x');
  boost::system::error_code error;
  std::size_t written = 1;
  while (written > 0) written = peer.write_some(asio::buffer(body), error);
  std::size_t most = 0, before = 0;
  while (io.restart(), io.run_one_for(std::chrono::milliseconds(100)) > 0) {
    const std::size_t now = side.link(kFirst).received.size();
    most = std::max(most, now - std::exchange(before, now));
  }
  EXPECT_GT(before, 2 * most);
  EXPECT_LE(most, sockets::kReadsInARow * limits::kSegment);
}

TEST_F(ThisMachine, is_asked_for_so_many_datagrams_in_one_turn) {
  const std::uint16_t port = free_port();
  open_datagrams({kLoopback, 9}, port);
  udp::socket peer(io, {asio::ip::address_v4::loopback(), 0});
  for (std::size_t i = 0; i < 100; ++i)
    peer.send_to(asio::buffer("x", i % 2), {asio::ip::address_v4::loopback(), port});
  std::size_t most = 0, before = 0;
  while (io.restart(), io.run_one_for(std::chrono::milliseconds(100)) > 0) {
    const std::size_t now = side.link(kFirst).datagrams.size();
    most = std::max(most, now - std::exchange(before, now));
  }
  EXPECT_EQ(before, 100U);
  EXPECT_LE(most, static_cast<std::size_t>(sockets::kReadsInARow));
}

TEST_F(ThisMachine, has_no_connection_of_the_module_to_itself) {
  const std::uint16_t port = free_port();
  const Ipv4 own = sockets::module_address(0);
  module.request(net::Open{.link = kFirst, .remote = {own, port}, .local_port = port});
  EXPECT_TRUE(until([&] { return side.count<net::OpenFailed>() == 1; }));
  EXPECT_EQ(side.count<net::Opened>(), 0U);
}

TEST_F(ThisMachine, keeps_its_serial_doors_to_itself) {
  tcp::acceptor door(io, {asio::ip::address_v4::any(), 0});
  const std::uint16_t port = door.local_endpoint().port();
  neighbourhood.add_door(door.local_endpoint());
  EXPECT_TRUE(is_refused({kLoopback, port}));
  EXPECT_TRUE(is_refused({kGateway, port}));
  EXPECT_TRUE(is_refused({Ipv4(127, 0, 0, 2), port}));
}
}  // namespace
}  // namespace bfq::contracts

// What every network promises the module (src/ports/network.h), for the simulated one and the one that is
// made of this machine's sockets.
#include <gtest/gtest.h>

#include <algorithm>

#include "network_under_test.h"

namespace bfq::contracts {
namespace {
LinkHandle link_of(const Event& event) {
  if (const auto* e = std::get_if<net::Opened>(&event)) return e->link;
  if (const auto* e = std::get_if<net::OpenFailed>(&event)) return e->link;
  if (const auto* e = std::get_if<net::Closed>(&event)) return e->link;
  if (const auto* e = std::get_if<net::SendFailed>(&event)) return e->link;
  return {0xff, 0};
}
}  // namespace

// The module's side ---------------------------------------------------------------------------------

std::string much() {
  std::string s(200'000, '\0');
  for (std::size_t i = 0; i < s.size(); ++i) s[i] = static_cast<char>(i * 7 + i / 251);
  return s;
}

std::vector<Event> Side::said_of(LinkHandle handle) const {
  std::vector<Event> said;
  std::copy_if(events.begin(), events.end(), std::back_inserter(said),
               [&](const Event& event) { return link_of(event) == handle; });
  return said;
}

std::size_t Side::link_room(LinkHandle handle) const {
  const Link* l = find(handle);
  return l == nullptr || !l->open ? 0 : std::min<std::size_t>(l->room, limits::kSegment);
}

void Side::link_input(LinkHandle handle, std::span<const std::byte> bytes) {
  EXPECT_LE(bytes.size(), link_room(handle));
  Link& l = link(handle);
  EXPECT_TRUE(l.open) << "bytes of a link that is not open";
  l.received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (l.room != SIZE_MAX) l.room -= bytes.size();
}

net::Outgoing Side::link_output(LinkHandle handle) const {
  const Link* l = find(handle);
  if (l == nullptr || !l->open) return {};
  return {std::as_bytes(std::span(l->to_send)).subspan(l->sent), {}};
}

void Side::link_sent(LinkHandle handle, std::size_t n) {
  Link& l = link(handle);
  EXPECT_LE(n, l.unsent());
  l.sent += n;
}

void Side::handle(const Event& event) {
  events.push_back(event);
  if (std::holds_alternative<net::Opened>(event)) link(link_of(event)).open = true;
  if (std::holds_alternative<net::Closed>(event)) link(link_of(event)).open = false;
}

// The contract --------------------------------------------------------------------------------------

namespace {
constexpr LinkHandle kLink{0, 1};

using Factory = std::unique_ptr<NetworkUnderTest> (*)();

class Network : public ::testing::TestWithParam<Factory> {
 protected:
  std::unique_ptr<NetworkUnderTest> net = GetParam()();
  Side& side = net->side;

  void begin(net::Endpoint remote, LinkHandle link = kLink) {
    net->request(net::Open{.link = link, .remote = remote, .name = net::HostName("127.0.0.1")});
  }
  bool is_open(LinkHandle link = kLink) { return side.link(link).open; }
  void open(net::Endpoint remote, LinkHandle link = kLink) {
    begin(remote, link);
    ASSERT_TRUE(net->until([&] { return is_open(link); }));
  }
  void close(LinkHandle link = kLink) {
    side.link(link).open = false;  // the module has forgotten it
    net->request(net::Close{link});
  }
  bool heard(std::size_t n, LinkHandle link = kLink) {
    return net->until([&, n] { return side.link(link).received.size() >= n; });
  }
  bool was_closed(LinkHandle link = kLink) {
    return net->until([&] {
      return !side.said_of(link).empty() && std::holds_alternative<net::Closed>(side.said_of(link).back());
    });
  }
};

TEST_P(Network, answers_an_open_once) {
  open(net->host(Manners::echoes));
  net->rest();
  ASSERT_EQ(side.said_of(kLink).size(), 1U);
  EXPECT_NE(std::get<net::Opened>(side.said_of(kLink)[0]).local_port, 0);
}

TEST_P(Network, tells_once_that_a_port_refuses) {
  begin(net->nobody());
  ASSERT_TRUE(net->until([&] { return side.count<net::OpenFailed>() > 0; }));
  net->rest();
  ASSERT_EQ(side.said_of(kLink).size(), 1U);
  EXPECT_EQ(std::get<net::OpenFailed>(side.said_of(kLink)[0]).why, net::OpenFailure::unreachable);
}

TEST_P(Network, carries_bytes_both_ways_as_they_are) {
  open(net->host(Manners::echoes));
  const std::string bytes = much().substr(0, 10'240);
  side.link(kLink).to_send = bytes;
  ASSERT_TRUE(heard(bytes.size()));
  EXPECT_EQ(side.link(kLink).received, bytes);
  EXPECT_EQ(side.link(kLink).sent, bytes.size());
}

TEST_P(Network, hands_over_all_bytes_before_the_end) {
  open(net->host(Manners::greets));
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, kGreeting);
  net->rest();
  EXPECT_EQ(side.count<net::Closed>(), 1U);
}

TEST_P(Network, waits_for_room) {
  begin(net->host(Manners::says_much));
  side.link(kLink).room = 0;
  ASSERT_TRUE(net->until([&] { return is_open(); }));
  net->rest();
  EXPECT_EQ(side.link(kLink).received, "");
  EXPECT_EQ(side.count<net::Closed>(), 0U) << "the end overtook the bytes";
  side.link(kLink).room = 1000;
  ASSERT_TRUE(heard(1000));
  net->rest();
  EXPECT_EQ(side.link(kLink).received, much().substr(0, 1000));
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, much());
}

TEST_P(Network, takes_only_so_much_for_a_peer_that_does_not_read) {
  open(net->host(Manners::reads_nothing));
  side.link(kLink).to_send.assign(64U << 20U, 'x');
  net->rest();
  EXPECT_GT(side.link(kLink).unsent(), 32U << 20U);
  close();
  net->rest();
  EXPECT_EQ(side.said_of(kLink).size(), 1U);
}

TEST_P(Network, tells_once_that_a_link_broke) {
  open(net->host(Manners::resets));
  side.link(kLink).to_send = "x";
  ASSERT_TRUE(was_closed());
  net->rest();
  EXPECT_EQ(side.said_of(kLink).size(), 2U);
}

TEST_P(Network, says_nothing_after_a_close) {
  open(net->host(Manners::echoes));
  side.link(kLink).to_send = "hello";
  ASSERT_TRUE(net->until([&] { return side.link(kLink).unsent() == 0; }));
  close();
  net->rest();
  EXPECT_EQ(side.said_of(kLink).size(), 1U);
  EXPECT_EQ(side.link(kLink).received, "");
}

TEST_P(Network, says_nothing_of_an_attempt_that_was_closed) {
  begin(net->host(Manners::greets));
  close();
  begin(net->nobody(), {1, 1});
  close({1, 1});
  net->rest();
  EXPECT_TRUE(side.events.empty());
}

TEST_P(Network, takes_a_close_of_what_is_closed) {
  open(net->host(Manners::greets));
  ASSERT_TRUE(was_closed());
  net->request(net::Close{kLink});
  net->rest();
  EXPECT_EQ(side.said_of(kLink).size(), 2U);
}

TEST_P(Network, keeps_links_apart) {
  const net::Endpoint echo = net->host(Manners::echoes);
  constexpr LinkHandle kOther{1, 1}, kNext{0, 2};
  open(echo);
  open(echo, kOther);
  side.link(kLink).to_send = "one";
  side.link(kOther).to_send = "other";
  ASSERT_TRUE(heard(3));
  ASSERT_TRUE(heard(5, kOther));
  close();
  open(echo, kNext);  // the same number, the next generation
  side.link(kNext).to_send = "next";
  ASSERT_TRUE(heard(4, kNext));
  EXPECT_EQ(side.link(kLink).received, "one");
  EXPECT_EQ(side.link(kOther).received, "other");
  EXPECT_EQ(side.link(kNext).received, "next");
}

TEST_P(Network, answers_a_name_once) {
  net->request(net::Resolve{{7}, net::HostName("localhost")});
  ASSERT_TRUE(net->until([&] { return side.count<net::Resolved>() > 0; }));
  net->rest();
  ASSERT_EQ(side.events.size(), 1U);
  EXPECT_EQ(std::get<net::Resolved>(side.events[0]).ticket, Ticket{7});
  EXPECT_EQ(std::get<net::Resolved>(side.events[0]).address, Ipv4(127, 0, 0, 1));
}

TEST_P(Network, is_silent_without_power) {
  open(net->host(Manners::echoes));
  begin(net->host(Manners::greets), {1, 1});
  net->request(net::Resolve{{7}, net::HostName("localhost")});
  side.link(kLink).to_send = "hello";
  const std::size_t so_far = side.events.size();
  net->power_off();
  net->rest();
  EXPECT_EQ(side.events.size(), so_far);
  EXPECT_EQ(side.link(kLink).received, "");
}

INSTANTIATE_TEST_SUITE_P(Simulated, Network, ::testing::Values(&make_sim_network));
#ifdef BFQ_WITH_HOST_NETWORK
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Network, ::testing::Values(&make_host_network));
#endif
}  // namespace
}  // namespace bfq::contracts

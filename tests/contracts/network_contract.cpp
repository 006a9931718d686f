// What every network promises the module (src/ports/network.h), for the simulated one and the one
// that is made of this machine's sockets.
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

// The module's side -------------------------------------------------------------------------------

std::string much() {
  std::string s(200'000, '\0');
  for (std::size_t i = 0; i < s.size(); ++i) s[i] = static_cast<char>(i * 7 + i / 251);
  return s;
}

std::string several_records() { return much().substr(0, 50'000); }

std::vector<Event> Side::said_of(LinkHandle handle) const {
  std::vector<Event> said;
  std::copy_if(events.begin(), events.end(), std::back_inserter(said),
               [&](const Event& event) { return link_of(event) == handle; });
  return said;
}

std::size_t Side::link_room(LinkHandle handle) const {
  const Link* l = find(handle);
  if (l == nullptr) return 0;
  if (l->asked > 0) return l->asked;
  return !l->open || l->unread_limit > 0 ? 0 : std::min<std::size_t>(l->room, limits::kSegment);
}

std::size_t Side::unread_limit(LinkHandle handle) const {
  const Link* l = find(handle);
  return l == nullptr || !l->open ? 0 : l->unread_limit;
}

bool Side::awaits_acknowledgement(LinkHandle handle) const {
  const Link* l = find(handle);
  return l != nullptr && l->open && l->awaits_acknowledgement;
}

void Side::link_input(LinkHandle handle, std::span<const std::byte> bytes) {
  EXPECT_LE(bytes.size(), link_room(handle));
  Link& l = link(handle);
  EXPECT_TRUE(l.open || l.asked > 0) << "bytes of a link that is not open";
  l.asked -= std::min(l.asked, bytes.size());
  l.received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (l.room != SIZE_MAX) l.room -= bytes.size();
}

std::size_t Side::datagram_room(LinkHandle handle) const {
  const Link* l = find(handle);
  return l == nullptr || !l->open ? 0 : std::min<std::size_t>(l->room, limits::kDatagram);
}

void Side::datagram_input(LinkHandle handle, net::Endpoint sender,
                          std::span<const std::byte> bytes) {
  EXPECT_LE(bytes.size(), datagram_room(handle));
  link(handle).datagrams.emplace_back(
      sender, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

net::Outgoing Side::link_output(LinkHandle handle) const {
  const Link* l = find(handle);
  if (l == nullptr || !l->open) return {};
  return {std::as_bytes(std::span(l->to_send)).subspan(l->sent), l->destination};
}

void Side::link_sent(LinkHandle handle, std::size_t n) {
  Link& l = link(handle);
  EXPECT_LE(n, l.unsent());
  l.sent += n;
  if (n == 0) ++l.acknowledged;
}

void Side::handle(const Event& event) {
  if (const auto* told = std::get_if<net::Unread>(&event)) {
    EXPECT_LE(told->bytes, unread_limit(told->link));
    return link(told->link).unread.push_back(told->bytes);
  }
  if (const auto* told = std::get_if<net::Acknowledged>(&event)) {
    EXPECT_TRUE(awaits_acknowledgement(told->link));
    return link(told->link).unacknowledged.push_back(told->unacknowledged);
  }
  events.push_back(event);
  if (std::holds_alternative<net::Opened>(event)) link(link_of(event)).open = true;
  if (std::holds_alternative<net::Closed>(event)) link(link_of(event)).open = false;
  if (std::holds_alternative<net::SendFailed>(event)) link(link_of(event)).drop_unsent();
}

// The contract ------------------------------------------------------------------------------------

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
      return !side.said_of(link).empty() &&
             std::holds_alternative<net::Closed>(side.said_of(link).back());
    });
  }
};

TEST_P(Network, answers_an_open_once) {
  open(net->host(Manners::echoes));
  net->rest();
  ASSERT_EQ(side.said_of(kLink).size(), 1U);
  EXPECT_NE(std::get<net::Opened>(side.said_of(kLink)[0]).local_port, 0);
  EXPECT_EQ(std::get<net::Opened>(side.said_of(kLink)[0]).through, net::Interface::station);
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

TEST_P(Network, tells_of_an_end_also_while_there_is_no_room) {
  LinkHandle link = kLink;
  for (const Manners manners : {Manners::leaves, Manners::resets}) {
    open(net->host(manners), link);
    side.link(link).room = 0;
    side.link(link).to_send = "x";
    ASSERT_TRUE(was_closed(link));
    ++link.generation;
  }
}

TEST_P(Network, takes_nothing_for_a_peer_that_has_ended_behind_bytes) {
  open(net->host(Manners::greets));
  side.link(kLink).room = 0;
  net->rest();
  side.link(kLink).to_send = "x";
  ASSERT_TRUE(net->until([&] { return side.count<net::SendFailed>() > 0; }));
  EXPECT_EQ(std::get<net::SendFailed>(side.said_of(kLink).back()).why, net::SendFailure::too_late);
  EXPECT_EQ(side.count<net::Closed>(), 0U);
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, kGreeting);
}

TEST_P(Network, hands_over_what_came_before_a_link_is_given_up) {
  open(net->host(Manners::echoes));
  side.link(kLink).to_send = "hello";
  side.link(kLink).room = 0;
  net->rest();
  net->request(net::GiveUp{kLink});
  net->rest();
  EXPECT_EQ(side.count<net::Closed>(), 0U);
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, "hello");
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

TEST_P(Network, hands_over_what_has_come_when_the_module_gives_up) {
  begin(net->host(Manners::stays));
  side.link(kLink).room = 0;
  ASSERT_TRUE(net->until([&] { return is_open(); }));
  side.link(kLink).to_send.assign(64U << 20U, 'x');
  net->rest();
  side.link(kLink).drop_unsent();  // as the module does
  net->request(net::GiveUp{kLink});
  net->rest();
  EXPECT_EQ(side.count<net::Closed>(), 0U) << "the end overtook the bytes";
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, kGreeting);
  net->rest();
  EXPECT_EQ(side.count<net::Closed>(), 1U);
}

TEST_P(Network, closes_at_once_when_the_module_gives_up_and_nothing_has_come) {
  open(net->host(Manners::reads_nothing));
  net->request(net::GiveUp{kLink});
  EXPECT_TRUE(was_closed());
}

TEST_P(Network, takes_nothing_for_a_peer_that_has_ended_while_its_bytes_wait) {
  begin(net->host(Manners::greets));
  side.link(kLink).room = 0;
  ASSERT_TRUE(net->until([&] { return is_open(); }));
  net->rest();
  side.link(kLink).to_send = "late";
  ASSERT_TRUE(net->until([&] { return side.count<net::SendFailed>() > 0; }));
  EXPECT_EQ(side.link(kLink).sent, 0U);
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, kGreeting);
}

// Acknowledgements --------------------------------------------------------------------------------

TEST_P(Network, tells_of_what_the_peer_has_acknowledged) {
  open(net->host(Manners::echoes));
  side.link(kLink).awaits_acknowledgement = true;
  side.link(kLink).to_send = "hello";
  const auto all = [&] {
    const auto& told = side.link(kLink).unacknowledged;
    return !told.empty() && told.back() == 0;
  };
  ASSERT_TRUE(net->until(all));
  side.link(kLink).unacknowledged.clear();
  side.link(kLink).to_send += much().substr(0, 2000);
  ASSERT_TRUE(net->until([&] { return side.link(kLink).unsent() == 0 && all(); }));
  EXPECT_LT(side.link(kLink).unacknowledged.front(), 2000U);
}

// Passive receive ---------------------------------------------------------------------------------

TEST_P(Network, keeps_what_comes_until_it_is_asked_for) {
  begin(net->host(Manners::stays));
  side.link(kLink).unread_limit = 2920;
  ASSERT_TRUE(net->until([&] { return !side.link(kLink).unread.empty(); }));
  net->rest();
  EXPECT_EQ(side.link(kLink).unread.back(), kGreeting.size());
  EXPECT_EQ(side.link(kLink).received, "");
  side.link(kLink).asked = 4;
  ASSERT_TRUE(heard(4));
  net->rest();
  EXPECT_EQ(side.link(kLink).received, kGreeting.substr(0, 4));
  side.link(kLink).unread_limit = 0;  // back to bytes that come by themselves
  ASSERT_TRUE(heard(kGreeting.size()));
  EXPECT_EQ(side.link(kLink).received, kGreeting);
}

TEST_P(Network, speaks_of_no_more_than_the_limit_and_leaves_the_rest_to_the_peers_window) {
  begin(net->host(Manners::says_much));
  side.link(kLink).unread_limit = 2920;
  ASSERT_TRUE(net->until([&] { return !side.link(kLink).unread.empty(); }));
  net->rest();
  EXPECT_EQ(side.link(kLink).unread.back(), 2920U);
  EXPECT_EQ(side.count<net::Closed>(), 0U) << "the end overtook the bytes";
  for (std::size_t n = 2048; side.count<net::Closed>() == 0; n += 2048) {
    side.link(kLink).asked = 2048;
    ASSERT_TRUE(heard(n));
    net->rest();
  }
  const std::size_t left = much().size() - side.link(kLink).received.size();
  EXPECT_LE(left, 2920U);
  EXPECT_EQ(side.link(kLink).unread.back(), left);
  side.link(kLink).asked = left;  // the link has ended
  ASSERT_TRUE(heard(much().size()));
  EXPECT_EQ(side.link(kLink).received, much());
}

TEST_P(Network, keeps_what_it_has_told_of_when_the_module_closes_the_link) {
  begin(net->host(Manners::stays));
  side.link(kLink).unread_limit = 4;
  ASSERT_TRUE(net->until([&] { return !side.link(kLink).unread.empty(); }));
  net->rest();
  ASSERT_EQ(side.link(kLink).unread.back(), 4U);
  close();
  side.link(kLink).asked = 4;
  ASSERT_TRUE(heard(4));
  net->rest();
  EXPECT_EQ(side.link(kLink).received, kGreeting.substr(0, 4));
}

TEST_P(Network, keeps_nothing_of_a_link_whose_number_is_used_again) {
  begin(net->host(Manners::greets));
  side.link(kLink).unread_limit = 2920;
  ASSERT_TRUE(was_closed());
  constexpr LinkHandle kNext{0, 2};
  open(net->host(Manners::echoes), kNext);
  side.link(kNext).to_send = "next";
  ASSERT_TRUE(heard(4, kNext));
  EXPECT_EQ(side.link(kNext).received, "next");
  EXPECT_EQ(side.link(kLink).received, "");
}

// Ending ------------------------------------------------------------------------------------------

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
  const std::size_t so_far = side.events.size();  // it may be refused at once
  close({1, 1});
  net->rest();
  EXPECT_TRUE(side.said_of(kLink).empty());
  EXPECT_EQ(side.events.size(), so_far);
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

TEST_P(Network, answers_a_ping_of_the_gateway_and_of_the_module_once) {
  for (const Ipv4 address : {Ipv4(10, 44, 1, 1), Ipv4(10, 44, 1, 2)}) {
    side.events.clear();
    net->request(net::Ping{{9}, address, {}, 2000});
    ASSERT_TRUE(net->until([&] { return side.count<net::Pong>() > 0; }));
    net->rest();
    ASSERT_EQ(side.events.size(), 1U);
    EXPECT_EQ(std::get<net::Pong>(side.events[0]).ticket, Ticket{9});
  }
}

TEST_P(Network, says_nothing_of_a_host_that_does_not_answer_a_ping) {
  net->request(net::Ping{{9}, Ipv4(10, 44, 1, 77), {}, 2000});
  net->rest();
  EXPECT_TRUE(side.events.empty());
}

TEST_P(Network, says_nothing_of_a_time_server_that_is_not_there) {
  net->request(net::AskTime{{9}, Ipv4(10, 44, 1, 77), {}, 3000});
  net->rest();
  EXPECT_TRUE(side.events.empty());
}

TEST_P(Network, keeps_texts_for_tls_links_as_long_as_there_is_power) {
  constexpr auto kProtocols = net::TlsText::protocols;
  const auto recalled = [&](std::uint8_t link) {
    side.events.clear();
    net->request(net::RecallTlsTexts{{9}, link, kProtocols});
    EXPECT_TRUE(net->until([&] { return side.count<net::TlsTexts>() > 0; }));
    const auto texts = std::get<net::TlsTexts>(side.events.at(0));
    EXPECT_EQ(texts.ticket, Ticket{9});
    return std::string(texts.first.view()) + ' ' + std::string(texts.second.view());
  };
  EXPECT_EQ(recalled(0), " ");
  for (const char* text : {"", "h2", "", "mqtt"})
    net->request(net::AddTlsText{0b101, kProtocols, false, Text<64>(text)});
  net->request(net::AddTlsText{0b100, net::TlsText::server_name, true, Text<64>("x.test")});
  EXPECT_EQ(recalled(0), "h2 mqtt");
  EXPECT_EQ(recalled(1), " ");
  net->request(net::AddTlsText{0b100, kProtocols, true, Text<64>("spdy/3")});
  EXPECT_EQ(recalled(0), "h2 mqtt");
  EXPECT_EQ(recalled(2), "spdy/3 ");
  net->power_off();
  EXPECT_EQ(recalled(0), " ");
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

// TLS ---------------------------------------------------------------------------------------------

class Secured : public Network {
 protected:
  void begin_secured(net::Endpoint remote, LinkHandle link = kLink) {
    net->request(net::Open{.link = link,
                           .transport = net::Transport::tls,
                           .remote = remote,
                           .name = net::HostName("localhost")});
  }
  void open_secured(net::Endpoint remote, LinkHandle link = kLink) {
    begin_secured(remote, link);
    ASSERT_TRUE(net->until([&] { return is_open(link); }));
  }
};

TEST_P(Secured, answers_an_open_once_and_by_its_side) {
  open_secured(net->secure_host(Manners::echoes));
  net->rest();
  ASSERT_EQ(side.said_of(kLink).size(), 1U);
  EXPECT_NE(std::get<net::Opened>(side.said_of(kLink)[0]).local_port, 0);
  EXPECT_EQ(std::get<net::Opened>(side.said_of(kLink)[0]).through, net::Interface::station);
}

TEST_P(Secured, tells_once_that_a_port_refuses) {
  begin_secured(net->nobody());
  ASSERT_TRUE(net->until([&] { return side.count<net::OpenFailed>() > 0; }));
  net->rest();
  EXPECT_EQ(side.said_of(kLink).size(), 1U);
}

TEST_P(Secured, carries_bytes_both_ways_as_they_are) {
  open_secured(net->secure_host(Manners::echoes));
  const std::string bytes = much().substr(0, 40'000);
  side.link(kLink).to_send = bytes;
  ASSERT_TRUE(heard(bytes.size()));
  EXPECT_EQ(side.link(kLink).received, bytes);
  EXPECT_EQ(side.link(kLink).unsent(), 0U);
}

TEST_P(Secured, waits_for_room_and_hands_over_all_bytes_before_the_end) {
  begin_secured(net->secure_host(Manners::says_much));
  side.link(kLink).room = 1000;
  ASSERT_TRUE(heard(1000));
  net->rest();
  EXPECT_EQ(side.link(kLink).received, much().substr(0, 1000));
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, much());
}

TEST_P(Secured, tells_of_an_end_also_while_there_is_no_room) {
  LinkHandle link = kLink;
  for (const Manners manners : {Manners::leaves, Manners::hangs_up, Manners::resets}) {
    open_secured(net->secure_host(manners), link);
    side.link(link).room = 0;
    side.link(link).to_send = "x";
    ASSERT_TRUE(was_closed(link)) << static_cast<int>(manners);
    ++link.generation;
  }
}

TEST_P(Secured, lets_no_end_overtake_bytes) {
  open_secured(net->secure_host(Manners::greets));
  side.link(kLink).room = 0;
  net->rest();
  EXPECT_EQ(side.count<net::Closed>(), 0U);
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, kGreeting);
}

TEST_P(Secured, takes_nothing_for_a_peer_that_has_ended_while_its_bytes_wait) {
  open_secured(net->secure_host(Manners::greets));
  side.link(kLink).room = 0;
  net->rest();
  side.link(kLink).to_send = "late";
  ASSERT_TRUE(net->until([&] { return side.count<net::SendFailed>() > 0; }));
  EXPECT_EQ(side.link(kLink).sent, 0U);
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, kGreeting);
}

TEST_P(Secured, takes_nothing_for_a_peer_that_has_ended_while_many_bytes_wait) {
  open_secured(net->secure_host(Manners::says_several_records));
  side.link(kLink).room = 0;
  net->rest();
  side.link(kLink).to_send = "late";
  ASSERT_TRUE(net->until([&] { return side.count<net::SendFailed>() > 0; }));
  EXPECT_EQ(side.link(kLink).sent, 0U);
  EXPECT_EQ(side.count<net::Closed>(), 0U);
  side.link(kLink).room = SIZE_MAX;
  ASSERT_TRUE(was_closed());
  EXPECT_EQ(side.link(kLink).received, several_records());
}

TEST_P(Secured, says_nothing_after_a_close) {
  open_secured(net->secure_host(Manners::greets));
  const std::size_t so_far = side.events.size();
  close();
  net->rest();
  EXPECT_EQ(side.events.size(), so_far);
}

// Datagrams ---------------------------------------------------------------------------------------

class Datagrams : public Network {
 protected:
  net::Endpoint peer = net->datagram_host();

  void open_at(std::uint16_t port) {
    net->request(net::Open{.link = kLink,
                           .transport = net::Transport::udp,
                           .remote = peer,
                           .name = net::HostName("127.0.0.1"),
                           .local_port = port});
    ASSERT_TRUE(net->until([&] { return is_open(); }));
  }
  void send(std::string bytes) {
    auto& link = side.link(kLink);
    link.destination = peer;
    link.sent = 0;
    link.to_send = std::move(bytes);
    ASSERT_TRUE(net->until([&] { return link.unsent() == 0; }));
  }
  bool heard_datagrams(std::size_t n) {
    return net->until([&, n] { return side.link(kLink).datagrams.size() >= n; });
  }
};

TEST_P(Datagrams, tells_the_port) {
  const std::uint16_t port = net->nobody().port;
  open_at(port);
  ASSERT_EQ(side.said_of(kLink).size(), 1U);
  EXPECT_EQ(std::get<net::Opened>(side.said_of(kLink)[0]).local_port, port);
}

TEST_P(Datagrams, chooses_a_port_where_none_is_asked_for) {
  open_at(0);
  EXPECT_NE(std::get<net::Opened>(side.said_of(kLink)[0]).local_port, 0);
}

TEST_P(Datagrams, stay_whole_and_have_a_sender) {
  open_at(0);
  const std::string longest = much().substr(0, limits::kDatagram);
  for (const std::string& bytes : {std::string("one"), longest, std::string("three")}) send(bytes);
  ASSERT_TRUE(heard_datagrams(3));
  const auto& came = side.link(kLink).datagrams;
  EXPECT_EQ(came[0].second, "one");
  EXPECT_EQ(came[1].second, longest);
  EXPECT_EQ(came[2].second, "three");
  for (const auto& datagram : came) EXPECT_EQ(datagram.first, peer);
}

TEST_P(Datagrams, wait_until_they_fit) {
  open_at(0);
  side.link(kLink).room = 2;
  send("four");
  net->rest();
  EXPECT_TRUE(side.link(kLink).datagrams.empty());
  side.link(kLink).room = 4;
  ASSERT_TRUE(heard_datagrams(1));
  EXPECT_EQ(side.link(kLink).datagrams[0].second, "four");
}

TEST_P(Datagrams, are_not_heard_after_a_close) {
  open_at(0);
  send("hello");
  close();
  net->rest();
  EXPECT_TRUE(side.link(kLink).datagrams.empty());
  EXPECT_EQ(side.said_of(kLink).size(), 1U);
}

// The server --------------------------------------------------------------------------------------

class Served : public Network {
 protected:
  std::uint16_t port = net->nobody().port;

  void listen() {
    net->request(net::Listen{{5}, port});
    ASSERT_TRUE(net->until([&] { return side.count<net::Listening>() == 1; }));
  }
  net::Incoming incoming() {
    EXPECT_TRUE(net->until([&] { return side.count<net::Incoming>() > 0; }));
    const auto at = std::find_if(side.events.rbegin(), side.events.rend(), [](const Event& event) {
      return std::holds_alternative<net::Incoming>(event);
    });
    return at == side.events.rend() ? net::Incoming{} : std::get<net::Incoming>(*at);
  }
};

TEST_P(Served, tells_of_a_client_once) {
  listen();
  EXPECT_EQ(std::get<net::Listening>(side.events[0]).ticket, Ticket{5});
  net->knock(port);
  EXPECT_EQ(incoming().local_port, port);
  EXPECT_EQ(incoming().through, net::Interface::station);
  net->rest();
  EXPECT_EQ(side.count<net::Incoming>(), 1U);
}

TEST_P(Served, carries_bytes_both_ways_once_accepted) {
  listen();
  net->knock(port);
  side.link(kLink).open = true;
  net->request(net::Accept{incoming().client, kLink});
  net->client_says("question");
  ASSERT_TRUE(heard(8));
  EXPECT_EQ(side.link(kLink).received, "question");
  side.link(kLink).to_send = "answer";
  ASSERT_TRUE(net->until([&] { return net->client_heard() == "answer"; }));
}

TEST_P(Served, turns_away_who_is_refused) {
  listen();
  net->knock(port);
  net->request(net::Refuse{incoming().client});
  EXPECT_TRUE(net->until([&] { return net->client_is_turned_away(); }));
}

TEST_P(Served, lets_links_live_on_when_it_stops) {
  listen();
  net->knock(port);
  side.link(kLink).open = true;
  net->request(net::Accept{incoming().client, kLink});
  net->request(net::StopListening{});
  net->client_says("still here");
  EXPECT_TRUE(heard(10));
  net->knock(port);
  EXPECT_TRUE(net->until([&] { return net->client_is_turned_away(); }));
  EXPECT_EQ(side.count<net::Incoming>(), 1U);
}

TEST_P(Served, turns_away_who_waits_when_it_stops) {
  listen();
  net->knock(port);
  incoming();
  net->request(net::StopListening{});
  EXPECT_TRUE(net->until([&] { return net->client_is_turned_away(); }));
}

INSTANTIATE_TEST_SUITE_P(Simulated, Network, ::testing::Values(&make_sim_network));
INSTANTIATE_TEST_SUITE_P(Simulated, Datagrams, ::testing::Values(&make_sim_network));
INSTANTIATE_TEST_SUITE_P(Simulated, Secured, ::testing::Values(&make_sim_network));
INSTANTIATE_TEST_SUITE_P(Simulated, Served, ::testing::Values(&make_sim_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Network, ::testing::Values(&make_host_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Datagrams, ::testing::Values(&make_host_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Secured, ::testing::Values(&make_host_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachine, Served, ::testing::Values(&make_host_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachineLater, Network, ::testing::Values(&make_slow_host_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachineLater, Datagrams, ::testing::Values(&make_slow_host_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachineLater, Secured, ::testing::Values(&make_slow_host_network));
INSTANTIATE_TEST_SUITE_P(OfThisMachineLater, Served, ::testing::Values(&make_slow_host_network));
INSTANTIATE_TEST_SUITE_P(OfNeighbours, Network, ::testing::Values(&make_neighbour_network));
INSTANTIATE_TEST_SUITE_P(OfNeighbours, Datagrams, ::testing::Values(&make_neighbour_network));
INSTANTIATE_TEST_SUITE_P(OfNeighbours, Served, ::testing::Values(&make_neighbour_network));
}  // namespace
}  // namespace bfq::contracts

#include "sim/internet.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "base/variants.h"

namespace bfq::sim {
namespace {
using Kind = Connection::Arrival::Kind;
using State = Connection::State;

// How long ARP asks for an address that nobody has (dialect 0.4.31).
constexpr Duration kArpGivesUp = 3s;

bool is_loopback(Ipv4 a) { return a.octet(0) == 127; }

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// True when a count of bytes has just reached `mark`.
bool reached(std::optional<std::size_t> mark, std::size_t before, std::size_t after) {
  return mark && before < *mark && after >= *mark;
}
}  // namespace

void Internet::take(const net::Request& request, Instant now) {
  std::visit(overloaded{
                 [&](const net::Resolve& r) { resolve(r, now); },
                 [&](const net::Open& o) { open(o, now); },
                 [&](const net::Close& c) { close_link(c); },
                 [&](const net::Listen& l) { listen(l, now); },
                 [&](const net::StopListening&) { stop_listening(); },
                 [&](const net::Accept& a) { accept(a); },
                 [&](const net::Refuse& r) { refuse(r); },
                 [&](const net::GiveUp& g) { give_up(g.link, now); },
                 [&](const net::Ping& p) { ping(p, now); },
                 [&](const net::AskTime& a) { tell_time(a, now); },
                 [&](const net::AddTlsText& a) { tls_texts_.add(a); },
                 [&](const net::RecallTlsTexts& r) { later(now, tls_texts_.recall(r)); },
                 [&](const net::Announce& a) { announced = a; },
                 [&](const net::StopAnnouncing&) { announced.reset(); },
             },
             request);
}

/// Without an address the station reaches nobody; what goes through the softAP is another matter.
bool Internet::refuses(const net::Open& asked) const {
  constexpr Ipv4 kSoftApNetwork(192, 168, 0, 0), kMask(255, 255, 0, 0);
  return !joined && asked.transport != net::Transport::udp &&
         !same_network(asked.remote.address, kSoftApNetwork, kMask);
}

/// What AT+CIPSSLCCONF asks for, and is not there.
std::optional<net::OpenFailure> Internet::lacks_for_tls(const net::Open& asked) const {
  if (asked.transport != net::Transport::tls) return std::nullopt;
  if (asked.verifies && !has_authorities) return net::OpenFailure::no_authorities;
  if (asked.shows_certificate && !has_certificate) return net::OpenFailure::no_certificate;
  if (asked.shows_certificate && !has_key) return net::OpenFailure::no_key;
  return std::nullopt;
}

/// That, or one side does not accept the other's certificate.
bool Internet::refuses_tls(const net::Open& asked) {
  if (asked.transport != net::Transport::tls) return false;
  if (lacks_for_tls(asked)) return true;
  const FarHost* peer = find_peer(asked.remote);
  return peer != nullptr && ((asked.verifies && !peer->is_trusted) ||
                             (peer->wants_certificate && !asked.shows_certificate));
}

void Internet::resolve(const net::Resolve& asked, Instant now) {
  if (!joined) return later(now, net::ResolveFailed{asked.ticket});
  if (announced && is_announced(asked.name, announced->name))
    return later(now + resolve_takes, net::Resolved{asked.ticket, own[0]});
  if (!asked.servers[0].is_none() && !has_name_server(asked.servers)) return;
  const auto at = std::find_if(names.begin(), names.end(),
                               [&](const Name& n) { return n.name == asked.name.view(); });
  if (at == names.end()) return later(now + resolve_takes, net::ResolveFailed{asked.ticket});
  if (at->address) later(now + resolve_takes, net::Resolved{asked.ticket, *at->address});
}

Internet::Way Internet::reach(net::Open asked, const net::NameServers& servers, Instant now) {
  Instant at = now;
  if (const auto address = asked.name.address()) {
    asked.remote.address = *address;
  } else if (!asked.name.empty()) {
    if (!joined) return {now, {}};
    if (!servers[0].is_none() && !has_name_server(servers)) return {};
    at += resolve_takes;
    const auto name = std::find_if(names.begin(), names.end(),
                                   [&](const Name& n) { return n.name == asked.name.view(); });
    if (name == names.end()) return {at, {}};
    if (!name->address) return {};
    asked.remote.address = *name->address;
  }
  if (refuses(asked) || refuses_tls(asked) || exhausted) return {at, {}};
  const FarHost* const peer = find_peer(asked.remote);
  const bool is_there = peer != nullptr || is_known(asked.remote.address);
  if (!is_there && is_absent_neighbour(asked.remote.address)) return {at + kArpGivesUp, {}};
  if (!is_there || (peer != nullptr && peer->answer == FarHost::Answer::never)) return {};
  at += connect_takes;
  if (peer == nullptr || peer->answer == FarHost::Answer::refuses) return {at, {}};
  return {at, asked.remote};
}

/// A name server that is set is a far host whose port 53 takes who comes; any other is silent.
bool Internet::has_name_server(const net::NameServers& servers) {
  constexpr std::uint16_t kPort = 53;
  return std::any_of(servers.begin(), servers.end(), [&](Ipv4 server) {
    const FarHost* host = find_peer({server, kPort});
    return host != nullptr && host->answer == FarHost::Answer::accepts;
  });
}

/// True for an address that has a host, whatever its ports.
bool Internet::is_known(Ipv4 address) const {
  return is_loopback(address) || std::any_of(peers.begin(), peers.end(), [&](const FarHost& p) {
           return p.at.address == address;
         });
}

/// The module itself, its gateway, and hosts that are known answer.
void Internet::ping(const net::Ping& asked, Instant now) {
  const bool is_own = std::find(own.begin(), own.end(), asked.address) != own.end();
  const bool is_far = joined && (asked.address == lan || is_known(asked.address));
  if (!asked.address.is_none() && (is_own || is_far) && !stalled)
    later(now + answer_takes, net::Pong{asked.ticket});
}

/// A time server is a far host whose port 123 takes who comes.
void Internet::tell_time(const net::AskTime& asked, Instant now) {
  constexpr std::uint16_t kPort = 123;
  const FarHost* host = find_peer({asked.address, kPort});
  if (!joined || stalled || host == nullptr || host->answer != FarHost::Answer::accepts) return;
  const Instant at = now + answer_takes;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
  later(at, net::TimeTold{asked.ticket,
                          {static_cast<std::uint32_t>(epoch + ms.count() / 1000),
                           static_cast<std::uint16_t>(ms.count() % 1000)}});
}

/// A host that is known refuses on its other ports, as a machine's own loopback does; where nobody
/// lives, nobody answers.
void Internet::open(const net::Open& asked, Instant now) {
  if (refuses(asked) || refuses_tls(asked))
    return later(
        now,
        net::OpenFailed{asked.link, lacks_for_tls(asked).value_or(net::OpenFailure::unreachable)});
  if (exhausted) return later(now, net::OpenFailed{asked.link, net::OpenFailure::no_resources});
  connections_.push_back({.link = asked.link, .asked = asked});
  if (asked.transport == net::Transport::udp)
    return later(now, net::Opened{asked.link,
                                  asked.local_port != 0 ? asked.local_port : next_local_port_++});
  const FarHost* peer = find_peer(asked.remote);
  const bool host_is_known = is_known(asked.remote.address);
  if (peer == nullptr && !host_is_known && is_absent_neighbour(asked.remote.address))
    return later(now + kArpGivesUp, net::OpenFailed{asked.link, net::OpenFailure::unreachable});
  if (peer == nullptr ? !host_is_known : peer->answer == FarHost::Answer::never) return;
  const Instant at = now + connect_takes;
  if (peer == nullptr || peer->answer == FarHost::Answer::refuses)
    return later(at, net::OpenFailed{asked.link, net::OpenFailure::unreachable});
  later(at, net::Opened{asked.link, next_local_port_++});
}

/// An address of the module's LAN other than its gateway's, which is another matter.
bool Internet::is_absent_neighbour(Ipv4 address) const {
  return !lan.is_none() && address != lan && same_network(address, lan, netmask);
}

void Internet::close_link(const net::Close& close) {
  const LinkHandle link = close.link;
  if (Connection* c = find(link)) {
    c->state = State::over;
    if (FarHost* peer = find_peer(c->asked.remote)) peer->was_reset = close.resets;
  }
  delayed_.forget(link);
  std::erase_if(pending_, [&](const Pending& p) {
    const auto* opened = std::get_if<net::Opened>(&p.event);
    const auto* failed = std::get_if<net::OpenFailed>(&p.event);
    return (opened != nullptr && opened->link == link) ||
           (failed != nullptr && failed->link == link);
  });
}

/// What has come by now is still handed over.
void Internet::give_up(LinkHandle link, Instant now) {
  Connection* c = find(link);
  if (c == nullptr || c->state != State::open) return;
  std::erase_if(c->arrivals, [&](const Connection::Arrival& a) { return stalled || a.at > now; });
  if (c->arrivals.empty()) {
    c->state = State::over;
    return later(now, net::Closed{link});
  }
  if (c->arrivals.back().kind != Kind::end) c->arrivals.push_back({now, Kind::end, {}});
  c->ended_by_peer = true;
}

void Internet::listen(const net::Listen& asked, Instant now) {
  if (exhausted) return later(now, net::ListenFailed{asked.ticket});
  listening_on_ = asked.port;
  later(now, net::Listening{asked.ticket});
}

bool Internet::connect(net::Endpoint from, std::uint16_t port, Instant now) {
  if (port == 0 || port != listening_on_) return false;
  const net::Incoming incoming{Ticket{++last_client_}, from, port};
  waiting_.push_back(incoming);
  later(now, incoming);
  return true;
}

void Internet::stop_listening() {
  listening_on_ = 0;
  waiting_.clear();
  std::erase_if(pending_,
                [](const Pending& p) { return std::holds_alternative<net::Incoming>(p.event); });
}

bool Internet::has_client(net::Endpoint from) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const auto& i) { return i.remote == from; }) ||
         std::any_of(connections_.begin(), connections_.end(), [&](const auto& c) {
           return c.asked.remote == from && c.state == State::open;
         });
}

void Internet::accept(const net::Accept& accepted) {
  const auto client = std::find_if(waiting_.begin(), waiting_.end(), [&](const net::Incoming& i) {
    return i.client == accepted.client;
  });
  if (client == waiting_.end()) return;
  connections_.push_back(
      {.link = accepted.link,
       .asked = {.link = accepted.link, .remote = client->remote, .local_port = client->local_port},
       .state = State::open,
       .opened = true});
  waiting_.erase(client);
}

void Internet::refuse(const net::Refuse& refused) {
  std::erase_if(waiting_, [&](const net::Incoming& i) { return i.client == refused.client; });
}

Deadline Internet::next_deadline(Instant now) const {
  Deadline next = delayed_.next_deadline(now);
  if (!pending_.empty()) next = earliest({next, Deadline(pending_.front().at)});
  for (const Connection& c : connections_) {
    if (c.state != State::open || stalled) continue;
    if (!c.unacknowledged.empty())
      next = earliest({next, Deadline(c.unacknowledged.front().first)});
    if (c.arrivals.empty()) continue;
    const Connection::Arrival& first = c.arrivals.front();
    if (first.kind == Kind::end || first.at > now) next = earliest({next, Deadline(first.at)});
  }
  return next;
}

std::optional<Event> Internet::next_event(Instant now) {
  if (pending_.empty() || pending_.front().at > now) return std::nullopt;
  const Event event = pending_.front().event;
  pending_.pop_front();
  return settle(event, now);
}

bool Internet::has_come(const Connection& c, Kind kind, Instant now) const {
  return !c.arrivals.empty() && !stalled && c.arrivals.front().kind == kind &&
         c.arrivals.front().at <= now;
}

Event Internet::settle(const Event& event, Instant now) {
  if (const auto* failed = std::get_if<net::OpenFailed>(&event)) {
    if (Connection* c = find(failed->link)) c->state = State::over;
  }
  if (const auto* opened = std::get_if<net::Opened>(&event)) {
    if (Connection* c = find(opened->link)) {
      c->state = State::open;
      c->opened = true;
      const FarHost* peer = find_peer(c->asked.remote);
      if (peer != nullptr && !peer->greeting.empty())
        arrive(*c, now + answer_takes, Kind::bytes, peer->greeting);
      if (peer != nullptr && peer->closes_after == 0U) arrive(*c, now + answer_takes, Kind::end);
    }
  }
  return event;
}

std::vector<LinkHandle> Internet::links() const {
  std::vector<LinkHandle> open;
  for (const Connection& c : connections_)
    if (c.state == State::open) open.push_back(c.link);
  return open;
}

std::size_t Internet::send(Connection& c, const net::Outgoing& out, Instant now) {
  if (c.carries_datagrams()) return stalled ? 0 : send_datagram(c, out, now);
  FarHost* peer = find_peer(c.asked.remote);
  const std::size_t room = peer == nullptr ? SIZE_MAX : peer->reads ? peer->takes : 0;
  c.waits = stalled || room == 0;
  if (c.waits) return 0;
  const std::size_t before = c.sent.size();
  const auto bytes = out.bytes.first(std::min({out.bytes.size(), most_at_once, room}));
  if (room != SIZE_MAX) peer->takes -= bytes.size();
  c.waits = bytes.size() < out.bytes.size();
  c.sent.append(text_of(bytes));
  consider_answer(c, before, now);
  return bytes.size();
}

/// What was on its way before the peer ended the connection still arrives.
bool Internet::comes_too_late(const Connection& c, Instant now) {
  return !c.waits && !c.arrivals.empty() && c.arrivals.back().kind == Kind::end &&
         c.arrivals.back().at <= now;
}

bool Internet::carries_datagrams(LinkHandle link) const {
  const Connection* c = find(link);
  return c != nullptr && c->carries_datagrams();
}

std::size_t Internet::send_datagram(Connection& c, const net::Outgoing& out, Instant now) {
  const std::string bytes(text_of(out.bytes));
  c.sent += bytes;
  datagrams_.push_back({out.destination, bytes});
  const FarHost* peer = find_peer(out.destination);
  if (peer != nullptr && peer->echoes)
    arrive(c, now + answer_takes, Kind::bytes, bytes, out.destination);
  return bytes.size();
}

void Internet::send_datagram(net::Endpoint from, std::uint16_t to_port, std::string_view bytes,
                             Instant now) {
  for (Connection& c : connections_) {
    const bool fits = c.asked.local_port == to_port || to_port == 0;
    if (c.state == State::open && c.carries_datagrams() && fits)
      arrive(c, now, Kind::bytes, std::string(bytes), from);
  }
}

void Internet::consider_answer(Connection& c, std::size_t before, Instant now) {
  const FarHost* peer = find_peer(c.asked.remote);
  if (peer == nullptr || c.ended_by_peer) return;
  const std::size_t after = c.sent.size();
  const Instant at = now + answer_takes;
  if (peer->echoes && after > before) arrive(c, at, Kind::bytes, c.sent.substr(before));
  if (!peer->reply.empty() && reached(peer->reply_after, before, after))
    arrive(c, at, Kind::bytes, peer->reply);
  if (reached(peer->closes_after, before, after)) arrive(c, at, Kind::end);
  if (reached(peer->resets_after, before, after)) {
    c.arrivals.clear();
    arrive(c, at, Kind::end);
  }
}

void Internet::arrive(Connection& c, Instant at, Kind kind, std::string bytes,
                      net::Endpoint sender) {
  if (c.ended_by_peer) return;
  const bool is_dropped = c.carries_datagrams() && bytes.size() > limits::kDatagram;
  const bool is_nothing = !c.carries_datagrams() && kind == Kind::bytes && bytes.empty();
  if (is_dropped || is_nothing) return;
  if (!c.arrivals.empty()) at = std::max(at, c.arrivals.back().at);
  c.ended_by_peer = kind == Kind::end;
  c.arrivals.push_back({at, kind, std::move(bytes), sender});
}

std::span<const std::byte> Internet::arrived(const Connection& c, Instant now) const {
  if (!has_come(c, Kind::bytes, now)) return {};
  const Connection::Arrival& first = c.arrivals.front();
  const std::size_t most = c.carries_datagrams() ? SIZE_MAX : most_at_once;
  return std::as_bytes(std::span(first.bytes).first(std::min(first.bytes.size(), most)));
}

void Internet::handed_over(Connection& c, std::size_t n) {
  std::string& bytes = c.arrivals.front().bytes;
  c.came.append(bytes, 0, n);
  bytes.erase(0, n);
  if (bytes.empty()) c.arrivals.pop_front();
}

void Internet::received(LinkHandle link, std::span<const std::byte> bytes) {
  if (Connection* c = find(link)) c->received += text_of(bytes);
}

bool Internet::at_rest() const {
  const auto waits = [](const Connection& c) {
    return c.state == State::open && !c.arrivals.empty();
  };
  return delayed_.empty() && std::none_of(connections_.begin(), connections_.end(), waits);
}

void Internet::send(net::Endpoint from, std::string_view bytes, Instant now) {
  for (Connection& c : connections_)
    if (c.state == State::open && c.asked.remote == from)
      arrive(c, now, Kind::bytes, std::string(bytes));
}

void Internet::close(net::Endpoint from, Instant now) {
  for (Connection& c : connections_)
    if (c.state == State::open && c.asked.remote == from) arrive(c, now, Kind::end);
}

/// What had come and was not yet handed over goes with it, as it does in a kernel.
void Internet::reset(net::Endpoint from) {
  for (Connection& c : connections_) {
    if (c.state != State::open || c.asked.remote != from) continue;
    c.arrivals.clear();
    c.ended_by_peer = true;
    c.arrivals.push_back({Instant{}, Kind::end, {}});
  }
}

FarHost* Internet::find_peer(net::Endpoint at) {
  const auto found =
      std::find_if(peers.begin(), peers.end(), [&](const FarHost& p) { return p.at == at; });
  return found == peers.end() ? nullptr : &*found;
}

std::string Internet::received_by(net::Endpoint peer) const {
  std::string all;
  for (const Connection& c : connections_)
    if (!c.carries_datagrams() && c.asked.remote == peer) all += c.sent;
  for (const Datagram& d : datagrams_)
    if (d.destination == peer) all += d.bytes;
  return all;
}

void Internet::power_off(Instant) {
  pending_.clear();
  announced.reset();
  waiting_.clear();
  listening_on_ = 0;
  web.power_off();
  mqtt.power_off();
  tls_texts_.clear();
  delayed_.forget_all();
  for (Connection& c : connections_) c.state = State::over;
}

Connection* Internet::find(LinkHandle link) {
  return const_cast<Connection*>(std::as_const(*this).find(link));
}

/// The newest connection of that handle: after a reset, generations may begin again.
const Connection* Internet::find(LinkHandle link) const {
  const auto at = std::find_if(connections_.rbegin(), connections_.rend(),
                               [&](const Connection& c) { return c.link == link; });
  return at == connections_.rend() ? nullptr : &*at;
}

void Internet::later(Instant at, const Event& event) {
  const auto place =
      std::find_if(pending_.begin(), pending_.end(), [at](const Pending& p) { return p.at > at; });
  pending_.insert(place, Pending{at, event});
}

void Internet::forget_web() {
  const auto is_about_web = [](const auto& event) {
    return OneOf<std::remove_cvref_t<decltype(event)>, web::Event>;
  };
  std::erase_if(pending_, [&](const Pending& p) { return std::visit(is_about_web, p.event); });
}

}  // namespace bfq::sim

#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ports/messages.h"
#include "sim/delay_queues.h"
#include "sim/mqtt_broker.h"
#include "sim/tls_text_store.h"
#include "sim/web_servers.h"

namespace bfq::sim {

/// A port of a far host, and how it treats whoever connects.
struct FarHost {
  enum class Answer : std::uint8_t { accepts, refuses, never };

  net::Endpoint at;
  Answer answer = Answer::accepts;
  bool echoes = false;
  bool is_trusted = false;         ///< over TLS: its certificate stands up to verifying
  bool wants_certificate = false;  ///< over TLS: it refuses whoever shows none
  bool reads = true;               ///< false: takes no byte more until it is true again
  std::size_t takes = SIZE_MAX;    ///< while it reads: so many bytes more
  std::string greeting{};          ///< said as soon as somebody connects
  std::string reply{};             ///< said once `reply_after` bytes have come
  std::size_t reply_after = 1;
  std::optional<std::size_t> closes_after{};  ///< so many bytes, and what it has to say to them
  std::optional<std::size_t> resets_after{};
  bool was_reset = false;  ///< the module ended its last connection by a reset
};

/// A datagram that a module has sent.
struct Datagram {
  net::Endpoint destination;
  std::string bytes;
};

/// A host name and its address; without one the name server never answers.
struct Name {
  std::string name;
  std::optional<Ipv4> address;
};

/// One connection between a module and a peer, kept after its end so that a test can compare.
struct Connection {
  enum class State : std::uint8_t { opening, open, over };
  /// What is on its way to the module: bytes, or the end.
  struct Arrival {
    enum class Kind : std::uint8_t { bytes, end };
    Instant at;
    Kind kind{};
    std::string bytes{};
    net::Endpoint sender{};  ///< of a datagram
  };

  LinkHandle link;
  net::Open asked;
  State state = State::opening;
  bool opened = false;     ///< the module was told that it is open
  std::string sent{};      ///< by the module, and taken by the network
  std::string came{};      ///< to the module's network, see Internet::delay
  std::string received{};  ///< by the module: all of that, or the beginning
  std::deque<Arrival> arrivals{};
  bool ended_by_peer = false;
  bool waits = false;  ///< the module has bytes for it that could not be taken
  /// Bytes that the peer will acknowledge, and when; only while the module awaits that.
  std::deque<std::pair<Instant, std::size_t>> unacknowledged{};

  bool carries_datagrams() const { return asked.transport == net::Transport::udp; }
};

/// The network beyond the LAN: names, and hosts that behave well or badly. Sans-I/O, like Radio.
class Internet {
 public:
  Duration resolve_takes = 50ms;
  Duration connect_takes = 30ms;
  Duration answer_takes = 20ms;  ///< from a byte's leaving the module to what it makes a peer say
  Duration delay{};      ///< how long what has come for a link takes to the module, see DelayQueues
  bool stalled = false;  ///< nothing is taken and nothing arrives
  bool exhausted = false;  ///< there is no socket or port for one more link
  /// Of the module, for TLS. A certificate comes with its key unless that is taken away.
  bool has_authorities = false, has_certificate = false, has_key = true;
  bool joined = true;                   ///< false: the module's station has no address
  Ipv4 lan{}, netmask{};                ///< the LAN of the station; none where nobody says
  std::array<Ipv4, 2> own{};            ///< the module's addresses
  std::size_t most_at_once = SIZE_MAX;  ///< no more bytes than that go or come in one piece
  std::uint32_t epoch = 1'470'322'085;  ///< the time of time servers at 0, in seconds since 1970
  std::vector<Name> names;
  std::optional<net::Announce> announced{};  ///< by the module (mDNS)
  std::vector<FarHost> peers;
  WebServers web;
  MqttBroker mqtt;

  // As an adapter (runtime/adapters.h) ------------------------------------------------------------

  void take(const net::Request&, Instant now);
  void take(const web::Request& request, Instant now) { web.take(request, *this, now); }
  void take(const mqtt::Request& request, Instant now) { mqtt.take(request, *this, now); }
  /// Tells what is due, and carries the bytes of all links.
  template <class Module>
  bool drain(Module& module, Instant now);
  /// When there is something new. What waits for the module's room is not counted: it is looked at
  /// in each turn.
  Deadline next_deadline(Instant now) const;
  /// Ends everything without a word: the module has no power any more.
  void power_off(Instant);

  // What can be seen ------------------------------------------------------------------------------

  /// The links that are open.
  std::vector<LinkHandle> links() const;
  bool carries_datagrams(LinkHandle) const;
  /// All that the module has sent.
  const std::vector<Datagram>& datagrams() const { return datagrams_; }
  /// The peer at an endpoint, or nullptr.
  FarHost* find_peer(net::Endpoint);
  /// All that ever came to a peer, over all its connections, and then in datagrams.
  std::string received_by(net::Endpoint) const;
  const std::deque<Connection>& connections() const { return connections_; }
  /// True when nothing of an open link is on its way to the module.
  bool at_rest() const;

  // What the far hosts do of their own accord -----------------------------------------------------

  /// A client connects to the module's server; false when nobody listens on that port. Once it is
  /// accepted it is an open connection whose remote end is `from`.
  bool connect(net::Endpoint from, std::uint16_t port, Instant now);
  /// True from its connect() on, until it is turned away or its link is over.
  bool has_client(net::Endpoint from) const;

  // On every open connection to that port; a datagram goes to every link of datagrams.
  void send(net::Endpoint from, std::string_view bytes, Instant now);
  void send_datagram(net::Endpoint from, std::uint16_t to_port, std::string_view bytes,
                     Instant now);
  void close(net::Endpoint from, Instant now);
  void reset(net::Endpoint from);

 private:
  struct Pending {
    Instant at;
    Event event;
  };
  /// How an attempt to connect ends, and when: never, where there is no time; in vain, where there
  /// is no endpoint.
  struct Way {
    std::optional<Instant> at{};
    std::optional<net::Endpoint> to{};
  };
  /// Of a client other than a link's: looks up the name, unless it is an address or empty, and
  /// connects.
  Way reach(net::Open, const net::NameServers&, Instant now);

  bool refuses(const net::Open&) const;
  bool refuses_tls(const net::Open&);
  std::optional<net::OpenFailure> lacks_for_tls(const net::Open&) const;
  bool is_absent_neighbour(Ipv4 address) const;
  void resolve(const net::Resolve&, Instant now);
  bool has_name_server(const net::NameServers&);
  bool is_known(Ipv4 address) const;
  void ping(const net::Ping&, Instant now);
  void tell_time(const net::AskTime&, Instant now);
  void listen(const net::Listen&, Instant now);
  void open(const net::Open&, Instant now);
  void close_link(const net::Close&);
  void give_up(LinkHandle, Instant now);
  void stop_listening();
  void accept(const net::Accept&);
  void refuse(const net::Refuse&);
  void consider_answer(Connection&, std::size_t before, Instant now);
  void arrive(Connection&, Instant at, Connection::Arrival::Kind, std::string bytes = {},
              net::Endpoint sender = {});

  std::optional<Event> next_event(Instant now);
  /// What the network takes of that: bytes of a stream, or a whole datagram.
  std::size_t send(Connection&, const net::Outgoing&, Instant now);
  static bool comes_too_late(const Connection&, Instant now);
  std::size_t send_datagram(Connection&, const net::Outgoing&, Instant now);
  /// What has come for the module, valid until something else does, and what it has taken of that.
  std::span<const std::byte> arrived(const Connection&, Instant now) const;
  static void handed_over(Connection&, std::size_t n);
  void received(LinkHandle, std::span<const std::byte> bytes);
  /// Whether that is what the module gets next, bytes or the end.
  bool has_come(const Connection&, Connection::Arrival::Kind, Instant now) const;
  /// The module, and what it has received.
  template <class Module>
  struct Receiving;
  /// The module behind the delay.
  template <class Module>
  struct Delayed;
  template <class Module>
  bool send_from(Module&, Connection&, Instant now);
  template <class Module>
  bool acknowledge(Module&, Connection&, Instant now);
  template <class Module>
  bool hand_over(Module&, Connection&, Instant now);

  Connection* find(LinkHandle);
  const Connection* find(LinkHandle) const;
  Event settle(const Event&, Instant now);
  void later(Instant at, const Event&);
  /// What the HTTP client was about to tell.
  void forget_web();

  std::deque<Pending> pending_;
  std::vector<net::Incoming> waiting_;  ///< clients that the module has not answered
  std::vector<Datagram> datagrams_;
  std::uint16_t listening_on_ = 0;
  std::uint16_t last_client_ = 0;
  std::deque<Connection> connections_;
  DelayQueues delayed_{Duration::zero()};
  TlsTextStore tls_texts_;
  std::uint16_t next_local_port_ = 49152;
  friend WebServers;
  friend MqttBroker;
};

template <class Module>
struct Internet::Receiving {
  Module& module;
  Internet& internet;

  std::size_t link_room(LinkHandle link) const { return module.link_room(link); }
  std::size_t unread_limit(LinkHandle link) const { return module.unread_limit(link); }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) {
    internet.received(link, bytes);
    module.link_input(link, bytes);
  }
  std::size_t datagram_room(LinkHandle link) const { return module.datagram_room(link); }
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes) {
    internet.received(link, bytes);
    module.datagram_input(link, sender, bytes);
  }
  net::Outgoing link_output(LinkHandle link) const { return module.link_output(link); }
  void handle(const Event& event) { module.handle(event); }
};

template <class Module>
struct Internet::Delayed {
  Module& module;
  DelayQueues& queues;
  Instant now;

  std::size_t link_room(LinkHandle link) const { return queues.link_room(module, link); }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) {
    queues.link_input(module, link, bytes, [this] { return now; });
  }
  std::size_t datagram_room(LinkHandle link) const { return queues.datagram_room(module, link); }
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes) {
    queues.datagram_input(module, link, sender, bytes, [this] { return now; });
  }
  net::Outgoing link_output(LinkHandle link) const { return module.link_output(link); }
  bool awaits_acknowledgement(LinkHandle link) const {
    return module.module.awaits_acknowledgement(link);
  }
  void link_sent(LinkHandle link, std::size_t n) { module.module.link_sent(link, n); }
  void handle(const Event& event) {
    queues.handle(module, event, [this] { return now; });
  }
};

template <class Module>
bool Internet::drain(Module& its, Instant now) {
  delayed_.set_delay(delay);
  Receiving<Module> receiving{its, *this};
  Delayed<Receiving<Module>> module{receiving, delayed_, now};
  bool moved = delayed_.drain(receiving, now);
  for (auto event = next_event(now); event; event = next_event(now), moved = true)
    module.handle(*event);
  for (Connection& c : connections_) {
    if (c.state == Connection::State::open) moved |= send_from(module, c, now);
    if (c.state == Connection::State::open) moved |= acknowledge(module, c, now);
    if (c.state == Connection::State::open) moved |= hand_over(module, c, now);
    if (c.state != Connection::State::open || !has_come(c, Connection::Arrival::Kind::end, now))
      continue;
    c.state = Connection::State::over;
    module.handle(net::Closed{c.link});
    moved = true;
  }
  return moved;
}

template <class Module>
bool Internet::send_from(Module& module, Connection& c, Instant now) {
  const net::Outgoing out = module.link_output(c.link);
  if (!out.bytes.empty() && !c.carries_datagrams() && comes_too_late(c, now)) {
    module.handle(net::SendFailed{c.link, net::SendFailure::too_late});
    return true;
  }
  const std::size_t taken = out.bytes.empty() ? 0 : send(c, out, now);
  if (taken > 0) module.link_sent(c.link, taken);
  if (taken > 0 && module.awaits_acknowledgement(c.link))
    c.unacknowledged.emplace_back(now + answer_takes, taken);
  return taken > 0;
}

template <class Module>
bool Internet::acknowledge(Module& module, Connection& c, Instant now) {
  bool any = false;
  auto& left = c.unacknowledged;
  for (; !left.empty() && left.front().first <= now && !stalled; any = true) left.pop_front();
  if (!any) return false;
  std::size_t unacknowledged = 0;
  for (const auto& [_, n] : left) unacknowledged += n;
  module.handle(net::Acknowledged{c.link, static_cast<std::uint32_t>(unacknowledged)});
  return true;
}

template <class Module>
bool Internet::hand_over(Module& module, Connection& c, Instant now) {
  auto bytes = arrived(c, now);
  if (c.carries_datagrams()) {
    const std::size_t room = module.datagram_room(c.link);
    if (!has_come(c, Connection::Arrival::Kind::bytes, now) || room == 0 || bytes.size() > room)
      return false;
    module.datagram_input(c.link, c.arrivals.front().sender, bytes);
  } else {
    bytes = bytes.first(std::min(bytes.size(), module.link_room(c.link)));
    if (bytes.empty()) return false;
    module.link_input(c.link, bytes);
  }
  handed_over(c, bytes.size());
  return true;
}
}  // namespace bfq::sim

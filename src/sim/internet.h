#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ports/messages.h"

namespace bfq::sim {

/// A port of a far host, and how it treats whoever connects.
struct FarHost {
  enum class Answer : std::uint8_t { accepts, refuses, never };

  net::Endpoint at;
  Answer answer = Answer::accepts;
  bool echoes = false;
  bool reads = true;       ///< false: takes no byte more until it is true again
  std::string greeting{};  ///< said as soon as somebody connects
  std::string reply{};     ///< said once `reply_after` bytes have come
  std::size_t reply_after = 1;
  std::optional<std::size_t> closes_after{};  ///< so many bytes, and what it has to say to them
  std::optional<std::size_t> resets_after{};
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
  std::string received{};  ///< by the module
  std::deque<Arrival> arrivals{};
  bool ended_by_peer = false;

  bool carries_datagrams() const { return asked.transport == net::Transport::udp; }
};

/// The network beyond the LAN: names, and hosts that behave well or badly. Sans-I/O, like Radio.
/// Whoever carries bytes between a module and this network does it link by link: take() what the
/// module sends, arrived() and handed_over() for what it gets.
class Internet {
 public:
  Duration resolve_takes = 50ms;
  Duration connect_takes = 30ms;
  Duration answer_takes = 20ms;  ///< from a byte's leaving the module to what it makes a peer say
  bool stalled = false;          ///< nothing is taken and nothing arrives
  bool exhausted = false;        ///< there is no socket or port for one more link
  std::size_t most_at_once = SIZE_MAX;  ///< no more bytes than that go or come in one piece
  std::vector<Name> names;
  std::vector<FarHost> peers;

  /// What is asked of it: names, links, the module's server.
  void take(const net::Request&, Instant now);

  /// When there is something new. What waits for the module's room is not counted: it is looked at
  /// after each change.
  Deadline next_deadline(Instant now) const;
  std::optional<Event> next_event(Instant now);

  /// The links that exist; carrying bytes may end some, so look again after next_event().
  std::vector<LinkHandle> links() const;

  /// Offers bytes from the module; says how many the network takes.
  std::size_t take(LinkHandle, std::span<const std::byte>, Instant now);

  /// Bytes that have come for the module. Valid until the next call of anything.
  std::span<const std::byte> arrived(LinkHandle, Instant now) const;
  void handed_over(LinkHandle, std::size_t n);

  /// The same for a link of datagrams: one whole datagram at a time.
  bool carries_datagrams(LinkHandle) const;
  bool take_datagram(LinkHandle, const net::Outgoing&, Instant now);
  /// Who sent the one that has arrived.
  net::Endpoint sender(LinkHandle) const;
  const std::vector<Datagram>& datagrams() const { return datagrams_; }

  /// A client connects to the module's server; false when nobody listens on that port. Once it is
  /// accepted it is an open connection whose remote end is `from`.
  bool connect(net::Endpoint from, std::uint16_t port, Instant now);
  /// True from its connect() on, until it is turned away or its link is over.
  bool has_client(net::Endpoint from) const;

  // What the far hosts do of their own accord, on every open connection to that port. A datagram
  // goes to every link of datagrams.
  void send(net::Endpoint from, std::string_view bytes, Instant now);
  void send_datagram(net::Endpoint from, std::uint16_t to_port, std::string_view bytes,
                     Instant now);
  void close(net::Endpoint from, Instant now);
  void reset(net::Endpoint from);

  /// The peer at an endpoint, or nullptr.
  FarHost* find_peer(net::Endpoint);

  /// All that ever came to a peer, over all its connections, and then in datagrams.
  std::string received_by(net::Endpoint) const;
  const std::deque<Connection>& connections() const { return connections_; }

  /// Ends everything without a word: the module has no power any more.
  void power_off();

 private:
  struct Pending {
    Instant at;
    Event event;
  };

  void resolve(const net::Resolve&, Instant now);
  void listen(const net::Listen&, Instant now);
  void open(const net::Open&, Instant now);
  void close_link(LinkHandle);
  void stop_listening();
  void accept(const net::Accept&);
  void refuse(const net::Refuse&);
  void consider_answer(Connection&, std::size_t before, Instant now);
  void arrive(Connection&, Instant at, Connection::Arrival::Kind, std::string bytes = {});
  Connection* find(LinkHandle);
  const Connection* find(LinkHandle) const;
  Event settle(const Event&, Instant now);
  void later(Instant at, const Event&);

  std::deque<Pending> pending_;
  std::vector<net::Incoming> waiting_;  ///< clients that the module has not answered
  std::vector<Datagram> datagrams_;
  std::uint16_t listening_on_ = 0;
  std::uint16_t last_client_ = 0;
  std::deque<Connection> connections_;
  std::uint16_t next_local_port_ = 49152;
};

}  // namespace bfq::sim

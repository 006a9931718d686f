#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "base/described.h"
#include "base/host_name.h"
#include "base/limits.h"
#include "base/text.h"
#include "ports/ticket.h"

/// What the module asks of an IP network, and what the network tells the module.
///
///            Open                 Opened                 Close
///   free ------------> opening -------------> open ----------------> free
///    ^                    |                     |
///    |     OpenFailed     |       Closed        |
///    +--------------------+<--------------------+
///
/// Every Open is answered by exactly one Opened or OpenFailed, and every Opened is followed by at
/// most one Closed, unless a Close comes first: after a Close nothing more is said of that link.
/// The bytes of a link go by span through Module's own functions, while the link is open.
///
/// In passive receive (Module::unread_limit() says of which links) the network keeps what comes and
/// tells how much that is by Unread. When the host asks for bytes, link_room() says how many, and
/// the network hands those over, in any pieces. Of datagrams it tells those that fit whole;
/// datagram_room() says how many bytes of them the host asks for, and these come in one piece, one
/// datagram behind the other, with the sender of the last. What is left of that one is dropped, and
/// a smaller Unread tells what still waits. It keeps what it has told of also when the link has
/// ended, by Closed or Close, until it is read, an Open or Accept uses the number, or the power
/// goes.
///
/// Between Listening and StopListening each client is told of by one Incoming, which the module
/// answers with one Accept, after which its link is open, or one Refuse.
namespace bfq {

/// A link's number and its generation: an event for a link that was closed and opened again since
/// carries the old generation, and is dropped where it enters.
struct LinkHandle {
  std::uint8_t id = 0;
  std::uint16_t generation = 0;
  static constexpr auto kDescription = describe("LinkHandle", "id", "generation");
  bool operator==(const LinkHandle&) const = default;
};

namespace net {
using bfq::HostName;

/// An IPv4 address and a port; 0.0.0.0:0 where there is none.
struct Endpoint {
  Ipv4 address{};
  std::uint16_t port = 0;
  static constexpr auto kDescription = describe("Endpoint", "address", "port");
  bool operator==(const Endpoint&) const = default;
};

/// Which side of the module a link goes through.
enum class Interface : std::uint8_t { station, soft_ap, last = soft_ap };

/// What carries a link: a stream, datagrams, or a stream under TLS.
enum class Transport : std::uint8_t { tcp, udp, tls, last = tls };

// Asked -------------------------------------------------------------------------------------------

/// Name servers in the order in which they are asked; 0.0.0.0: none. Without the first, those that
/// the network gives.
using NameServers = std::array<Ipv4, 3>;

/// Asks for the IPv4 address of a name: answered by Resolved or ResolveFailed.
struct Resolve {
  Ticket ticket{};
  HostName name{};
  NameServers servers{};
  static constexpr auto kDescription = describe("net::Resolve", "ticket", "name", "servers");
};

/// Asks a host for an echo by ICMP: answered by Pong if the host answers within that time, and else
/// by nothing. It takes the place of a Ping that still waits.
struct Ping {
  Ticket ticket{};
  Ipv4 address{};
  HostName name{};  ///< as it was asked for
  std::uint16_t timeout_ms = 0;
  static constexpr auto kDescription =
      describe("net::Ping", "ticket", "address", "name", "timeout_ms");
};

/// Asks for a link to a peer: answered by Opened or OpenFailed.
struct Open {
  LinkHandle link{};
  Transport transport{};
  Endpoint remote{};
  HostName name{};                 ///< as it was asked for; a TLS client names it to the server
  std::uint16_t keep_alive_s = 0;  ///< seconds of silence before probes; 0: no probes
  std::uint16_t local_port = 0;    ///< 0: any
  bool shows_certificate = false;  ///< TLS: the module's own, to a server that asks for one
  bool verifies = false;  ///< TLS: the server's certificate must be trusted, and its name fit
  static constexpr auto kDescription =
      describe("net::Open", "link", "transport", "remote", "name", "keep_alive_s", "local_port",
               "shows_certificate", "verifies");
};

/// Ends a link, or an attempt to open one. Bytes that the network has taken still reach the peer,
/// unless it is ended by a reset.
struct Close {
  LinkHandle link{};
  bool resets = false;  ///< a TCP connection, at once
  static constexpr auto kDescription = describe("net::Close", "link", "resets");
};

/// Ends a link that no longer accepts data, once what has come for it by now is handed over:
/// answered by Closed. What the network has not taken is dropped.
struct GiveUp {
  LinkHandle link{};
  static constexpr auto kDescription = describe("net::GiveUp", "link");
};

/// Opens the module's TCP server: answered by Listening or ListenFailed.
struct Listen {
  Ticket ticket{};
  std::uint16_t port = 0;
  static constexpr auto kDescription = describe("net::Listen", "ticket", "port");
};
/// Closes the server. Links that it accepted live on; clients that wait are turned away.
struct StopListening {
  static constexpr auto kDescription = describe("net::StopListening");
};

/// The client of that Incoming gets this link, which is open from now on.
struct Accept {
  Ticket client{};
  LinkHandle link{};
  static constexpr auto kDescription = describe("net::Accept", "client", "link");
};
/// The client of that Incoming is turned away.
struct Refuse {
  Ticket client{};
  static constexpr auto kDescription = describe("net::Refuse", "client");
};

/// Seconds since 1970, UTC, to the millisecond.
struct UnixTime {
  std::uint32_t seconds = 0;
  std::uint16_t milliseconds = 0;
  static constexpr auto kDescription = describe("UnixTime", "seconds", "milliseconds");
  bool operator==(const UnixTime&) const = default;
};

/// Asks a time server by SNTP: answered by TimeTold if the server answers within that time, and
/// else by nothing. It takes the place of an AskTime that still waits.
struct AskTime {
  Ticket ticket{};
  Ipv4 address{};
  HostName name{};  ///< as it was asked for
  std::uint16_t timeout_ms = 0;
  static constexpr auto kDescription =
      describe("net::AskTime", "ticket", "address", "name", "timeout_ms");
};

/// On its LAN, the module is `name`.local from now on, and no other name (mDNS, see
/// is_announced()). Not answered; it ends when the power goes.
struct Announce {
  HostName name{};
  static constexpr auto kDescription = describe("net::Announce", "name");
};
/// Nothing is announced any more. Not answered.
struct StopAnnouncing {
  static constexpr auto kDescription = describe("net::StopAnnouncing");
};

/// What a TLS client says of itself and expects of its server, beside certificates: texts that the
/// network keeps for each link number, none at first and whenever the module has had no power. They
/// hold for links that are opened later.
enum class TlsText : std::uint8_t {
  common_name,  ///< of the server's certificate, where that is verified; none: the host's name
  server_name,  ///< that the server is told (SNI); none: the host's name
  protocols,    ///< that the server is offered (ALPN), the best first
  shared_key,   ///< a key that the server has, too (PSK), and behind it whose it is
  last = shared_key
};
/// Of the link numbers there, that of the MQTT client's connection.
inline constexpr std::uint8_t kBrokerLink = limits::kLinks + 1;

/// Adds a text to those that the network keeps, or begins them anew. An empty one is not kept.
struct AddTlsText {
  std::uint8_t links = 0;  ///< a bit for each link number
  TlsText what{};
  bool is_new = false;
  Text<64> text{};
  static constexpr auto kDescription =
      describe("net::AddTlsText", "links", "what", "is_new", secret("text"));
};
/// Asks for those that the network keeps: answered by TlsTexts.
struct RecallTlsTexts {
  Ticket ticket{};
  std::uint8_t link = 0;
  TlsText what{};
  static constexpr auto kDescription = describe("net::RecallTlsTexts", "ticket", "link", "what");
};

// Told --------------------------------------------------------------------------------------------

/// The name of that Resolve has this address; of several, the first.
struct Resolved {
  Ticket ticket{};
  Ipv4 address{};
  static constexpr auto kDescription = describe("net::Resolved", "ticket", "address");
};

/// That name is unknown, has no IPv4 address, must not be asked, or no server answered.
struct ResolveFailed {
  Ticket ticket{};
  static constexpr auto kDescription = describe("net::ResolveFailed", "ticket");
};

/// The host of that Ping has answered.
struct Pong {
  Ticket ticket{};
  static constexpr auto kDescription = describe("net::Pong", "ticket");
};

/// The server of that AskTime says that it is this time now.
struct TimeTold {
  Ticket ticket{};
  UnixTime time{};
  static constexpr auto kDescription = describe("net::TimeTold", "ticket", "time");
};

/// The link is up. `local_port` is the port that its peer sees us at.
struct Opened {
  LinkHandle link{};
  std::uint16_t local_port = 0;
  Interface through = Interface::station;
  static constexpr auto kDescription = describe("net::Opened", "link", "local_port", "through");
};

/// Why a link was not opened. The host reads ERROR or CONNECT FAIL of it.
enum class OpenFailure : std::uint8_t {
  unreachable,     ///< refused, no route, no answer, or a failed TLS handshake
  no_resources,    ///< the network has no socket or port for it
  no_certificate,  ///< TLS: the module has none to show
  no_authorities,  ///< TLS: it has nobody to verify a server by
  no_key,          ///< TLS: it has a certificate to show, and not its private key
  last = no_key,
};

/// That Open came to nothing; its link is free.
struct OpenFailed {
  LinkHandle link{};
  OpenFailure why{};
  static constexpr auto kDescription = describe("net::OpenFailed", "link", "why");
};

/// The peer has ended the link, or it broke. All bytes that came before have been handed over or,
/// in passive receive, told of by Unread.
struct Closed {
  LinkHandle link{};
  static constexpr auto kDescription = describe("net::Closed", "link");
};

/// Why bytes could not be sent.
enum class SendFailure : std::uint8_t {
  refused,   ///< the network refuses a datagram, or a stream broke on the way
  too_late,  ///< the peer had ended the stream before the network was offered any of them
  last = too_late,
};
/// The network could not send what it was given: a datagram, whose link lives on, or bytes of a
/// stream that its peer has ended. Of such a stream no byte is taken any more. What came before the
/// end is handed over as soon as there is room for it, and Closed follows.
struct SendFailed {
  LinkHandle link{};
  SendFailure why{};
  static constexpr auto kDescription = describe("net::SendFailed", "link", "why");
};

/// In passive receive: that many bytes of the link have come and are not read, at most
/// Module::unread_limit(). Told whenever there are more of them than were told of and not handed
/// over since; of the others the window of the peer takes care.
struct Unread {
  LinkHandle link{};
  std::uint16_t bytes = 0;
  static constexpr auto kDescription = describe("net::Unread", "link", "bytes");
};

/// While Module::awaits_acknowledgement(): of all the bytes of the link that the network has taken,
/// its peer has not acknowledged that many. Told whenever there are fewer.
struct Acknowledged {
  LinkHandle link{};
  std::uint32_t unacknowledged = 0;
  static constexpr auto kDescription = describe("net::Acknowledged", "link", "unacknowledged");
};

/// The server of that Listen takes clients from now on.
struct Listening {
  Ticket ticket{};
  static constexpr auto kDescription = describe("net::Listening", "ticket");
};

/// The port of that Listen is not to be had at every address that was promised.
struct ListenFailed {
  Ticket ticket{};
  static constexpr auto kDescription = describe("net::ListenFailed", "ticket");
};

/// A client of our server. `client` is the network's own number for it.
struct Incoming {
  Ticket client{};
  Endpoint remote{};
  std::uint16_t local_port = 0;
  Interface through = Interface::station;
  static constexpr auto kDescription =
      describe("net::Incoming", "client", "remote", "local_port", "through");
};

/// The texts of that RecallTlsTexts; those behind the last are empty.
struct TlsTexts {
  static constexpr std::size_t kMost = 5;
  Ticket ticket{};
  Text<64> first{}, second{}, third{}, fourth{}, fifth{};
  static constexpr auto kDescription =
      describe("net::TlsTexts", "ticket", secret("first"), secret("second"), secret("third"),
               secret("fourth"), secret("fifth"));

  std::array<Text<64>*, kMost> all() { return {&first, &second, &third, &fourth, &fifth}; }
  std::array<const Text<64>*, kMost> all() const {
    return {&first, &second, &third, &fourth, &fifth};
  }
};

/// All that the module asks of the network.
using Request = std::variant<Resolve, Open, Close, Listen, StopListening, Accept, Refuse, GiveUp,
                             Ping, AskTime, Announce, StopAnnouncing, AddTlsText, RecallTlsTexts>;

/// All that the network tells the module.
using Event =
    std::variant<Resolved, ResolveFailed, Opened, OpenFailed, Closed, SendFailed, Listening,
                 ListenFailed, Incoming, Unread, Pong, TimeTold, Acknowledged, TlsTexts>;

/// Bytes for the network: a piece of a stream, or one whole datagram with its destination.
struct Outgoing {
  std::span<const std::byte> bytes;
  Endpoint destination{};
};
}  // namespace net
}  // namespace bfq

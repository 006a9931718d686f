#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/host_name.h"
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
/// Between Listening and StopListening each client is told of by one Incoming, which the module
/// answers with one Accept, after which its link is open, or one Refuse.
namespace bfq {

/// A link's number and its generation: an event for a link that was closed and opened again since
/// carries the old generation, and is dropped where it enters.
struct LinkHandle {
  std::uint8_t id = 0;
  std::uint16_t generation = 0;
  bool operator==(const LinkHandle&) const = default;
};

namespace net {
using bfq::HostName;

struct Endpoint {
  Ipv4 address{};
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

/// Which side of the module a link goes through.
enum class Interface : std::uint8_t { station, soft_ap };

enum class Transport : std::uint8_t { tcp, udp, tls };

// Asked -------------------------------------------------------------------------------------------

/// Asks the joined network's DHCP server for an address: answered by Addressed or AddressFailed,
/// unless the association ends first.
struct ObtainAddress {
  Ticket ticket{};
};

/// The station has this address from now on: answered by Addressed with the same.
struct UseAddress {
  Ticket ticket{};
  Ipv4 address{}, gateway{}, netmask{};
};

/// Our own access point's address, and those that it gives to its stations. Not answered.
struct ServeAddresses {
  Ipv4 address{}, netmask{};
  bool gives_addresses = true;
  Ipv4 first{}, last{};
  std::uint16_t lease_minutes = 120;
};

/// Asks for the IPv4 address of a name: answered by Resolved or ResolveFailed.
struct Resolve {
  Ticket ticket{};
  HostName name{};
};

struct Open {
  LinkHandle link{};
  Transport transport{};
  Endpoint remote{};
  HostName name{};                 ///< as it was asked for; a TLS client names it to the server
  std::uint16_t keep_alive_s = 0;  ///< seconds of silence before probes; 0: no probes
  std::uint16_t local_port = 0;    ///< 0: any
};

/// Ends a link, or an attempt to open one. Bytes that the network has taken still reach the peer.
struct Close {
  LinkHandle link{};
};

/// Opens the module's TCP server: answered by Listening or ListenFailed.
struct Listen {
  Ticket ticket{};
  std::uint16_t port = 0;
};
/// Closes the server. Links that it accepted live on; clients that wait are turned away.
struct StopListening {};

/// The client of that Incoming gets this link, which is open from now on.
struct Accept {
  Ticket client{};
  LinkHandle link{};
};
/// The client of that Incoming is turned away.
struct Refuse {
  Ticket client{};
};

// Told --------------------------------------------------------------------------------------------

struct Addressed {
  Ticket ticket{};
  Ipv4 address{}, gateway{}, netmask{};
};
struct AddressFailed {
  Ticket ticket{};
};

struct Resolved {
  Ticket ticket{};
  Ipv4 address{};
};
struct ResolveFailed {
  Ticket ticket{};
};

struct Opened {
  LinkHandle link{};
  std::uint16_t local_port = 0;
  Interface through = Interface::station;
};
enum class OpenFailure : std::uint8_t {
  unreachable,   ///< refused, no route, no answer, or a failed TLS handshake
  no_resources,  ///< the network has no socket or port for it
};
struct OpenFailed {
  LinkHandle link{};
  OpenFailure why{};
};

/// The peer has ended the link, or it broke. All bytes that came before have been handed over.
struct Closed {
  LinkHandle link{};
};

/// The network could not send what it was given; the link itself lives on (datagrams).
struct SendFailed {
  LinkHandle link{};
};

struct Listening {
  Ticket ticket{};
};
struct ListenFailed {
  Ticket ticket{};
};

/// A client of our server. `client` is the network's own number for it.
struct Incoming {
  Ticket client{};
  Endpoint remote{};
  std::uint16_t local_port = 0;
  Interface through = Interface::station;
};

/// Bytes for the network: a piece of a stream, or one whole datagram with its destination.
struct Outgoing {
  std::span<const std::byte> bytes;
  Endpoint destination{};
};
}  // namespace net
}  // namespace bfq

#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "ports/network.h"

namespace bfq::sockets {

/// Whom a UDP link exchanges datagrams with: its endpoint as the module knows it (`shown`), and as
/// the machine does (`actual`; port 0 where nobody listens).
struct Peer {
  /// The socket to use: the one at the module's own loopback address, the one at 127.0.0.1, or the
  /// one for all other networks. neighbour: a module on a LAN, by the first of these; who it is
  /// must be found out each time.
  enum class Way : std::uint8_t { module_address, localhost, elsewhere, neighbour };
  /// expected: it has written, or may do so first; whether it may be written to is not judged yet.
  enum class Standing : std::uint8_t { expected, allowed, refused };

  net::Endpoint shown{};
  net::Endpoint actual{};
  Way way{};
  Standing standing{};
};

/// The peers of a UDP link; of more than kMost, the oldest are forgotten.
class Peers {
 public:
  static constexpr std::size_t kMost = 256;

  /// The peer that the module knows by that endpoint, or nullptr. Valid until the next add().
  Peer* find_shown(net::Endpoint shown);
  /// The peer that the machine knows by that endpoint, or nullptr; of several, the latest. One that
  /// was refused is not found.
  Peer* find_actual(net::Endpoint actual);
  /// True when something was sent to this address, at whatever port.
  bool have_written_to(Ipv4 actual) const;

  /// Adds a peer, in place of the one that the module knows by the same endpoint.
  Peer& add(const Peer& peer);
  void clear() { all_.clear(); }

 private:
  std::deque<Peer> all_;
};
}  // namespace bfq::sockets

#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "ports/network.h"

namespace bfq::sockets {

/// Somebody with whom a UDP link exchanges datagrams, as the module calls it and as the machine
/// does.
struct Peer {
  /// The socket to use: the module's own loopback address, 127.0.0.1, or the one for all other
  /// networks. neighbour: the first of these, as long as there is somebody at that address of a
  /// LAN.
  enum class Way : std::uint8_t { module_address, localhost, elsewhere, neighbour };
  /// expected: has written first; nobody has asked yet whether it may be written to.
  enum class Standing : std::uint8_t { expected, allowed, refused };

  net::Endpoint shown{};
  net::Endpoint actual{};
  Way way{};
  Standing standing{};
};

/// All whom a UDP link has to do with; of more than kMost, the oldest are forgotten.
class Peers {
 public:
  static constexpr std::size_t kMost = 256;

  /// By the module's name for it, or nullptr. Valid until the next add().
  Peer* find_shown(net::Endpoint shown);
  /// By the machine's; of several, the latest. One that was refused is not found.
  Peer* find_actual(net::Endpoint actual);
  /// True when something was sent to this address, at whatever port.
  bool have_written_to(Ipv4 actual) const;

  /// Takes the place of the one that the module calls the same.
  Peer& add(const Peer& peer);
  void clear() { all_.clear(); }

 private:
  std::deque<Peer> all_;
};
}  // namespace bfq::sockets

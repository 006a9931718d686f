#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/sockets/networks.h"

namespace bfq::sockets {

/// What one module of the process lets the others know of its network. Each answer holds for now
/// only.
///
/// Ports come in two kinds: as the module knows them, and as the machine does. They differ where
/// the machine refuses a low port.
class Neighbour {
 public:
  /// Its address on this machine is module_address(index()).
  virtual unsigned index() const = 0;
  virtual Networks networks() const = 0;

  /// Where its server listens, if it does so at that port of the module's.
  virtual std::optional<net::Endpoint> server(std::uint16_t port) const = 0;
  /// Where its UDP link with that port of the module's is.
  virtual std::optional<net::Endpoint> datagrams(std::uint16_t port) const = 0;
  /// The module's port of its UDP link that has that port of the machine's.
  virtual std::optional<std::uint16_t> datagram_port(std::uint16_t actual) const = 0;
  /// True when a UDP link of its is at 127.0.0.1 too, with that port.
  virtual bool has_datagrams_at_localhost(std::uint16_t port) const = 0;
  /// The exit of the connection that it has made, from that port, to that place of this machine.
  virtual std::optional<EgressPath> connection(std::uint16_t from, net::Endpoint to) const = 0;

 protected:
  ~Neighbour() = default;
};

/// The modules of this process, for each other. Everything is asked when it is needed: nothing is
/// copied, so nothing is out of date.
class Neighbourhood {
 public:
  /// A neighbour is here until it leaves, and must outlive its stay.
  void enter(const Neighbour& neighbour) { all_.push_back(&neighbour); }
  void leave(const Neighbour& neighbour);

  /// The module that a program of this machine would find at `actual`, or nullptr.
  const Neighbour* owner_of(Ipv4 actual) const;

  /// Who has that address on that LAN, or nullptr.
  const Neighbour* find(MacAddress lan, Ipv4 address) const;

  /// True while there is such a LAN: it leads on, or is that of a module's access point.
  bool exists(const VirtualLan& lan) const;

  /// Calls `visit` with each module on that LAN.
  void for_each_on(MacAddress lan, const std::function<void(const Neighbour&)>& visit) const;

  /// True when that port of 127.0.0.1 is a module's UDP link.
  bool has_datagrams_at_localhost(std::uint16_t port) const;

 private:
  std::vector<const Neighbour*> all_;
};
}  // namespace bfq::sockets

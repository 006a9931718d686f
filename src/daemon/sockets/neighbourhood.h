#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/sockets/networks.h"

namespace bfq::sockets {

/// What one module of a process tells the others about its network. Answers may change at any time.
///
/// A port has a number for the module and one for the machine. They differ where the machine
/// refuses a low port.
class Neighbour {
 public:
  /// The module's loopback address is module_address(index()).
  virtual unsigned index() const = 0;
  virtual Networks networks() const = 0;

  /// Where its server listens, if its port is that one.
  virtual std::optional<net::Endpoint> server(std::uint16_t port) const = 0;
  /// Where its UDP link with that port is bound.
  virtual std::optional<net::Endpoint> datagrams(std::uint16_t port) const = 0;
  /// The module's number for a port of a UDP link, given the machine's.
  virtual std::optional<std::uint16_t> datagram_port(std::uint16_t actual) const = 0;
  /// True when a UDP link is bound to that port of 127.0.0.1 too.
  virtual bool has_datagrams_at_localhost(std::uint16_t port) const = 0;
  /// True for the name that it announces on its LAN (mDNS).
  virtual bool is_announced_as(const HostName& name) const = 0;
  /// The egress path of its connection from that port to that endpoint of this machine.
  virtual std::optional<EgressPath> connection(std::uint16_t from, net::Endpoint to) const = 0;

 protected:
  ~Neighbour() = default;
};

/// The modules of this process, as they find each other. It asks them when something is needed and
/// caches nothing, so nothing is out of date.
class Neighbourhood {
 public:
  /// A neighbour must leave before it is destroyed.
  void enter(const Neighbour& neighbour) { all_.push_back(&neighbour); }
  void leave(const Neighbour& neighbour);

  /// The module that a program of this machine would reach at `actual`, or null.
  const Neighbour* owner_of(Ipv4 actual) const;

  /// The module with that address on that LAN, or null.
  const Neighbour* find(MacAddress lan, Ipv4 address) const;

  /// The address of the module that announces that name on the LAN, or none.
  std::optional<Ipv4> find_announced(MacAddress lan, const HostName& name) const;

  /// True while that LAN exists: its gateway is the machine, or it is that of a module's access
  /// point.
  bool exists(const VirtualLan& lan) const;

  /// Calls `visit` with each module on that LAN.
  void for_each_on(MacAddress lan, const std::function<void(const Neighbour&)>& visit) const;

  /// True when a module's UDP link is bound to that port of 127.0.0.1.
  bool has_datagrams_at_localhost(std::uint16_t port) const;

  /// True when a module of this process has a server, or a UDP link, with that port of the machine.
  bool has_port(std::uint16_t port) const;

  /// A serial door of this program listens there, from now on.
  void add_door(const boost::asio::ip::tcp::endpoint& at);
  /// True when a connection to that endpoint would reach a serial door of this program.
  bool has_door(net::Endpoint at) const;

 private:
  std::vector<const Neighbour*> all_;
  std::vector<net::Endpoint> doors_;  ///< 0.0.0.0: each of the machine's addresses
};
}  // namespace bfq::sockets

#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/sockets/datagram_routes.h"
#include "daemon/sockets/host_link.h"
#include "daemon/sockets/module_side.h"
#include "daemon/sockets/settings.h"

namespace bfq::sockets {

/// A UDP link of the module, by up to three sockets: one at the module's own loopback address,
/// where programs of this machine and modules that share a LAN with it write to it; for the first
/// module of a process, one at 127.0.0.1 with the same port; and, once it sends to other networks,
/// one that hears only those to whom it has sent.
///
/// On a real network there is one, at the interface of the side where the link's peer is, and
/// whoever is there may write to it.
///
/// A datagram is read only when the module has room for the whole of it.
class UdpLink final : public HostLink, public std::enable_shared_from_this<UdpLink> {
 public:
  /// All must outlive this.
  UdpLink(boost::asio::io_context& io, ModuleSide& side, const NetPolicy& policy,
          const Neighbourhood& neighbourhood, const SocketsSetup& settings, const net::Open& open);

  /// Binds its port; returns it as the module knows it, or nothing when it cannot be had.
  std::optional<std::uint16_t> take_port();

  bool drain() override;
  void close() override;
  void give_up() override { close(); }
  bool ended() const override { return ended_; }
  Ports datagram_ports() const override;

 private:
  using Way = Peer::Way;

  struct Socket {
    Socket(boost::asio::io_context& io, Way to) : udp(io), way(to) {}
    boost::asio::ip::udp::socket udp;
    Way way;
    bool reading = false;  ///< waiting for a datagram, or busy with some
    std::size_t next = 0;  ///< the size of one that did not fit and waits
  };

  bool bind(boost::system::error_code& error);
  bool bind_to_network(boost::system::error_code& error);
  bool is_of_peer(std::uint16_t port) const;
  bool bind_localhost(std::uint16_t port);
  void log_port(std::uint16_t port) const;

  bool send();
  bool send_one(const net::Outgoing& datagram);
  bool send_to(const Peer& peer, std::span<const std::byte> bytes);
  void send_to_everybody(const net::Outgoing& datagram);
  void send_to_all_on(const VirtualLan& lan, const net::Outgoing& datagram);
  static int transmit(Socket& socket, net::Endpoint to, std::span<const std::byte> bytes);
  void await_room(Socket& socket);
  Socket& socket_for(Way way);

  void await_datagram(Socket& socket);
  void read(Socket& socket);
  bool read_one(Socket& socket);
  void drop_one(Socket& socket, net::Endpoint sender, std::size_t size, const char* why);
  const char* refusal(const Socket& socket, net::Endpoint sender, std::size_t size);

  ModuleSide& side_;
  const Neighbourhood& neighbourhood_;
  const SocketsSetup& settings_;
  net::Open open_;
  Socket at_module_, at_localhost_, elsewhere_;
  DatagramRoutes routes_;
  bool is_blocked_ = false;  ///< waiting for the network to take more
  bool ended_ = false;
};
}  // namespace bfq::sockets

#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/net/correspondents.h"
#include "daemon/net/host_link.h"
#include "daemon/net/module_side.h"
#include "daemon/net/policy.h"

namespace bfq::daemon {

/// A UDP link of the module: a port on the module's own loopback address, at which any program of this
/// machine may write to it (for module 0, at 127.0.0.1 too), and, once it sends elsewhere, a socket that
/// hears only those to whom it has sent.
///
/// A datagram is read only when the module has room for the whole of it.
class UdpLink final : public HostLink, public std::enable_shared_from_this<UdpLink> {
 public:
  /// All must outlive this.
  UdpLink(boost::asio::io_context& io, ModuleSide& side, const NetPolicy& policy, unsigned index,
          const net::Open& open);

  /// Takes its port, which is the module's from now on; nothing when it cannot be had.
  std::optional<std::uint16_t> take_port();

  bool drain() override;
  void close() override;

 private:
  using Way = Correspondent::Way;

  struct Socket {
    Socket(boost::asio::io_context& io, Way to) : udp(io), way(to) {}
    boost::asio::ip::udp::socket udp;
    Way way;
    bool reading = false;  ///< waiting for a datagram, or busy with some
    std::size_t next = 0;  ///< the size of one that did not fit and waits
  };

  bool bind(boost::system::error_code& error);
  bool bind_localhost(std::uint16_t port);
  void log_port(std::uint16_t port) const;

  bool send();
  bool send_one(const net::Outgoing& datagram);
  void fail(net::Endpoint destination, int error);
  void await_room(Socket& socket);
  void look_at_networks();
  const Correspondent& correspondent(net::Endpoint destination);
  Correspondent judged(Correspondent unjudged) const;
  Socket& socket_towards(Way way);

  void await_datagram(Socket& socket);
  void read(Socket& socket);
  bool read_one(Socket& socket);
  void drop_one(Socket& socket, net::Endpoint sender, std::size_t size);
  bool is_welcome(const Socket& socket, net::Endpoint sender) const;
  void expect_peer();
  net::Endpoint shown(const Socket& socket, net::Endpoint sender);

  ModuleSide& side_;
  const NetPolicy& policy_;
  unsigned index_;
  net::Open open_;
  Socket at_module_, at_localhost_, elsewhere_;
  Networks networks_;  ///< those that the correspondents were found in
  Correspondents correspondents_;
  bool sending_ = false;  ///< waiting for the network to take more
};
}  // namespace bfq::daemon

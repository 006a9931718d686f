#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sockets/module_side.h"
#include "daemon/sockets/neighbourhood.h"
#include "daemon/sockets/settings.h"

namespace bfq::sockets {

/// The module's TCP server: a listener on the module's loopback address, for the first module of a
/// process one on 127.0.0.1 too, and one for each Forward of the port.
///
/// It listens at all of these or not at all.
///
/// With a real radio it listens at the station's interface instead and, while the softAP is open,
/// at that one's, at the module's very port.
///
/// Its clients are programs of this machine, peers that use a forward, and modules that share a LAN
/// with this one. Where the machine refuses the module's port, it listens on 10000 + port, and logs
/// that.
class TcpServer {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// A client that has connected.
  struct Client {
    Socket socket;
    EgressPath exit{};
  };

  /// References must outlive this.
  TcpServer(boost::asio::io_context& io, ModuleSide& side, const Neighbourhood& neighbourhood,
            const SocketsSetup& settings);

  /// Returns false, and listens nowhere, when it cannot listen at one of its places.
  bool listen(std::uint16_t port);
  /// On real networks: listens at those that there are by now, where it listens at all.
  void follow_networks();
  /// Stops listening and turns away clients that wait.
  void stop();

  /// Where it listens at the module's address, if its port is that one.
  std::optional<net::Endpoint> place(std::uint16_t port) const;
  /// True when a connection to that endpoint of the machine would reach this server.
  bool is_at(net::Endpoint actual) const;

  /// The client of that Incoming, or nothing. A client that is not taken is turned away.
  std::optional<Client> take(Ticket client);
  void refuse(Ticket client);

 private:
  struct Listener {
    explicit Listener(boost::asio::io_context& io) : acceptor(io), pause(io) {}
    boost::asio::ip::tcp::acceptor acceptor;
    boost::asio::steady_timer pause;
    bool forwards = false;
    std::optional<net::Interface> side{};  ///< of a real network
  };
  /// What the module is shown of a client.
  struct Seen {
    Ipv4 address{};
    EgressPath exit{};
    const char* refusal = nullptr;  ///< why it is turned away; null: it is not
  };

  std::uint16_t listen_at(net::Endpoint at, bool forwards, boost::system::error_code& error);
  bool listen_at_module(Ipv4 address);
  bool listen_at_interface(net::Interface side);
  bool listen_at_forwards();
  void accept(Listener& listener);
  void welcome(Socket client, bool forwarded, std::optional<net::Interface> side);
  static Seen see(net::Endpoint client, net::Interface side);
  Seen see(net::Endpoint client, net::Endpoint here, bool forwarded) const;
  Seen see(const Neighbour& neighbour, std::uint16_t port, net::Endpoint here) const;

  boost::asio::io_context& io_;
  ModuleSide& side_;
  const Neighbourhood& neighbourhood_;
  const SocketsSetup& settings_;
  std::uint16_t port_ = 0;    ///< the module's
  std::uint16_t actual_ = 0;  ///< the machine's; 0 while it does not listen
  unsigned term_ = 0;  ///< incremented by each stop: callbacks of an earlier term are ignored
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::map<std::uint16_t, Client> waiting_;  ///< by ticket
  Ticket last_client_;
};
}  // namespace bfq::sockets

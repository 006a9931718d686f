#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "daemon/net/module_side.h"

namespace bfq::daemon {

/// The module's TCP server: listeners on the module's loopback address and, for module 0, on 127.0.0.1,
/// so that programs of this machine are its clients. From elsewhere nobody gets in.
///
/// Where the machine refuses the module's port, the listeners take 10000 + port, and the log says so.
class TcpServer {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// All must outlive this.
  TcpServer(boost::asio::io_context& io, ModuleSide& side, unsigned index);

  /// Listens at all of its addresses or, where that cannot be, at none and gives false.
  bool listen(std::uint16_t port);
  /// Stops listening and turns away who waits.
  void stop();

  /// The connection of that Incoming; nothing when there is none. Who takes none is turned away.
  std::optional<Socket> take(Ticket client);
  void refuse(Ticket client);

 private:
  struct Listener {
    explicit Listener(boost::asio::io_context& io) : acceptor(io), pause(io) {}
    boost::asio::ip::tcp::acceptor acceptor;
    boost::asio::steady_timer pause;
  };

  bool listen_at(Listener& listener, Ipv4 address);
  void accept(Listener& listener);
  void welcome(Socket client);

  ModuleSide& side_;
  unsigned index_;
  std::uint16_t port_ = 0;  ///< as the module knows it
  unsigned term_ = 0;       ///< counts the times of listening: what was begun in an earlier one is void
  Listener at_module_, at_localhost_;
  std::map<std::uint16_t, Socket> waiting_;  ///< by ticket
  Ticket last_client_;
};
}  // namespace bfq::daemon

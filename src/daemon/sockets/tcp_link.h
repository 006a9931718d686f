#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "daemon/sockets/client_socket.h"
#include "daemon/sockets/host_link.h"
#include "daemon/sockets/module_side.h"

namespace bfq::sockets {

/// A TCP connection that the module has asked for, or that a client of its server has made.
///
/// It reads only when the module has room, and as much as there is room for: while the host doesn't
/// read, the bytes stay in the kernel and the peer's window closes.
class TcpLink final : public HostLink, public std::enable_shared_from_this<TcpLink> {
 public:
  TcpLink(boost::asio::io_context& io, ModuleSide& side, const net::Open& open,
          const Directions& to);

  /// A client's connection, which is open from now on.
  TcpLink(ModuleSide& side, LinkHandle handle, const EgressPath& exit,
          boost::asio::ip::tcp::socket client);

  /// Connects. The module is told how it went, never from within this call.
  void connect();

  bool drain() override;
  void close() override;
  void lose_place() override;
  bool connects(std::uint16_t from, net::Endpoint to) const override;

 private:
  void connected(boost::system::error_code error);
  void fail(const boost::system::error_code& error);
  void read();
  bool send();
  void broken();
  void finish();
  void await_bytes();
  bool has_ended();
  void await_room();

  boost::asio::ip::tcp::socket socket_;
  ModuleSide& side_;
  net::Open open_;
  Directions to_;
  std::string who_;  ///< the peer, for the log
  bool is_client_ = true;
  bool open_for_bytes_ = false;
  bool reading_ = false;     ///< waiting for bytes, or busy with some
  bool bytes_wait_ = false;  ///< in the socket, until the module has room for them
  bool sending_ = false;     ///< waiting for the network to take more
  bool send_broke_ = false;
};
}  // namespace bfq::sockets

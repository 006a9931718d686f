#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "daemon/sockets/client_socket.h"
#include "daemon/sockets/host_link.h"
#include "daemon/sockets/module_side.h"
#include "daemon/sockets/tls_session.h"

namespace bfq::sockets {

/// A TLS connection that the module has asked for.
///
/// As TcpLink, it reads only when the module has room. One record (16 KiB at most) may then already
/// be decrypted; the rest stays in the kernel and the peer's window closes.
class TlsLink final : public HostLink, public std::enable_shared_from_this<TlsLink> {
 public:
  TlsLink(boost::asio::io_context& io, ModuleSide& side, const net::Open& open,
          const Directions& to);

  /// Connects and shakes hands. The module is told how it went, never from within this call.
  void connect();

  bool drain() override;
  void close() override;
  void lose_place() override;
  bool connects(std::uint16_t from, net::Endpoint to) const override;

 private:
  using Socket = boost::asio::ip::tcp::socket;
  using Step = void (TlsLink::*)();

  void connected(boost::system::error_code error);
  void shake_hands();
  void opened();
  void fail(const std::string& reason, net::OpenFailure why);
  void read();
  bool send();
  void broken();
  void finish(const std::string& how);
  void say_end();
  void await_bytes();
  void may_send_again();
  /// Takes that step when the socket is ready for it, unless the link has ended until then.
  void await(TlsSession::Result wanted, Step step);

  Socket socket_;
  boost::asio::steady_timer patience_;  ///< for saying the end to who does not listen
  ModuleSide& side_;
  net::Open open_;
  Directions to_;
  std::string who_;  ///< the peer, for the log
  TlsSession session_;
  bool open_for_bytes_ = false;
  bool reading_ = false;  ///< waiting for bytes, or busy with some
  bool sending_ = false;  ///< waiting for the network to take more
  bool send_broke_ = false;
};
}  // namespace bfq::sockets

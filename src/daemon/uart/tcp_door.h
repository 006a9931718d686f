#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

#include "daemon/uart/door.h"
#include "daemon/uart/wire.h"

namespace bfq::daemon {

/// A TCP server at which each client is a host, several at once if they like.
class TcpDoor final : public Door {
 public:
  /// Listens on `host` (an address, or localhost); port 0 takes a free one.
  TcpDoor(boost::asio::io_context& io, Wire& wire, const std::string& host, std::uint16_t port);

  std::string place() const override;
  std::string url() const override;

 private:
  void accept();
  void welcome(boost::asio::ip::tcp::socket client);

  Wire& wire_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};
}  // namespace bfq::daemon

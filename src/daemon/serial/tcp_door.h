#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/serial/door.h"
#include "daemon/serial/listener.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// Listens at `host` (an address, or localhost); port 0 takes a free one. Throws a UsageError or
/// Failure that names the kind of `door`.
boost::asio::ip::tcp::acceptor listen_at(boost::asio::io_context& io, std::string_view door,
                                         const std::string& host, std::uint16_t port);
/// "127.0.0.1:7000"
std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint);
/// Where a program of this machine reaches a listener.
std::string address_to_call(boost::asio::ip::tcp::endpoint listener);
/// Makes small writes leave at once; nothing when the client is gone already, and who it is
/// otherwise.
std::optional<std::string> make_ready(boost::asio::ip::tcp::socket& client);

/// A TCP server at which each client is a host, several at once if they like.
class TcpDoor final : public Door {
 public:
  TcpDoor(boost::asio::io_context& io, Wire& wire, const std::string& host, std::uint16_t port);

  std::string place() const override;
  std::string url() const override;

 private:
  void welcome(boost::asio::ip::tcp::socket client);

  Wire& wire_;
  ClientListener<boost::asio::ip::tcp> listener_;
};
}  // namespace bfq::serial

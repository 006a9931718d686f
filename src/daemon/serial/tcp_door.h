#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/serial/client_listener.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"

namespace bfq::serial {

/// Listens at `host` (an address, or localhost); port 0 takes a free one. Throws
/// process::UsageError or process::Failure, which name the kind of `door`.
boost::asio::ip::tcp::acceptor listen_at(boost::asio::io_context& io, std::string_view door,
                                         const std::string& host, std::uint16_t port);
/// "127.0.0.1:7000"
std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint);
/// The address at which a program on this machine reaches a listener.
std::string address_to_call(boost::asio::ip::tcp::endpoint listener);
/// Sets TCP_NODELAY and returns the client's address; nothing when the client is gone already.
std::optional<std::string> make_ready(boost::asio::ip::tcp::socket& client);

/// A TCP server at which each client is a host, several at once if they like.
class TcpDoor final : public Door {
 public:
  TcpDoor(DoorSide& side, const DoorSpec& spec);

  std::string place() const override;
  std::string url() const override;
  std::optional<boost::asio::ip::tcp::endpoint> listens_at() const override {
    return listener_.endpoint();
  }

 private:
  std::shared_ptr<SerialHost> welcome(boost::asio::ip::tcp::socket client);

  DoorSide& side_;
  bool xon_xoff_;
  ClientListener<boost::asio::ip::tcp> listener_;
};
}  // namespace bfq::serial

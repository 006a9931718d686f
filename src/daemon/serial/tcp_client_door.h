#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "daemon/process/name_query.h"
#include "daemon/serial/door.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// A TCP client: calls the host, and calls again, in growing pauses, whenever that failed or ended.
class TcpClientDoor final : public Door {
 public:
  /// `host` is an address or a name, which is looked up anew for each call.
  TcpClientDoor(boost::asio::io_context& io, Wire& wire, std::string host, std::uint16_t port);

  std::string place() const override { return "tcp-connect " + peer_; }
  std::string url() const override { return {}; }

 private:
  void call();
  void connect(const boost::asio::ip::address& address);
  void connected();
  void call_again(const std::string& why);
  void host_left();

  boost::asio::io_context& io_;
  Wire& wire_;
  std::string host_;
  std::uint16_t port_;
  std::string peer_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer pause_;
  std::chrono::milliseconds next_pause_;
  std::chrono::steady_clock::time_point came_{};
  std::shared_ptr<process::NameQuery> query_;
  bool told_ = false;  ///< that the host cannot be reached: once is enough
};
}  // namespace bfq::serial

#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "daemon/process/name_query.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"

namespace bfq::serial {

/// A TCP client: connects to the host, and again, with growing pauses, whenever the connection
/// fails or ends.
class TcpClientDoor final : public Door {
 public:
  /// The host is an address, or a name that is looked up for each attempt.
  TcpClientDoor(DoorSide& side, const DoorSpec& spec);

  std::string place() const override { return "tcp-connect " + peer_; }
  std::string url() const override { return {}; }

 private:
  void call();
  void connect(const boost::asio::ip::address& address);
  void connected();
  void call_again(const std::string& why);
  void host_left();

  DoorSide& side_;
  std::string host_;
  std::uint16_t port_;
  std::string peer_;
  bool xon_xoff_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer pause_;
  std::chrono::milliseconds next_pause_;
  std::chrono::steady_clock::time_point came_{};
  std::shared_ptr<process::NameQuery> query_;
  bool told_ = false;  ///< that the host cannot be reached was logged
};
}  // namespace bfq::serial

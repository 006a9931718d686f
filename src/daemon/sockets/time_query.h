#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/sockets/settings.h"
#include "ports/network.h"

namespace bfq::sockets {

/// One question to a time server by SNTP (RFC 4330), over a UDP socket of its own.
class TimeQuery : public std::enable_shared_from_this<TimeQuery> {
 public:
  /// Called once, from the event loop, with the time at that moment, if an answer that can be
  /// believed comes within the timeout and before the TimeQuery is destroyed.
  using Answer = std::function<void(const net::UnixTime&)>;

  /// Asks `server`, from `origin`. Where nothing can be sent, `why` says the
  /// reason and nothing is returned.
  static std::shared_ptr<TimeQuery> start(boost::asio::io_context& io, net::Endpoint server,
                                          const SocketOrigin& origin,
                                          std::chrono::milliseconds timeout, Answer answer,
                                          std::string& why);

  static constexpr std::size_t kSize = 48;  ///< bytes of a packet without authentication
  using Packet = std::array<std::uint8_t, kSize>;

  /// What a reply to `asked` says, which came `took` after it was sent; nothing where it is no
  /// reply to that, or comes from a server without the time.
  static std::optional<net::UnixTime> time_in(const Packet& reply, const Packet& asked,
                                              std::chrono::milliseconds took);

 private:
  TimeQuery(boost::asio::io_context& io, Answer answer);
  void send(net::Endpoint server, const SocketOrigin& origin);
  void await();
  void read();

  boost::asio::ip::udp::socket socket_;
  boost::asio::steady_timer timer_;
  Answer answer_;
  Packet asked_{};
  std::chrono::steady_clock::time_point sent_{};
};
}  // namespace bfq::sockets

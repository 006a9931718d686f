#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/ipv4.h"
#include "daemon/sockets/settings.h"

namespace bfq::sockets {

/// One echo request by ICMP, and the wait for its reply. The socket is the kernel's unprivileged
/// one where net.ipv4.ping_group_range permits it, and otherwise a raw one, which takes
/// CAP_NET_RAW.
class EchoRequest : public std::enable_shared_from_this<EchoRequest> {
 public:
  /// Sends it to `to`, from `origin`. `answered` is called once, from the
  /// event loop, if the reply comes within `timeout` and before the EchoRequest is destroyed. Where
  /// nothing can be sent, `why` says the reason and nothing is returned.
  static std::shared_ptr<EchoRequest> start(boost::asio::io_context& io, Ipv4 to,
                                            const SocketOrigin& origin,
                                            std::chrono::milliseconds timeout,
                                            std::function<void()> answered, std::string& why);
  /// Whether the kernel gives this process an unprivileged socket.
  static bool is_permitted_to_all();

 private:
  static constexpr std::size_t kHeader = 8, kPayload = 32;  // bytes
  using Packet = std::array<std::uint8_t, kHeader + kPayload>;

  EchoRequest(boost::asio::io_context& io, std::function<void()> answered);
  bool open(std::string& why);
  bool send(Ipv4 to, const SocketOrigin& origin, std::string& why);
  void await();
  void read();
  bool is_reply(const std::uint8_t* bytes, std::size_t size) const;

  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer timer_;
  std::function<void()> answered_;
  Packet packet_{};
  bool is_raw_ = false;
};
}  // namespace bfq::sockets

#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bfq::process {

/// Tells whoever started the program as a service how it is (sd_notify(3)): by datagrams to the
/// socket that the environment names, NOTIFY_SOCKET. Does nothing where there is none.
class ServiceManager {
 public:
  explicit ServiceManager(boost::asio::io_context& io);

  /// Everything is open and works. From now on, where WATCHDOG_USEC asks for it, a sign of life is
  /// sent twice in that time, for as long as the loop runs.
  void ready();
  /// The configuration is read again; ready() says that this is done.
  void reloading();
  void stopping();

 private:
  void tell(std::string_view state) const;
  void keep_telling();

  std::string address_;  ///< as in sockaddr_un: an abstract one begins with NUL
  std::optional<std::chrono::microseconds> watchdog_{};
  bool is_watched_ = false;
  boost::asio::steady_timer timer_;
};
}  // namespace bfq::process

#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>

namespace bfq::process {

/// One timer that costs nothing while it is stopped. Asio's own timers share a timerfd(2) that
/// stays armed when one is cancelled and, once it has expired, wakes the program every 5 minutes
/// for ever.
class Alarm {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `rings` is called from the event loop, once for each set() that was not replaced or stopped.
  /// `io` must outlive this, and this the last run of it.
  Alarm(boost::asio::io_context& io, std::function<void()> rings);

  /// Expires at that time instead of any other; at once if it has passed.
  void set(Time at);
  void stop();

 private:
  void arm(std::chrono::nanoseconds since_epoch);
  void await();

  boost::asio::posix::stream_descriptor timer_;
  std::function<void()> rings_;
};
}  // namespace bfq::process

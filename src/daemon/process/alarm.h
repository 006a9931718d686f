#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <functional>

namespace bfq::process {
class AlarmClock;

/// A time at which something is called, once. All alarms of an event loop share one timerfd(2),
/// which is armed for the earliest of them: thousands of modules have several each, and one that is
/// stopped costs nothing. Asio's own timers share one that stays armed when one is cancelled and,
/// once it has expired, wakes the program every 5 minutes for ever.
class Alarm : public boost::intrusive::set_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `rings` is called from the event loop, once for each set() that was not replaced or stopped.
  /// `io` must outlive this, and this the last run of it.
  Alarm(boost::asio::io_context& io, std::function<void()> rings);
  ~Alarm() = default;  // whose hook leaves the clock's list
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Expires at that time instead of any other; at once if it has passed.
  void set(Time at);
  void stop();

  /// By when they expire.
  bool operator<(const Alarm& other) const { return at_ < other.at_; }

 private:
  friend AlarmClock;

  AlarmClock& clock_;
  std::function<void()> rings_;
  Time at_{};
};
}  // namespace bfq::process

#include "daemon/process/alarm.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::process {
namespace {
int make_timer() {
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (timer < 0) fail_with_errno("cannot create a timer");
  return timer;
}
}  // namespace

Alarm::Alarm(boost::asio::io_context& io, std::function<void()> rings)
    : timer_(io, make_timer()), rings_(std::move(rings)) {
  await();
}

void Alarm::set(Time at) {
  using std::chrono::nanoseconds;
  arm(std::max(nanoseconds(1), nanoseconds(at.time_since_epoch())));  // 0 would mean never
}

void Alarm::stop() { arm(std::chrono::nanoseconds(0)); }

void Alarm::arm(std::chrono::nanoseconds since_epoch) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  itimerspec when{};
  when.it_value = {.tv_sec = seconds.count(), .tv_nsec = (since_epoch - seconds).count()};
  if (timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr) != 0) {
    fail_with_errno("cannot set a timer");
  }
}

/// The read fails when the timer was set again after it had expired: then that expiry is obsolete.
void Alarm::await() {
  timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (error) return;
    std::uint64_t times = 0;
    const bool rang = ::read(timer_.native_handle(), &times, sizeof times) == sizeof times;
    await();
    if (rang) rings_();
  });
}
}  // namespace bfq::process

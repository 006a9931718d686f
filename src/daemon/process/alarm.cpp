#include "daemon/process/alarm.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::process {
namespace {
using Clock = std::chrono::steady_clock;

// So soon it may expire for nobody, once: setting it again for whatever comes next costs a system
// call each time, and most alarms are set and stopped within a moment.
constexpr auto kSoon = std::chrono::milliseconds(50);

int make_timer() {
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (timer < 0) fail_with_errno("cannot create a timer");
  return timer;
}
}  // namespace

/// The alarms of an event loop, and the timer that they share; Asio makes one for each loop.
class AlarmClock final : public boost::asio::execution_context::service {
 public:
  using key_type = AlarmClock;
  // As Asio wants it. NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
  static inline boost::asio::execution_context::id id;

  explicit AlarmClock(boost::asio::execution_context& context)
      : service(context),
        timer_(std::in_place, static_cast<boost::asio::io_context&>(context), make_timer()) {
    await();
  }

  void set(Alarm& alarm, Alarm::Time at) {
    alarm.unlink();
    alarm.at_ = std::max(at, Clock::now());
    alarms_.insert(alarm);
    look();
  }
  void stop(Alarm& alarm) {
    if (!alarm.is_linked()) return;
    alarm.unlink();
    look();
  }

 private:
  void shutdown() override { timer_.reset(); }

  /// Sees to it that the timer expires in time.
  void look() {
    if (!timer_) return;  // the loop is at its end
    const auto earliest = alarms_.empty() ? Alarm::Time::max() : alarms_.begin()->at_;
    if (armed_ == earliest) return;
    if (armed_ < earliest && armed_ - Clock::now() <= kSoon) return;
    arm(earliest);
  }

  void arm(Alarm::Time at) {
    using std::chrono::nanoseconds;
    itimerspec when{};
    if (at != Alarm::Time::max()) {
      const auto since_epoch = std::max(nanoseconds(1), nanoseconds(at.time_since_epoch()));
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
      when.it_value = {.tv_sec = seconds.count(), .tv_nsec = (since_epoch - seconds).count()};
    }
    if (timerfd_settime(timer_->native_handle(), TFD_TIMER_ABSTIME, &when, nullptr) != 0)
      fail_with_errno("cannot set a timer");
    armed_ = at;
  }

  void await() {
    timer_->async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
      if (error) return;
      std::uint64_t times = 0;
      // It fails when the timer was set again after it had expired.
      if (::read(timer_->native_handle(), &times, sizeof times) == sizeof times)
        armed_ = Alarm::Time::max();
      await();
      ring();
      look();
    });
  }

  /// Those that are due now; one that they set is for the next time.
  void ring() {
    const Alarm::Time now = Clock::now();
    while (!alarms_.empty() && alarms_.begin()->at_ <= now) {
      Alarm& due = *alarms_.begin();
      due.unlink();
      due.rings_();
    }
  }

  std::optional<boost::asio::posix::stream_descriptor> timer_;
  boost::intrusive::multiset<Alarm, boost::intrusive::constant_time_size<false>> alarms_;
  Alarm::Time armed_ = Alarm::Time::max();  ///< when the timer expires; max(): never
};

Alarm::Alarm(boost::asio::io_context& io, std::function<void()> rings)
    : clock_(boost::asio::use_service<AlarmClock>(io)), rings_(std::move(rings)) {}

void Alarm::set(Time at) { clock_.set(*this, at); }

void Alarm::stop() { clock_.stop(*this); }
}  // namespace bfq::process

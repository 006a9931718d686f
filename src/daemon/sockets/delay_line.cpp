#include "daemon/sockets/delay_line.h"

namespace bfq::sockets {
using Steady = std::chrono::steady_clock;

Instant DelayLine::now() {
  return Instant(std::chrono::duration_cast<Duration>(Steady::now().time_since_epoch()));
}

bool DelayLine::drain() {
  if (queues_.holds_nothing() && armed_.is_never()) return false;
  const Instant at = now();
  const bool moved = queues_.drain(side_, at);
  set_timer(at);
  return moved;
}

void DelayLine::set_timer(Instant now) {
  const Deadline next = queues_.next_deadline(now);
  if (next == armed_) return;
  armed_ = next;
  timer_.cancel();
  if (next.is_never()) return;
  timer_.expires_at(Steady::time_point(next.at().time_since_epoch()));
  timer_.async_wait([this](auto error) {
    if (error) return;
    armed_ = Deadline::never();
    side_.settle();
  });
}
}  // namespace bfq::sockets

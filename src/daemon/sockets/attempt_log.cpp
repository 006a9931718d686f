#include "daemon/sockets/attempt_log.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace bfq::sockets {

void AttemptLog::failed(const std::string& line, Clock::time_point now) {
  const bool is_again = line == line_ && now - last_ < kTogether;
  last_ = now;
  if (!is_again) {
    say_count();
    line_ = line;
    said_ = now;
    return spdlog::info("{}", line);
  }
  ++counted_;
  spdlog::debug("{}", line);
  if (now - said_ < kCountSaid) return;
  said_ = now;
  say_count();
}

void AttemptLog::connected(const std::string& line) {
  say_count();
  line_.clear();
  spdlog::info("{}", line);
}

void AttemptLog::say_count() {
  if (counted_ > 0) spdlog::info("{} ({} times more)", line_, std::exchange(counted_, 0));
}
}  // namespace bfq::sockets

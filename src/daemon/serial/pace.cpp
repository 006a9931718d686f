#include "daemon/serial/pace.h"

#include <algorithm>

namespace bfq::serial {
namespace {
constexpr Duration kMeasured = std::chrono::milliseconds(100);
// What looks may take of a core before there are fewer of them, and where there are more again: a
// tenth, and half of that, so that it does not swing.
constexpr double kMost = 0.10, kLeast = 0.05;
constexpr Duration kLongest = std::chrono::seconds(1);
}  // namespace

void Pace::looked(std::chrono::nanoseconds took, Instant now) {
  spent_ += took;
  const Duration since = now - began_;
  if (since < kMeasured) return;
  const double share = std::chrono::duration<double>(spent_) / std::chrono::duration<double>(since);
  if (share > kMost || (share < kLeast && between_ > kUsual)) {
    const auto wanted = static_cast<Duration::rep>(static_cast<double>(between_.count()) *
                                                   std::clamp(share / kMost, 0.5, 2.0));
    between_ = std::clamp(Duration(wanted), kUsual, kLongest);
  }
  began_ = now;
  spent_ = {};
}
}  // namespace bfq::serial

#pragma once
#include <chrono>

#include "base/time.h"

namespace bfq::serial {

/// How often the modules of a program move bytes at the speed of baud: each millisecond while that
/// costs little, and less often the more of them do, as each look costs the same however many bytes
/// it moves. All look at the same moments then, so that the program wakes up once for all.
class Pace {
 public:
  static constexpr Duration kUsual{1000};

  /// What there is between two looks at least.
  Duration between_looks() const { return between_; }
  /// A look, with all that came of it, has taken so much of the program's time.
  void looked(std::chrono::nanoseconds took, Instant now);

 private:
  Duration between_ = kUsual;
  Instant began_{};  ///< the measurement that goes on
  std::chrono::nanoseconds spent_{};
};
}  // namespace bfq::serial

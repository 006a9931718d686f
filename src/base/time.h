#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>

namespace bfq {
/// The module's clock has no now(): time only enters through the `now` argument of Module's
/// functions, so the same inputs always give the same outputs.
struct ModuleClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::microseconds;
  using time_point = std::chrono::time_point<ModuleClock>;
  static constexpr bool is_steady = true;
};

/// A length of time, in microseconds.
using Duration = ModuleClock::duration;

/// A moment on the runtime's clock, which never goes back; what its zero is, is the runtime's.
using Instant = ModuleClock::time_point;

/// A moment at which something must be looked at again, or never (the default).
class Deadline {
 public:
  constexpr Deadline() = default;
  constexpr Deadline(Instant at) : at_(at) {}
  static constexpr Deadline never() { return {}; }

  constexpr bool due(Instant now) const { return at_ <= now; }
  constexpr bool is_never() const { return at_ == Instant::max(); }
  constexpr Instant at() const { return at_; }
  auto operator<=>(const Deadline&) const = default;

 private:
  Instant at_ = Instant::max();
};

constexpr Deadline earliest(std::initializer_list<Deadline> deadlines) {
  return std::min(deadlines);
}

using namespace std::chrono_literals;
}  // namespace bfq

#include "daemon/board/faulty_wire.h"

#include <utility>

namespace bfq::board {
std::span<const std::byte> FaultyPrinting::of(std::span<const std::byte> output, Instant now) {
  for (; decided_ < output.size(); ++decided_) {
    const auto mishap = gate_.pass(FaultPoint::printed, now);
    if (mishap && mishap->flipped == 0) continue;
    shown_.push_back(output[decided_] ^ std::byte{mishap ? mishap->flipped : std::uint8_t{0}});
    behind_.push_back(decided_ + 1);
  }
  return shown_;
}

std::size_t FaultyPrinting::sent(std::size_t n) {
  if (decided_ == 0 || n == 0) return n;
  const std::size_t left = behind_[n - 1];
  shown_.erase(shown_.begin(), shown_.begin() + static_cast<std::ptrdiff_t>(n));
  behind_.erase(behind_.begin(), behind_.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t& behind : behind_) behind -= left;
  decided_ -= left;
  return left;
}

std::size_t FaultyPrinting::lost_in_front() {
  if (decided_ == 0) return 0;
  const std::size_t lost = behind_.empty() ? decided_ : behind_.front() - 1;
  for (std::size_t& behind : behind_) behind -= lost;
  decided_ -= lost;
  return lost;
}

void FaultyPrinting::forget() {
  shown_.clear();
  behind_.clear();
  decided_ = 0;
}
}  // namespace bfq::board

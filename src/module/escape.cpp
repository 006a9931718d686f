#include "module/escape.h"

#include <algorithm>

namespace bfq {

void Escape::typed(std::span<const std::byte> bytes, Instant now) {
  if (bytes.empty()) return;
  if (held_back_ ? held_burst_is_new_ : now - last_ >= kSilence) burst_ = 0;
  held_back_ = false;
  last_ = now;
  const bool only_plus =
      std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{'+'}; });
  if (burst_ == kNoBurst) return;
  burst_ = only_plus ? burst_ + static_cast<std::uint32_t>(bytes.size()) : kNoBurst;
}

void Escape::held_back(Instant now) {
  if (held_back_) return;
  held_back_ = true;
  held_burst_is_new_ = now - last_ >= kSilence;
}

Deadline Escape::complete() const {
  return burst_ == kLength && !held_back_ ? Deadline(last_ + kSilence) : Deadline::never();
}
}  // namespace bfq

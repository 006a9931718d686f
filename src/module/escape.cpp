#include "module/escape.h"

#include <algorithm>

namespace bfq {
namespace {
constexpr std::size_t kPlusSigns = 3;
}

void Escape::typed(std::span<const std::byte> bytes, Instant now) {
  if (bytes.empty()) return;
  if (now - last_ >= kSilence) burst_ = 0;
  last_ = now;
  const bool only_plus = std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{'+'}; });
  if (burst_ == kNoBurst) return;
  burst_ = only_plus ? burst_ + bytes.size() : kNoBurst;
}

Deadline Escape::complete() const { return burst_ == kPlusSigns ? Deadline(last_ + kSilence) : Deadline::never(); }
}  // namespace bfq

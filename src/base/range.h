#pragma once
#include <cstdint>

namespace bfq {
/// Bounds of an integer, or of the length of a text in bytes. Both belong to it.
struct Range {
  std::int32_t min = 0, max = INT32_MAX;

  constexpr bool holds(std::int64_t value) const { return value >= min && value <= max; }
  bool operator==(const Range&) const = default;
};
consteval Range between(std::int32_t min, std::int32_t max) { return {min, max}; }
consteval Range length(std::int32_t min, std::int32_t max) { return {min, max}; }
}  // namespace bfq

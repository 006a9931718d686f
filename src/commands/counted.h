#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "at/command.h"

/// Arguments of which one says how many follow: a shape for each number.
namespace bfq::commands {

/// Whether the argument at `at` is that number.
bool is_number(at::Fields fields, std::size_t at, std::int32_t number);

/// `before`, and the first `kCount` of `counted`.
template <std::size_t kCount, std::size_t kBefore, std::size_t kMost>
consteval std::array<at::Param, kBefore + kCount> counted(
    const std::array<at::Param, kBefore>& before, const std::array<at::Param, kMost>& counted) {
  std::array<at::Param, kBefore + kCount> all{};
  for (std::size_t i = 0; i < kBefore; ++i) all[i] = before[i];
  for (std::size_t i = 0; i < kCount; ++i) all[kBefore + i] = counted[i];
  return all;
}
}  // namespace bfq::commands

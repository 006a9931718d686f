#pragma once
#include <algorithm>
#include <array>

#include "at/command.h"

namespace bfq::commands {
/// The rows of a dialect, in whatever order they were written, as a CommandTable has them.
template <std::size_t N>
consteval std::array<at::Command, N> sorted(std::array<at::Command, N> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const at::Command& a, const at::Command& b) { return a.name < b.name; });
  return rows;
}
}  // namespace bfq::commands

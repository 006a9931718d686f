#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "at/command.h"

namespace bfq::commands {
/// The rows of a dialect, in whatever order they were written, as a CommandTable has them.
template <std::size_t N>
consteval std::array<at::Command, N> sorted(std::array<at::Command, N> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const at::Command& a, const at::Command& b) { return a.name < b.name; });
  return rows;
}

/// Where each of these rows is in that table of the same rows.
template <std::size_t N>
consteval std::array<std::uint8_t, N> places_of(const std::array<at::Command, N>& rows,
                                                const std::array<at::Command, N>& table) {
  std::array<std::uint8_t, N> places{};
  for (std::size_t i = 0; i < N; ++i)
    while (table[places[i]].name != rows[i].name) ++places[i];
  return places;
}
}  // namespace bfq::commands

#include "daemon/world/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace bfq::world {
std::vector<std::string> Problems::lines() const {
  std::vector<Problem> sorted = all_;
  const auto order = [](const Problem& p) {
    return std::tuple(p.place.line == 0, p.place.line, p.place.column);
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Problem& a, const Problem& b) { return order(a) < order(b); });
  std::vector<std::string> out;
  out.reserve(sorted.size());
  for (const auto& [place, message] : sorted) {
    out.push_back(place.line == 0 ? fmt::format("{}: {}", place.source, message)
                                  : fmt::format("{}:{}:{}: {}", place.source, place.line,
                                                place.column, message));
  }
  return out;
}
}  // namespace bfq::world

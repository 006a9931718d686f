#include "daemon/world/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace bfq::world {
namespace {
/// A line that somebody can read: of a longer one the beginning and the end, which name the place
/// and say what is allowed. Cut between UTF-8 characters.
std::string shortened(std::string line) {
  constexpr std::size_t kHead = 400, kTail = 400;
  if (line.size() <= kHead + kTail) return line;
  const auto is_inside = [&](std::size_t i) {
    return (static_cast<unsigned char>(line[i]) & 0xC0U) == 0x80;
  };
  std::size_t head = kHead, tail = line.size() - kTail;
  while (head > 0 && is_inside(head)) --head;
  while (tail < line.size() && is_inside(tail)) ++tail;
  return line.substr(0, head) + " … " + line.substr(tail);
}
}  // namespace

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
    const std::string where =
        place.source == kNoFile ? ""
        : place.line == 0       ? place.source + ": "
                                : fmt::format("{}:{}:{}: ", place.source, place.line, place.column);
    out.push_back(shortened(where + message));
  }
  return out;
}
}  // namespace bfq::world

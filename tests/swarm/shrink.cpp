#include "shrink.h"

#include <algorithm>
#include <cstddef>

namespace bfq::swarm {
namespace {
/// Leaves out each part of that size that it goes without; true when there was one.
bool leave_out(std::vector<unsigned>& steps, std::size_t size,
               const std::function<bool(const std::vector<unsigned>&)>& still_bad) {
  bool any = false;
  for (std::size_t at = 0; at < steps.size();) {
    std::vector<unsigned> fewer(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(at));
    const std::size_t end = std::min(at + size, steps.size());
    fewer.insert(fewer.end(), steps.begin() + static_cast<std::ptrdiff_t>(end), steps.end());
    if (still_bad(fewer)) {
      steps = std::move(fewer);
      any = true;
    } else {
      at += size;
    }
  }
  return any;
}
}  // namespace

std::vector<unsigned> shrink(std::vector<unsigned> steps,
                             const std::function<bool(const std::vector<unsigned>&)>& still_bad) {
  for (std::size_t size = std::max<std::size_t>(1, steps.size() / 2); size > 0; size /= 2) {
    while (leave_out(steps, size, still_bad) && size == 1) {
    }
  }
  return steps;
}

}  // namespace bfq::swarm

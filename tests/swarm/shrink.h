#pragma once
#include <functional>
#include <vector>

namespace bfq::swarm {

/// The steps of a history without those that it does not take for `still_bad` to be true: halves
/// are left out first, then smaller parts, then single steps.
std::vector<unsigned> shrink(std::vector<unsigned> steps,
                             const std::function<bool(const std::vector<unsigned>&)>& still_bad);

}  // namespace bfq::swarm

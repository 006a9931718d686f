#pragma once
#include <optional>
#include <string>
#include <vector>

#include "violation.h"

namespace bfq::swarm {

/// Lives through these steps of a seed twice, once with the books kept and everything byte by byte,
/// once in one piece, which must give the same bytes. Nothing when all was well. A CHECK that fails
/// is a Violation here.
std::optional<Violation> fault_of(unsigned seed, const std::vector<unsigned>& steps,
                                  bool tells = false);

/// All steps of a history.
std::vector<unsigned> all_steps();

/// The fewest steps of a bad seed that break the same invariant, and a journal of them at `path`,
/// which replays.
struct Shrunk {
  Violation violation;
  std::vector<unsigned> steps;
  std::string journal;  ///< where it is; empty when there is none
};
Shrunk shrink_seed(unsigned seed, const Violation& violation, const std::string& path);

}  // namespace bfq::swarm

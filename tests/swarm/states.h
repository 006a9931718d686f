#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace bfq::swarm {

/// Journals that begin in the middle of a module's life, with the state that it was in and a few
/// records: of each kind of state that the histories of so many seeds pass through the shortest.
std::map<std::string, std::vector<std::byte>> states_of(unsigned seeds);

}  // namespace bfq::swarm

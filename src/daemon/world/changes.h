#pragma once
#include <string>
#include <vector>

#include "daemon/world/world_file.h"
#include "sim/air.h"

namespace bfq::world {
/// One line about a change that is about to be made in `air`: what it is called in the world file,
/// and which of its keys change. Without passwords.
std::string describe(const sim::Change& change, const sim::Air& air);

/// What stands in `now` otherwise than in `started`, and only a restart changes: "module left",
/// "[net]".
std::vector<std::string> only_by_restart(const WorldFile& started, const WorldFile& now);
}  // namespace bfq::world

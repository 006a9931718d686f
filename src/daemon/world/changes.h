#pragma once
#include <string>
#include <vector>

#include "daemon/world/world_file.h"
#include "sim/air.h"

namespace bfq::world {
/// Describes a change that is about to be made in `air`, in one line: what changes, by its name in
/// the world file, and which of its keys. Without passwords.
std::string describe(const sim::Change& change, const sim::Air& air);

/// The parts that differ between two worlds and that only a restart changes: "module left",
/// "[net]".
std::vector<std::string> only_by_restart(const WorldFile& started, const WorldFile& now);
}  // namespace bfq::world

#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/board/module_spec.h"
#include "daemon/sockets/policy.h"
#include "daemon/world/value.h"
#include "sim/air.h"

namespace bfq::world {

/// What a world file says: an air, the modules in it, and what they may reach.
struct WorldFile {
  sim::Air air;
  std::vector<board::ModuleSpec> modules;  ///< at least one, each with a name and a door
  sockets::NetPolicy policy;
  std::vector<sockets::KnownName> names;
  /// What only a restart changes, as it is written: "module left", "[net]".
  std::map<std::string, Value> fixed;
};

/// A world, or all that is wrong with it, one line for each mistake.
struct WorldReading {
  std::optional<WorldFile> world;
  std::vector<std::string> problems;
};

/// Reads the text of a world file; `name` is what errors call it. Each override is what --set
/// takes, a line of TOML whose keys begin with ap.NAME, module.NAME and so on, and is put in before
/// anything is checked. What nobody gave an address has the one that it had in `before`, or a free
/// one. Never throws for what the text or the overrides say.
WorldReading read_world(std::string_view text, std::string_view name,
                        std::span<const std::string> overrides = {}, const sim::Air& before = {});

/// All of a file; throws UsageError where it cannot be read or is longer than any world.
std::string read_world_file(const std::string& path);

/// The world where nobody names a file, as `bfq4004 world` prints it.
std::string_view default_world();
}  // namespace bfq::world

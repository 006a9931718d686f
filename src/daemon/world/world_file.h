#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/board/module_spec.h"
#include "daemon/process/files.h"
#include "daemon/sockets/policy.h"
#include "daemon/world/faults.h"
#include "daemon/world/overrides.h"
#include "daemon/world/value.h"
#include "sim/air.h"

namespace bfq::world {

/// What happens around the modules, and how long after the program's start.
struct TimedHappening {
  Duration after{};
  sim::Happening what{};
};

/// The content of a world file: an air, the modules in it, and what they may reach.
struct WorldFile {
  sim::Air air;
  std::vector<board::ModuleSpec> modules;  ///< at least one, each with a name and a door
  sockets::NetPolicy policy;
  std::vector<sockets::KnownName> names;
  std::optional<Duration> link_delay;  ///< for all modules; left out, their speed decides
  std::string update_server;           ///< "host:port" of images of the firmware; empty: none
  std::vector<TimedHappening> events;  ///< the earliest first
  std::vector<FaultSpec> faults;       ///< armed at the start
  std::uint64_t seed = 0;
  /// The parts that only a restart changes, as written: "module left", "[net]".
  std::map<std::string, Value> fixed;
};

/// The result of reading a world: the world, or all that is wrong, one line for each problem.
struct WorldReading {
  std::optional<WorldFile> world;
  std::vector<std::string> problems;
};

/// Reads the text of a world file; errors refer to it as `name`. The
/// overrides are applied before anything is checked. What has no address keeps the one that it had
/// in `before`, or gets a free one. Never throws because of the text or the overrides.
WorldReading read_world(std::string_view text, std::string_view name,
                        std::span<const Override> overrides = {}, const sim::Air& before = {});

/// Reads a file. Throws process::UsageError when it cannot be read, is longer than 1 MiB, or is not
/// what it may be.
std::string read_world_file(const std::string& path,
                            process::Readable readable = process::Readable::anything);

/// The world that runs when no file is named, as `bfq4004 world` prints it.
std::string_view default_world();
}  // namespace bfq::world

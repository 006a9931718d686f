#include "daemon/world_commands.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "daemon/options.h"
#include "daemon/world/reference.h"
#include "daemon/world/world_reader.h"

namespace bfq::daemon {
namespace {
/// What `lint` is asked for.
struct LintOptions {
  std::string file;
  std::vector<std::string> overrides;
};

void lint(const std::string& file, const std::vector<std::string>& overrides) {
  const world::WorldReader reader(file, overrides);
  const world::WorldFile& world = reader.world();
  const auto count = [](std::size_t n, const std::string& what) {
    return std::to_string(n) + ' ' + what + (n == 1 ? "" : "s");
  };
  std::cout << reader.name()
            << " is a good world: " << count(world.air.access_points.size(), "access point")
            << " and " << count(world.modules.size(), "module") << '\n';
}
}  // namespace

Action declare_lint(CLI::App& command) {
  const auto options = std::make_shared<LintOptions>();
  command.add_option("WORLD.toml", options->file, "the file")->required();
  declare_overrides(command, options->overrides);
  return [options] {
    lint(options->file, options->overrides);
    return EXIT_SUCCESS;
  };
}

Action declare_world(CLI::App& command) {
  const auto shows_keys = std::make_shared<bool>(false);
  command.add_flag("--keys", *shows_keys, "print all keys of a world file instead, as Markdown");
  return [shows_keys] {
    std::cout << (*shows_keys ? world::world_reference() : std::string(world::default_world()));
    return EXIT_SUCCESS;
  };
}
}  // namespace bfq::daemon

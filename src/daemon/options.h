#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/board/module_spec.h"
#include "daemon/journal_options.h"
#include "daemon/sockets/policy.h"
#include "daemon/world/world_reader.h"

namespace bfq::daemon {

/// What a person asks for, on the command line and in a world file: an air, and the modules in it.
struct Options {
  world::WorldReader world;  ///< as its file has it; what the command line says otherwise is below
  std::vector<board::ModuleSpec> modules;
  /// Module i of the process owns the loopback address 127.64.0.1 + first_module + i.
  unsigned first_module = 0;
  /// Directory of what the modules remember; empty: nothing outlives the program.
  std::optional<std::string> state_directory;
  sockets::NetPolicy policy;
  std::vector<sockets::KnownName> names;
  std::string log_level = "info";
  JournalOptions journal{};
  std::optional<ReplayOptions> replay{};  ///< that instead of running modules
};

/// Reads the command line; throws UsageError. After --help or --version, which it prints, there are
/// no options: the program is done.
std::optional<Options> parse_command_line(int count, const char* const* arguments);

/// $XDG_STATE_HOME/bfq4004, or ~/.local/state/bfq4004 of the user who called, also through sudo.
std::string default_state_directory();
}  // namespace bfq::daemon

#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/board/module_spec.h"
#include "daemon/control/place.h"
#include "daemon/journal_options.h"
#include "daemon/sockets/policy.h"
#include "daemon/world/world_reader.h"

namespace bfq::daemon {

/// What a person asks of `bfq4004 run`, on the command line and in a world file: an air, and the
/// modules in it.
struct Options {
  world::WorldReader world;  ///< as in its file; what the command line overrides is below
  std::vector<board::ModuleSpec> modules;
  /// Module i of the process owns the loopback address 127.64.0.1 + first_module + i.
  unsigned first_module = 0;
  /// Directory of the flash files; empty: nothing is stored beyond the end of the program.
  std::optional<std::string> state_directory;
  sockets::NetPolicy policy;
  std::vector<sockets::KnownName> names;
  std::optional<Duration> link_delay;  ///< left out: by the speed of each module
  std::string update_server;           ///< "host:port"; empty: none
  std::string log_level = "info";
  JournalOptions journal{};
  control::ControlPlaces control{};
  std::string trace{};  ///< a file; empty: none
  std::uint64_t longest_trace = 0;
  bool sandbox = true;  ///< the program is confined to what it does after its start
};

/// Declares what `bfq4004 run` takes. The function that is returned reads it, once parsed, and
/// throws process::UsageError.
std::function<Options()> declare_options(CLI::App& run);

/// Declares --personality; `about` is its help.
void declare_personality(CLI::App& command, std::string& name, const std::string& about);

/// Declares --set, which overrides keys of a world.
void declare_overrides(CLI::App& command, std::vector<std::string>& overrides);

/// $XDG_STATE_HOME/bfq4004, or ~/.local/state/bfq4004 of the user who called, also through sudo.
std::string default_state_directory();
}  // namespace bfq::daemon

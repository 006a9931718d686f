#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string_view>

namespace bfq::daemon {

/// Does what a subcommand was asked for, once the command line is parsed; returns the program's
/// status. May throw process::UsageError and process::Failure.
using Action = std::function<int()>;

/// One row of what `bfq4004` can do.
struct Subcommand {
  std::string_view name, summary;
  /// Declares the subcommand's arguments. The action owns what they are stored in.
  Action (*declare)(CLI::App& command);
};
}  // namespace bfq::daemon

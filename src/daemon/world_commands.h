#pragma once
#include "daemon/subcommand.h"

namespace bfq::daemon {
/// `bfq4004 lint`: says all that is wrong with a world file.
Action declare_lint(CLI::App& command);

/// `bfq4004 world`: prints the default world, or the keys of a world file as Markdown.
Action declare_world(CLI::App& command);
}  // namespace bfq::daemon

#pragma once
#include "daemon/subcommand.h"

namespace bfq::daemon {
/// `bfq4004 run`: runs modules until SIGINT or SIGTERM, or until a door ends the program.
Action declare_run(CLI::App& command);
}  // namespace bfq::daemon

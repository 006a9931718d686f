#pragma once
#include "daemon/subcommand.h"

namespace bfq::daemon {
/// `bfq4004 ctl`: asks a running program by its control channel. Its status is 0, 1 for what could
/// not be done, 2 for what was not understood, or 42 for a wait that timed out.
Action declare_ctl(CLI::App& command);
}  // namespace bfq::daemon

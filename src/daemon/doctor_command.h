#pragma once
#include "daemon/subcommand.h"

namespace bfq::daemon {
/// `bfq4004 doctor`: tells what a module with a radio of this machine lacks, and what to do.
Action declare_doctor(CLI::App& command);
}  // namespace bfq::daemon

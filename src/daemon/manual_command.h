#pragma once
#include "daemon/subcommand.h"

namespace bfq::daemon {
/// `bfq4004 commands`: prints the page about one AT command, or, without a name, which there are.
Action declare_manual(CLI::App& command);
}  // namespace bfq::daemon

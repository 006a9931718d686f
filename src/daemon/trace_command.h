#pragma once
#include "daemon/subcommand.h"

namespace bfq::daemon {
/// Converts traces and journals into the formats of other tools.
Action declare_trace(CLI::App& command);
}  // namespace bfq::daemon

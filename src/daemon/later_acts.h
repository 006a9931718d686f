#pragma once
#include "daemon/options.h"
#include "daemon/process/later_acts.h"

namespace bfq::daemon {
/// What the program does after its start with these options: what its sandbox lets it do.
process::LaterActs later_acts(const Options& options);
}  // namespace bfq::daemon

#pragma once
#include <string>

#include "daemon/options.h"
#include "daemon/process/later_acts.h"

namespace bfq::daemon {
/// What the program does after its start with these options, and with a control socket at that
/// place unless it is empty: what its sandbox lets it do.
process::LaterActs later_acts(const Options& options, const std::string& control_path);
}  // namespace bfq::daemon

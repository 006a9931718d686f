#pragma once
#include "at/command.h"

namespace bfq::commands {
/// Every command the module speaks, sorted by name. Lives as long as the program.
at::CommandTable all();
}  // namespace bfq::commands

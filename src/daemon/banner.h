#pragma once
#include <string>

#include "daemon/loop.h"

namespace bfq::daemon {
/// What a person wants to know when the program has started: where to attach, which networks there
/// are, and what to type first.
std::string banner(const Loop& loop, const Options& options);
}  // namespace bfq::daemon

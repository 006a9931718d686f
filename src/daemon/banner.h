#pragma once
#include <string>

#include "daemon/loop.h"

namespace bfq::daemon {
/// What the program prints when it has started: where hosts attach, which access points there are,
/// and what to type first.
std::string banner(const Loop& loop, const Options& options);
}  // namespace bfq::daemon

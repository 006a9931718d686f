#pragma once
#include <string>

#include "daemon/process/later_acts.h"

namespace bfq::process {

/// Drops every capability of the calling thread, for good, but those that a later act needs (a row
/// each, in the .cpp). Those that the thread does not have it does not get. Returns the names of
/// those that are left. Throws Failure.
std::string drop_capabilities(const LaterActs& acts);
/// Drops all of them, for a thread that needs none.
void drop_all_capabilities();
}  // namespace bfq::process

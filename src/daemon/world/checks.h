#pragma once
#include <string>
#include <vector>

#include "daemon/sockets/policy.h"
#include "daemon/world/draft.h"

namespace bfq::world {
/// Refuses combinations of values that are each allowed: a password that is too short for its
/// security, two modules with one name.
void check_together(Draft& draft);

/// What is wrong with an allow list in that air, a line for each entry that can match nothing: it
/// lies in a simulated network, from which a connection leads to this machine or to a module.
std::vector<std::string> useless_entries(const sockets::NetPolicy& policy, const sim::Air& air);
}  // namespace bfq::world

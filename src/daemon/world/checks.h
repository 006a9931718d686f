#pragma once
#include "daemon/world/draft.h"

namespace bfq::world {
/// Refuses combinations of values that are each allowed: a password that is too short for its
/// security, two modules with one name.
void check_together(Draft& draft);
}  // namespace bfq::world

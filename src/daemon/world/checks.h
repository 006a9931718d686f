#pragma once
#include "daemon/world/draft.h"

namespace bfq::world {
/// Refuses what cannot be together, though each value may stand: a password that is too short for
/// its security, two modules of one name.
void check_together(Draft& draft);
}  // namespace bfq::world

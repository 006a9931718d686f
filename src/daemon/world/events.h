#pragma once
#include <vector>

#include "daemon/world/draft.h"
#include "daemon/world/key.h"
#include "daemon/world/world_file.h"

/// [[event]] of a world file: what happens around the modules by itself, and when. Each kind of
/// event is a table of its own within it, and a sim::Happening in the end.
namespace bfq::world {
const Keys<EventDraft>& event_keys();

/// Refuses an event that says nothing, or two things, or names what there is not.
void check_events(Draft& draft);

/// The events of a world without mistakes, the earliest first.
std::vector<TimedHappening> events_of(const Draft& draft, const sim::Air& air);
}  // namespace bfq::world

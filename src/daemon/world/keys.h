#pragma once
#include "daemon/world/draft.h"
#include "daemon/world/key.h"

namespace bfq::world {
/// Every key of a world file. What is read, what errors say is allowed, and the reference in
/// docs/worlds.md all come from here.
const Keys<Draft>& world_keys();
/// Those of them that say what is in the air.
const Keys<Draft>& air_keys();
const Keys<sim::Delays>& air_delay_keys();
const Keys<sim::AccessPoint>& access_point_keys();
const Keys<sim::SimulatedStation>& station_keys();
}  // namespace bfq::world

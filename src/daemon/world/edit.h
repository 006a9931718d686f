#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/world/value.h"
#include "sim/air.h"

/// One thing in an air, made or changed by the keys that a world file has for it.
namespace bfq::world {

/// The thing as it is to be, or all that is wrong, one line for each.
template <class T>
struct Edited {
  std::optional<T> value{};
  std::vector<std::string> problems{};
};

/// A new access point, or with `base` that one of the air, changed. It has a bssid and a network.
Edited<sim::AccessPoint> edit_access_point(const sim::Air& air, const sim::AccessPoint* base,
                                           const Value::Table& keys);
/// A new simulated station, with an address.
Edited<sim::SimulatedStation> make_station(const sim::Air& air, const Value::Table& keys);
}  // namespace bfq::world

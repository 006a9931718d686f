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
/// What is in the air, by the keys of [[ap]], [[station]] and [delays]. Where secrets are not to be
/// shown, {kept = true} stands in their place.
Value::Table show_air(const sim::Air& air, bool with_secrets);
/// The air as these keys describe it. What is left out as a whole stays as it is; a password that
/// says {kept = true} is that of the access point or station with the same address, or name, now.
Edited<sim::Air> edit_air(const sim::Air& air, const Value::Table& keys);

/// A new simulated station, with an address.
Edited<sim::SimulatedStation> make_station(const sim::Air& air, const Value::Table& keys);
}  // namespace bfq::world

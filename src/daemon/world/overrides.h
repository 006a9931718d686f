#pragma once
#include <string>

#include "daemon/world/value.h"

namespace bfq::world {
/// Applies an override, as --set takes it, to a world that was parsed: "ap.LAB.rssi=-80". It is a
/// line of TOML that refers to an access point, a station or a module by its name or its address.
/// A value that is not TOML is a text.
void put_override(Value::Table& world, const std::string& override_text, Problems& problems);
}  // namespace bfq::world

#pragma once
#include <string>

#include "daemon/world/value.h"

namespace bfq::world {
/// Puts `override`, what --set takes, into the world that was parsed: "ap.LAB.rssi=-80". It is a
/// line of TOML in which an access point, a station or a module is called by its name or its
/// address. A value that is no TOML is a text.
void put_override(Value::Table& world, const std::string& override_text, Problems& problems);
}  // namespace bfq::world

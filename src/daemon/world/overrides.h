#pragma once
#include <optional>
#include <string>

#include "daemon/world/value.h"

namespace bfq::world {
/// An override of a key, as --set takes it: "ap.LAB.rssi=-80". It is a line of TOML that refers to
/// an access point, a station or a module by its name or its address. A value that is not TOML is a
/// text.
struct Override {
  std::string text;  ///< as given; errors show it
  /// The value, instead of the one in the text: what the file of KEY=@FILE holds. Never shown.
  std::optional<std::string> content{};
};

/// The override that was given as `text`. KEY=@FILE is read here, once: it may be a pipe. A line
/// end behind its last line does not count. Throws process::UsageError when it cannot be read.
Override read_override(std::string text);

/// Applies an override to a world that was parsed.
void put_override(Value::Table& world, const Override& override_given, Problems& problems);
}  // namespace bfq::world

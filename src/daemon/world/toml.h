#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/world/value.h"

namespace bfq::world {

/// What became of a text in TOML: its table, or why and where it is none.
struct TomlReading {
  std::optional<Value::Table> table{};
  SourcePosition position{};  ///< of the mistake
  std::string why{};
};

/// Converts a text in TOML. `source` is the name of its file, or the whole override, of which no
/// lines are told. What nests deeper than any world does is converted to NoValue. Never throws for
/// what the text says.
TomlReading read_toml(std::string_view text, const std::string& source);
}  // namespace bfq::world

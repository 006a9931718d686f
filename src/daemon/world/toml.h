#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/world/value.h"

namespace bfq::world {

/// The result of parsing TOML: a table, or what is wrong, and where.
struct TomlReading {
  std::optional<Value::Table> table{};
  SourcePosition position{};  ///< of the mistake
  std::string why{};
};

/// Parses a text in TOML. `source` is the name of its file, or the whole override, for which
/// positions have no line. What nests deeper than any world becomes NoValue. Never throws because
/// of the text.
TomlReading read_toml(std::string_view text, const std::string& source);
}  // namespace bfq::world

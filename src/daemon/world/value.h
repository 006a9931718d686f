#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/world/problems.h"

namespace bfq::world {

/// No value, or one of a kind that no key takes, such as a date.
struct NoValue {
  std::string shown = "nothing";  ///< what errors call it
  bool operator==(const NoValue&) const = default;
};

/// A value as written, before any key has read it, whatever the notation: a world file is TOML;
/// other sources, such as a control channel, convert their notation into this.
struct Value {
  struct Entry;
  using List = std::vector<Value>;
  using Table = std::vector<Entry>;  ///< by name, each once: see find() and put()

  std::variant<NoValue, bool, std::int64_t, double, std::string, List, Table> is;
  /// Where it begins; without a source for a value that was filled in.
  SourcePosition position{};

  template <class T>
  const T* as() const {
    return std::get_if<T>(&is);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&is);
  }
  /// The text, or nothing where it is of another kind.
  std::optional<std::string_view> text() const {
    const auto* text = as<std::string>();
    return text == nullptr ? std::nullopt : std::optional<std::string_view>(*text);
  }
  /// An integer or a real number.
  std::optional<double> number() const;

  /// Compares what values mean, not where they were written.
  bool operator==(const Value& other) const;
};

/// A name in a table, and its value.
struct Value::Entry {
  std::string name;
  SourcePosition position;  ///< of the name
  Value value;
  bool operator==(const Entry& other) const { return name == other.name && value == other.value; }
};

inline bool Value::operator==(const Value& other) const { return is == other.is; }

/// The value of that name in the table, or null.
const Value* find(const Value::Table& table, std::string_view name);
Value* find(Value::Table& table, std::string_view name);

/// Puts the entry into the table, in place of one of that name.
void put(Value::Table& table, Value::Entry entry);

/// The value for an error: as TOML, or, where that would be long, what it is.
std::string shown(const Value& value);

/// The text as TOML has it, in quotation marks.
std::string in_quotes(std::string_view text);

/// The name as TOML has it in front of '=': in quotation marks where it needs them.
std::string quoted_where_needed(const std::string& name);
}  // namespace bfq::world

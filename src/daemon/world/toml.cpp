#include "daemon/world/toml.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace bfq::world {
namespace {
// The parser's tables nest as deeply as dots and brackets make them, and are parsed and destroyed
// recursively: a text with more than this is refused before it could exhaust the stack. A world of
// 200 access points has some 2,000.
constexpr std::ptrdiff_t kMostNesting = 10'000;
// Deeper than any key.
constexpr unsigned kDeepest = 16;

SourcePosition position_of(const toml::source_region& region, const std::string& source) {
  if (source.starts_with(kOverride)) return {.source = source};
  return {.source = source, .line = region.begin.line, .column = region.begin.column};
}

Value convert(const toml::node& node, const std::string& source, unsigned depth);

Value::Table convert_table(const toml::table& table, const std::string& source, unsigned depth) {
  Value::Table out;
  out.reserve(table.size());
  for (const auto& [name, node] : table) {  // by name
    out.push_back({std::string(name.str()), position_of(name.source(), source),
                   convert(node, source, depth + 1)});
  }
  return out;
}

Value::List convert_array(const toml::array& array, const std::string& source, unsigned depth) {
  Value::List out;
  out.reserve(array.size());
  for (const toml::node& node : array) out.push_back(convert(node, source, depth + 1));
  return out;
}

/// A date or a time, as written.
NoValue not_for_us(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) out << value;
  });
  return {out.str()};
}

Value convert(const toml::node& node, const std::string& source, unsigned depth) {
  Value value;
  value.position = position_of(node.source(), source);
  if (const auto* table = node.as_table()) {
    value.is = NoValue{"a table"};
    if (depth < kDeepest) value.is = convert_table(*table, source, depth);
  } else if (const auto* array = node.as_array()) {
    value.is = NoValue{"an array"};
    if (depth < kDeepest) value.is = convert_array(*array, source, depth);
  } else if (const auto* text = node.as_string()) {
    value.is = text->get();
  } else if (const auto* whole = node.as_integer()) {
    value.is = whole->get();
  } else if (const auto* real = node.as_floating_point()) {
    value.is = real->get();
  } else if (const auto* flag = node.as_boolean()) {
    value.is = flag->get();
  } else {
    value.is = not_for_us(node);
  }
  return value;
}
}  // namespace

TomlReading read_toml(std::string_view text, const std::string& source) {
  const auto nests = [](char c) { return c == '.' || c == '[' || c == '{'; };
  if (std::count_if(text.begin(), text.end(), nests) > kMostNesting) {
    return {.position = {source, 1, 1},
            .why = fmt::format("this has more than {} dots and brackets", kMostNesting)};
  }
  try {
    return {.table = convert_table(toml::parse(text, source), source, 0)};
  } catch (const toml::parse_error& error) {
    return {.position = position_of(error.source(), source),
            .why = std::string(error.description())};
  }
}
}  // namespace bfq::world

#include "daemon/world/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"

namespace bfq::world {
namespace {
constexpr std::size_t kLongestShown = 40;  // bytes

bool is_before(const Value::Entry& entry, std::string_view name) { return entry.name < name; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// In single quotation marks, unless something has to be escaped.
std::string as_toml(const std::string& text) {
  const bool is_plain =
      std::none_of(text.begin(), text.end(), [](char c) { return c == '\'' || is_control(c); });
  return is_plain ? '\'' + text + '\'' : in_quotes(text);
}
/// With a decimal point, unlike an integer.
std::string as_toml(double number) {
  std::string text = fmt::format("{}", number);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}
}  // namespace

std::optional<double> Value::number() const {
  if (const auto* whole = as<std::int64_t>()) return static_cast<double>(*whole);
  const auto* real = as<double>();
  return real == nullptr ? std::nullopt : std::optional(*real);
}

const Value* find(const Value::Table& table, std::string_view name) {
  const auto found = std::lower_bound(table.begin(), table.end(), name, is_before);
  return found == table.end() || found->name != name ? nullptr : &found->value;
}

Value* find(Value::Table& table, std::string_view name) {
  return const_cast<Value*>(find(std::as_const(table), name));
}

void put(Value::Table& table, Value::Entry entry) {
  const auto found = std::lower_bound(table.begin(), table.end(), entry.name, is_before);
  if (found == table.end() || found->name != entry.name) {
    table.insert(found, std::move(entry));
  } else {
    *found = std::move(entry);
  }
}

std::string shown(const Value& value) {
  std::string text = std::visit(overloaded{
                                    [](const NoValue& nothing) { return nothing.shown; },
                                    [](bool flag) { return std::string(flag ? "true" : "false"); },
                                    [](const std::string& string) { return as_toml(string); },
                                    [](const Value::List&) { return std::string("an array"); },
                                    [](const Value::Table&) { return std::string("a table"); },
                                    [](std::int64_t number) { return std::to_string(number); },
                                    [](double number) { return as_toml(number); },
                                },
                                value.is);
  return text.size() > kLongestShown ? "this text" : text;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (is_control(c)) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + '"';
}

std::string quoted_where_needed(const std::string& name) {
  const bool is_bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  return is_bare ? name : in_quotes(name);
}

}  // namespace bfq::world

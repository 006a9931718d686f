#include "daemon/world/overrides.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/process/failure.h"
#include "daemon/process/files.h"
#include "daemon/world/toml.h"

namespace bfq::world {
namespace {
/// Of the file of KEY=@FILE, in bytes.
constexpr std::size_t kLongestContent = 64 * 1024;

/// The arrays of tables, and the keys by which their entries are referred to.
struct Named {
  std::string_view array;
  std::array<std::string_view, 2> by;
};
constexpr std::array<Named, 3> kNamed = {
    {{"ap", {"ssid", "bssid"}}, {"station", {"mac", "ssid"}}, {"module", {"name", "station_mac"}}}};

/// Where the value begins: behind the first '=' that is not part of a key in quotation marks.
std::size_t value_of(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && c == '=') return i + 1;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote == '"' && c == '\\') {
      ++i;
    } else if (c == quote) {
      quote = 0;
    }
  }
  return std::string_view::npos;
}

/// True when `said` has what `key` has and nothing beside it: with line feeds in it, the text of
/// one override may be TOML that says more.
bool says_one_key(const Value::Table& said, const Value::Table& key) {
  if (said.size() != 1 || key.size() != 1) return false;
  const auto* const inner = key.front().value.as<Value::Table>();
  if (inner == nullptr) return true;
  const auto* const more = said.front().value.as<Value::Table>();
  return more != nullptr && says_one_key(*more, *inner);
}

/// Moves all entries of `from` into `into`, replacing those there; tables are merged.
void merge(Value::Table& into, Value::Table&& from) {
  for (Value::Entry& entry : from) {
    Value* const there = find(into, entry.name);
    auto* const inner = there != nullptr ? there->as<Value::Table>() : nullptr;
    auto* const more = entry.value.as<Value::Table>();
    if (inner != nullptr && more != nullptr) {
      merge(*inner, std::move(*more));
    } else {
      put(into, std::move(entry));
    }
  }
}

bool is_called(const Value::Table& entry, const Named& named, std::string_view name) {
  return std::any_of(named.by.begin(), named.by.end(), [&](std::string_view key) {
    const Value* const value = find(entry, key);
    return value != nullptr && value->text() == name;
  });
}

std::vector<Value::Table*> entries_called(Value::List& all, const Named& named,
                                          std::string_view name) {
  std::vector<Value::Table*> found;
  for (Value& each : all) {
    auto* const entry = each.as<Value::Table>();
    if (entry != nullptr && is_called(*entry, named, name)) found.push_back(entry);
  }
  return found;
}

/// The names of the entries of an array, for errors.
std::string names_of(const Value::List& all, const Named& named) {
  std::vector<std::string> names;
  for (const Value& each : all) {
    const auto* const entry = each.as<Value::Table>();
    const Value* const name = entry != nullptr ? find(*entry, named.by[0]) : nullptr;
    if (name != nullptr && name->text())
      names.push_back(quoted_where_needed(std::string(*name->text())));
  }
  return names.empty() ? "none that has a name" : fmt::format("{}", fmt::join(names, ", "));
}

/// "ap.LAB.rssi=-80": merges what `said` has about LAB into the entry with that name.
void put_into_entries(Value::Table& world, const Named& named, Value& said,
                      const SourcePosition& place, Problems& problems) {
  const std::string array_name(named.array);
  Value* const array = find(world, named.array);
  auto* const all = array != nullptr ? array->as<Value::List>() : nullptr;
  auto* const names = said.as<Value::Table>();
  if (names == nullptr)
    return problems.add(place, fmt::format("{0}: say which one: {0}.NAME.KEY=VALUE", array_name));
  for (auto& [name, position, what] : *names) {
    const auto found =
        all != nullptr ? entries_called(*all, named, name) : std::vector<Value::Table*>{};
    const std::string path = array_name + '.' + quoted_where_needed(name);
    auto* const keys = what.as<Value::Table>();
    if (keys == nullptr) {
      problems.add(place, fmt::format("{0}: say which key of it: {0}.KEY=VALUE", path));
    } else if (found.empty()) {
      problems.add(place, fmt::format("{}: there is none; there is {}", path,
                                      all != nullptr ? names_of(*all, named) : "none"));
    } else if (found.size() > 1) {
      problems.add(place, fmt::format("{}: {} are called so; call it by its {}", path, found.size(),
                                      named.by[0] == "mac" ? "mac" : named.by[1]));
    } else {
      merge(*found.front(), std::move(*keys));
    }
  }
}
}  // namespace

Override read_override(std::string text) {
  const std::size_t at = text.find_first_not_of(' ', value_of(text));
  if (at == std::string::npos || text[at] != '@') return {std::move(text)};
  std::string content;
  try {
    content = process::read_file(text.substr(at + 1), kLongestContent, process::Readable::anything);
  } catch (const process::Failure& failure) {
    throw process::UsageError(fmt::format("{}'{}': {}", kOverride, text, failure.what()));
  }
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  return {std::move(text), std::move(content)};
}

void put_override(Value::Table& world, const Override& override_given, Problems& problems) {
  const std::string& text = override_given.text;
  const std::optional<std::string>& content = override_given.content;
  const SourcePosition place{.source = fmt::format("{}'{}'", kOverride, text)};
  TomlReading said = read_toml(text, place.source);
  const std::string why = said.why;
  const std::size_t value = value_of(text);
  const auto is_one_key = [&] {
    const TomlReading key = read_toml(text.substr(0, value) + "0", place.source);
    return key.table && says_one_key(*said.table, *key.table);
  };
  if (value != std::string_view::npos && (!said.table || content || !is_one_key()))
    said = read_toml(text.substr(0, value) + in_quotes(content.value_or(text.substr(value))),
                     place.source);
  if (!said.table || said.table->empty())
    return problems.add(place, "write TABLE.NAME.KEY=VALUE, such as ap.LAB.rssi=-80; " + why);
  for (const Named& named : kNamed) {
    if (Value* const entries = find(*said.table, named.array); entries != nullptr) {
      put_into_entries(world, named, *entries, place, problems);
      std::erase_if(*said.table,
                    [&](const Value::Entry& entry) { return entry.name == named.array; });
    }
  }
  merge(world, std::move(*said.table));
}
}  // namespace bfq::world

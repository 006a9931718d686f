#include "daemon/world/overrides.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/world/key.h"

namespace bfq::world {
namespace {
/// The arrays of tables, and the keys that their entries are called by.
struct Named {
  std::string_view array;
  std::array<std::string_view, 2> by;
};
constexpr std::array<Named, 3> kNamed = {
    {{"ap", {"ssid", "bssid"}}, {"station", {"mac", "ssid"}}, {"module", {"name", "station_mac"}}}};

std::optional<toml::table> parse(std::string_view text, const std::string& source,
                                 std::string& why) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    why = error.description();
    return std::nullopt;
  }
}

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

/// All of `from` takes its place in `into`; tables are merged. It is moved, as a copy would not
/// know where it was written.
void merge(toml::table& into, toml::table&& from) {
  for (auto&& [name, node] : from) {
    toml::node* there = into.get(name.str());
    if (there != nullptr && there->is_table() && node.is_table()) {
      merge(*there->as_table(), std::move(*node.as_table()));
    } else {
      std::move(node).visit([&, key = &name](auto&& value) {
        into.insert_or_assign(toml::key(*key), std::forward<decltype(value)>(value));
      });
    }
  }
}

bool is_called(const toml::table& entry, const Named& named, std::string_view name) {
  return std::any_of(named.by.begin(), named.by.end(), [&](std::string_view key) {
    return entry[key].value_exact<std::string_view>() == name;
  });
}

std::vector<toml::table*> entries_called(toml::array* array, const Named& named,
                                         std::string_view name) {
  std::vector<toml::table*> found;
  if (array == nullptr) return found;
  for (toml::node& node : *array) {
    toml::table* entry = node.as_table();
    if (entry != nullptr && is_called(*entry, named, name)) found.push_back(entry);
  }
  return found;
}

/// What the entries of an array are called, to choose from.
std::string names_of(const toml::array* array, const Named& named) {
  std::vector<std::string> names;
  if (array == nullptr) return "none";
  for (const toml::node& node : *array) {
    if (!node.is_table()) continue;
    if (const auto name = (*node.as_table())[named.by[0]].value_exact<std::string>())
      names.push_back(quoted_where_needed(*name));
  }
  return names.empty() ? "none that has a name" : fmt::format("{}", fmt::join(names, ", "));
}

/// "ap.LAB.rssi=-80": what is said about LAB is put into the entry of the array that is called so.
void put_into_entries(toml::table& world, const Named& named, toml::node& said,
                      const SourcePosition& place, Problems& problems) {
  const std::string array_name(named.array);
  toml::array* array = world[named.array].as_array();
  if (!said.is_table())
    return problems.add(place, fmt::format("{0}: say which one: {0}.NAME.KEY=VALUE", array_name));
  for (auto&& [name, what] : *said.as_table()) {
    const auto found = entries_called(array, named, name.str());
    const std::string path = array_name + '.' + quoted_where_needed(std::string(name.str()));
    if (!what.is_table()) {
      problems.add(place, fmt::format("{0}: say which key of it: {0}.KEY=VALUE", path));
    } else if (found.empty()) {
      problems.add(place,
                   fmt::format("{}: there is none; there is {}", path, names_of(array, named)));
    } else if (found.size() > 1) {
      problems.add(place, fmt::format("{}: {} are called so; call it by its {}", path, found.size(),
                                      named.by[0] == "mac" ? "mac" : named.by[1]));
    } else {
      merge(*found.front(), std::move(*what.as_table()));
    }
  }
}
}  // namespace

void put_override(toml::table& world, const std::string& override_text, Problems& problems) {
  const SourcePosition place{.source = std::string(kOverride) + "'" + override_text + "'"};
  std::string why, ignored;
  auto said = parse(override_text, place.source, why);
  const std::size_t value = value_of(override_text);
  if (!said && value != std::string_view::npos) {
    said = parse(override_text.substr(0, value) + quoted(override_text.substr(value)), place.source,
                 ignored);
  }
  if (!said || said->empty())
    return problems.add(place, "write TABLE.NAME.KEY=VALUE, such as ap.LAB.rssi=-80; " + why);
  for (const Named& named : kNamed) {
    if (toml::node* entries = said->get(named.array); entries != nullptr) {
      put_into_entries(world, named, *entries, place, problems);
      said->erase(named.array);
    }
  }
  merge(world, std::move(*said));
}
}  // namespace bfq::world

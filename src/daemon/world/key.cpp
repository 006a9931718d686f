#include "daemon/world/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "manual/manual.h"

namespace bfq::world {
SourcePosition place_of(const toml::source_region& source) {
  SourcePosition place;
  if (source.path) place.source = *source.path;
  if (place.source.starts_with(kOverride)) return place;
  place.line = source.begin.line;
  place.column = source.begin.column;
  return place;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
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
  return is_bare ? name : quoted(name);
}

std::string no_such_key(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t kFarthest = 2;
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
        return manual::letters_apart(name, a) < manual::letters_apart(name, b);
      });
  const bool is_near = nearest != known.end() && manual::letters_apart(name, *nearest) <=
                                                     std::min(kFarthest, name.size() / 2);
  if (is_near) return fmt::format("there is no such key; is it {}?", *nearest);
  return fmt::format("there is no such key; write one of these: {}", fmt::join(known, ", "));
}

std::string not_allowed(const std::string& shown, const std::string& why,
                        const std::string& allowed) {
  return fmt::format("{} is not allowed{}; write {}", shown, why.empty() ? "" : ": " + why,
                     allowed);
}

std::string entry_name(const std::string& array, const toml::table& entry, const std::string& by,
                       std::size_t number) {
  const auto name = entry[by].value_exact<std::string>();
  return array + '.' + (name ? quoted_where_needed(*name) : std::to_string(number));
}
}  // namespace bfq::world

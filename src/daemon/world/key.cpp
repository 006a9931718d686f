#include "daemon/world/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "manual/manual.h"

namespace bfq::world {
std::string no_such_key(std::string_view name, const std::vector<std::string>& known) {
  return nearest_of(name, known, "there is no such key");
}

std::string nearest_of(std::string_view name, const std::vector<std::string>& known,
                       std::string_view what) {
  constexpr std::size_t kFarthest = 2;
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
        return manual::letters_apart(name, a) < manual::letters_apart(name, b);
      });
  const bool is_near = nearest != known.end() && manual::letters_apart(name, *nearest) <=
                                                     std::min(kFarthest, name.size() / 2);
  if (is_near) return fmt::format("{}; is it {}?", what, *nearest);
  return fmt::format("{}; write one of these: {}", what, fmt::join(known, ", "));
}

std::string not_allowed(const std::string& shown, const std::string& why,
                        const std::string& allowed) {
  return fmt::format("{} is not allowed{}; write {}", shown, why.empty() ? "" : ": " + why,
                     allowed);
}

std::string entry_name(const std::string& array, const Value::Table& entry, const std::string& by,
                       std::size_t number) {
  const Value* const name = find(entry, by);
  const auto text = name != nullptr ? name->text() : std::nullopt;
  return array + '.' + (text ? quoted_where_needed(std::string(*text)) : std::to_string(number));
}
}  // namespace bfq::world

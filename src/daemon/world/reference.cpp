#include "daemon/world/reference.h"

#include <fmt/format.h>

#include "daemon/world/keys.h"

namespace bfq::world {
namespace {
/// Escaped for a table in Markdown, where a bar would end the cell.
std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

std::string otherwise(const KeyInfo& key) {
  if (key.otherwise.empty()) return "must be there";
  return key.otherwise.front() == '(' ? key.otherwise.substr(1, key.otherwise.size() - 2)
                                      : '`' + key.otherwise + '`';
}

void list_keys(std::string& out, const std::vector<KeyInfo>& keys, const std::string& prefix) {
  for (const KeyInfo& key : keys) {
    if (key.inner.empty()) {
      out += fmt::format("| `{}{}` | {} | {} | {} |\n", prefix, key.name, cell(key.meaning),
                         cell(key.allowed), cell(otherwise(key)));
    } else {
      list_keys(out, key.inner, prefix + key.name + '.');
    }
  }
}
}  // namespace

std::string world_reference() {
  constexpr std::string_view kHead =
      "| key | meaning | allowed | where it is left out |\n|---|---|---|---|\n";
  std::vector<KeyInfo> outside;
  for (const WorldKey<Draft>& key : world_keys())
    if (key.info.inner.empty()) outside.push_back(key.info);
  std::string out = "### Before all tables\n\n" + std::string(kHead);
  list_keys(out, outside, "");
  for (const WorldKey<Draft>& key : world_keys()) {
    if (key.info.inner.empty()) continue;
    const bool repeats = key.info.allowed != "a table";
    out += fmt::format("\n### `{}{}{}`\n\nThis is {}.\n\n", repeats ? "[[" : "[", key.info.name,
                       repeats ? "]]" : "]", key.info.meaning);
    out += kHead;
    list_keys(out, key.info.inner, "");
  }
  return out;
}
}  // namespace bfq::world

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

#include "manual/manual.h"

namespace bfq::manual {
namespace {
/// `at+cwjap_cur`, `+CWJAP_CUR` and `cwjap_cur` are all CWJAP_CUR; AT itself is AT, and E is ATE.
std::string bare(std::string_view name) {
  std::string upper(name);
  for (char& letter : upper)
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  if (upper.starts_with("AT+")) return upper.substr(3);
  if (upper.starts_with('+')) return upper.substr(1);
  return upper == "E" ? "ATE" : upper;
}
}  // namespace

std::size_t letters_apart(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

const at::Command* find(const at::Dialect& dialect, std::string_view name) {
  const std::string wanted = bare(name);
  for (const at::Command& c : dialect.commands)
    if (bare(full_name(c)) == wanted) return &c;
  return nullptr;
}

std::vector<std::string> nearest(const at::Dialect& dialect, std::string_view name) {
  constexpr std::size_t kMost = 4;
  const std::string wanted = bare(name);
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const at::Command& c : dialect.commands) {
    const std::string other = bare(full_name(c));
    const bool contains = wanted.size() > 2 && other.find(wanted) != std::string::npos;
    found.emplace_back(contains ? 1 : letters_apart(wanted, other), full_name(c));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (const auto& [far, full] : found)
    if (names.size() < kMost && far <= std::max<std::size_t>(2, wanted.size() / 3))
      names.push_back(full);
  return names;
}

}  // namespace bfq::manual

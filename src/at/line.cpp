#include "at/line.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace bfq::at {
namespace {
constexpr std::string_view kLowerCaseHead = "at";

/// Whether a name of the table stands in front of one that was typed.
bool is_less(std::string_view of_table, std::string_view typed) {
  return std::lexicographical_compare(of_table.begin(), of_table.end(), typed.begin(), typed.end(),
                                      [](char a, char b) { return upper(a) < upper(b); });
}

bool is_same(std::string_view of_table, std::string_view typed) {
  return std::equal(of_table.begin(), of_table.end(), typed.begin(), typed.end(),
                    [](char a, char b) { return a == upper(b); });
}
}  // namespace

std::size_t find_head(std::string_view line, const Dialect& dialect, std::size_t from) {
  if (slice(line, from).starts_with(kHead)) return from;  // as nearly every line
  const std::size_t capital = line.find(kHead, from);
  if (dialect.switches.head == SwitchPoints::Head::upper_case) return capital;
  if (dialect.switches.head == SwitchPoints::Head::either_case)
    return std::min(capital, line.find(kLowerCaseHead, from));
  while (from + kHeadSize <= line.size() && !is_same(kHead, slice(line, from, kHeadSize))) ++from;
  return from + kHeadSize <= line.size() ? from : std::string_view::npos;
}

const Command* find(const Dialect& dialect, std::string_view name) {
  const CommandTable table = dialect.commands;
  if (dialect.switches.head != SwitchPoints::Head::any_case) return find(table, name);
  const auto at = std::lower_bound(
      table.begin(), table.end(), name,
      [](const Command& c, std::string_view typed) { return is_less(c.name, typed); });
  return at != table.end() && is_same(at->name, name) ? &*at : nullptr;
}

// Fidelity (our decision, dialect 1.2.5): A name matches exactly or not at all; it ends at =, ?, CR
// or the digit in front of that.
Parsed parse(std::string_view line) {
  const auto* end =
      std::find_if(line.begin(), line.end(), [](char c) { return c == '=' || c == '?'; });
  auto at = static_cast<std::size_t>(end - line.begin());
  if (at == line.size() && at > 0 && is_digit(line.back())) --at;
  const std::string_view name = slice(line, 0, at), rest = slice(line, at);
  if (rest.empty()) return {name, Form::execute, {}};
  if (rest == "?") return {name, Form::query, {}};
  if (rest == "=?") return {name, Form::test, {}};
  if (rest.front() == '=') return {name, Form::set, slice(rest, 1)};
  if (is_digit(rest.front()) && rest.size() == 1) return {name, Form::digit, rest};
  return {name, Form::none, {}};
}

bool has_form(const Command& command, Form form) {
  switch (form) {
    case Form::test: return command.test != TestForm::absent;
    case Form::query: return static_cast<bool>(command.query);
    case Form::set: return command.set && !command.digit_follows;
    case Form::execute: return static_cast<bool>(command.execute);
    case Form::digit: return command.set && command.digit_follows;
    case Form::none: break;
  }
  return false;
}
}  // namespace bfq::at

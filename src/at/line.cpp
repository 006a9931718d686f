#include "at/line.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace bfq::at {
namespace {
constexpr std::string_view kHead = "AT", kLowerCaseHead = "at";
}  // namespace

std::size_t find_head(std::string_view line, const Dialect& dialect, std::size_t from) {
  if (slice(line, from).starts_with(kHead)) return from;  // as nearly every line
  const std::size_t upper = line.find(kHead, from);
  if (dialect.switches.head == SwitchPoints::Head::upper_case) return upper;
  return std::min(upper, line.find(kLowerCaseHead, from));
}

// Fidelity (our decision, dialect 1.2.5): A name matches exactly or not at all; it ends at =, ?, a
// digit or CR.
Parsed parse(std::string_view line) {
  const auto* end = std::find_if(line.begin(), line.end(),
                                 [](char c) { return c == '=' || c == '?' || is_digit(c); });
  const auto at = static_cast<std::size_t>(end - line.begin());
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

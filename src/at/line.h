#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "at/dialect.h"

/// How a line is cut, before anybody looks at what its arguments say.
namespace bfq::at {

/// What a command begins with.
inline constexpr std::string_view kHead = "AT";
inline constexpr std::size_t kHeadSize = kHead.size();
/// Where the first head at or behind `from` begins, or npos. What stands in front of it is skipped.
std::size_t find_head(std::string_view line, const Dialect& dialect, std::size_t from = 0);

/// How a command is written: AT+X=?, AT+X?, AT+X=…, AT+X, ATX followed by a digit; none when the
/// rest of the line is no form at all.
enum class Form : std::uint8_t { test, query, set, execute, digit, none };

/// A line taken apart; all views point into the line and are valid as long as it is.
struct Parsed {
  std::string_view name;
  Form form = Form::execute;
  std::string_view arguments;  ///< of a set form
};

/// The row of that name, in whatever case the dialect takes it; nullptr where there is none.
const Command* find(const Dialect&, std::string_view name);

/// Cuts the line that stands behind its head, in parts that point into it.
Parsed parse(std::string_view line);

/// Whether the row has that form. Form::digit is the set form of a row whose digit follows its
/// name.
bool has_form(const Command&, Form);
}  // namespace bfq::at

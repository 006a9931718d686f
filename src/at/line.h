#pragma once
#include <cstdint>
#include <string_view>

#include "at/command.h"

/// How a line is cut, before anybody looks at what its arguments say.
namespace bfq::at {

/// What a line begins with; what stands in front of it is skipped.
inline constexpr std::string_view kHead = "AT";

enum class Form : std::uint8_t { test, query, set, execute, digit, none };

struct Parsed {
  std::string_view name;
  Form form = Form::execute;
  std::string_view arguments;  ///< of a set form
};

/// Cuts the line that stands behind its `AT`, in parts that point into it.
Parsed parse(std::string_view line);

/// Whether the row has that form. Form::digit is the set form of a row whose digit follows its
/// name.
bool has_form(const Command&, Form);
}  // namespace bfq::at

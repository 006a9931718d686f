#pragma once
#include <string>
#include <vector>

#include "at/dialect.h"

namespace bfq::conformance {

/// One line to type and what must become of it.
struct Case {
  enum class Must : std::uint8_t {
    be_refused,           ///< ERROR at once, perhaps with a line of text in front
    be_refused_silently,  ///< ERROR at once and no text
    be_accepted,          ///< anything else
  };
  Must must{};
  std::string line;
  std::string why;
};

/// What follows from one shape of a set form.
struct ShapeCases {
  std::string good;  ///< the line with all arguments at their least
  /// Its syntax as the manual shows it, with and without each thing in brackets: all are accepted.
  std::vector<std::string> by_syntax;
  /// Its beginnings, each without the arguments from some place on: of these, those alone that some
  /// syntax of the row has.
  std::vector<std::string> beginnings;
  std::vector<Case> cases;
};

/// Lines for the forms that a row has, and those that it hasn't.
std::vector<Case> form_cases_of(const at::Command&);

/// For each way to write the set form: arguments that are missing, surplus, of the wrong kind or
/// just out of bounds, and those that are just within.
std::vector<ShapeCases> shape_cases_of(
    const at::Command&, at::SwitchPoints::Numbers = at::SwitchPoints::Numbers::decimal);

/// The line of that shape with all arguments at their least, but the one at `index`.
std::string line_with(const at::Command&, const at::Shape&, std::size_t index,
                      const std::string& value);

/// What AT+X=? must print, OK included.
std::string expected_ranges(const at::Command&);

}  // namespace bfq::conformance

#pragma once
#include <string>
#include <vector>

#include "at/command.h"

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

/// All that follows from one row of the table of commands: the forms that it has not, arguments that are
/// missing, surplus, of the wrong kind or just out of bounds, and those that are just within.
std::vector<Case> cases_of(const at::Command&);

/// What AT+X=? must print, OK included.
std::string expected_ranges(const at::Command&);

}  // namespace bfq::conformance

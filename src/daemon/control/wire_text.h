#pragma once
#include <string_view>

/// What text on a wire looks like.
namespace bfq::control {

/// The module waits for payload: no line end follows.
constexpr bool is_prompt(std::string_view line) { return line == ">" || line == "> "; }

/// The line without its CR LF, or LF.
constexpr std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}
}  // namespace bfq::control

#include "daemon/serial/bare_returns.h"

#include <utility>

#include "base/text.h"

namespace bfq::serial {
bool BareReturns::typed(std::span<const std::byte> bytes) {
  if (told_) return false;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!text.empty()) {
    const std::string_view line = up_to_line_end(text);
    text.remove_prefix(line.size());
    const bool ends_well = line.ends_with("\r\n") && line.find('\r') == line.size() - 2;
    if (ends_well && commands_ == 0)
      seen_ = Seen::nothing;
    else if (line_typed(line))
      return true;
  }
  return false;
}

/// A line, or a part of one.
bool BareReturns::line_typed(std::string_view line) {
  for (const char c : line) {
    switch (c) {
      case '\n':
        commands_ = 0;
        seen_ = Seen::nothing;
        break;
      case '\r':
        if (std::exchange(seen_, Seen::nothing) == Seen::command && ++commands_ == 2)
          return told_ = true;
        break;
      case 'A':
        if (seen_ == Seen::nothing) seen_ = Seen::a;
        break;
      case 'T':
        if (seen_ == Seen::a) seen_ = Seen::command;
        break;
      default:
        if (seen_ == Seen::a) seen_ = Seen::nothing;
        break;
    }
  }
  return false;
}
}  // namespace bfq::serial

#include "daemon/serial/bare_returns.h"

#include <utility>

namespace bfq::serial {
bool BareReturns::typed(std::span<const std::byte> bytes) {
  if (told_) return false;
  for (const std::byte byte : bytes) {
    switch (static_cast<char>(byte)) {
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

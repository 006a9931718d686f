#pragma once
#include <cstdint>

#include "base/described.h"

namespace bfq {
/// Names one request, so that an answer that comes late cannot be taken for the answer to a newer
/// one: each event that answers a request carries its ticket back. 0 is never given out.
struct Ticket {
  std::uint16_t number = 0;
  static constexpr auto kDescription = describe("Ticket", "number");
  bool operator==(const Ticket&) const = default;
};
}  // namespace bfq

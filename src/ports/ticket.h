#pragma once
#include <cstdint>

namespace bfq {
/// Names one request, so that an answer that comes late cannot be taken for the answer to a newer
/// one: each event that answers a request carries its ticket back. 0 is never given out.
struct Ticket {
  std::uint16_t number = 0;
  bool operator==(const Ticket&) const = default;
};
}  // namespace bfq

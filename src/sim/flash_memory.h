#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "ports/messages.h"

namespace bfq::sim {

/// The module's flash memory, which may fail or be slow.
class FlashMemory {
 public:
  std::vector<std::byte> bytes = std::vector<std::byte>(flash::kImageSize, flash::kErased);
  Duration takes = 2ms;
  bool fails = false;
  /// Where power goes away: that many bytes into the next Program, and no further.
  std::optional<std::size_t> cut_after{};
  std::size_t programs = 0;  ///< how many were begun, for tests that count writes

  // As an adapter (runtime/adapters.h) ------------------------------------------------------------

  void take(const flash::Request& request, std::span<const std::byte> output, Instant now);
  std::optional<Event> next_event(Instant now);
  Deadline next_deadline(Instant) const;
  void power_off(Instant) { answers_.clear(); }
  bool at_rest() const { return true; }
  std::span<const std::byte> image() const { return bytes; }

 private:
  struct Answer {
    Instant at;
    Event event;
  };
  void program(const flash::Program& program, std::span<const std::byte> output);

  std::deque<Answer> answers_{};
};
}  // namespace bfq::sim

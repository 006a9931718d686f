#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <variant>
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

  void take(const flash::Request& request, std::span<const std::byte> output, Instant now) {
    const auto [ticket, slot] =
        std::visit([](auto r) { return std::pair(r.ticket, r.slot); }, request);
    const auto content = std::span(bytes).subspan(slot * flash::kSlotSize, flash::kSlotSize);
    if (std::holds_alternative<flash::Program>(request)) {
      program(content, output);
      if (cut_after) return;
    } else if (!fails) {
      std::fill(content.begin(), content.end(), flash::kErased);
    }
    answers_.emplace_back(now + takes, fails ? Event(flash::Failed{ticket}) : flash::Done{ticket});
  }
  std::optional<Event> next_event(Instant now) {
    if (!next_deadline(now).due(now)) return std::nullopt;
    const Event event = answers_.front().second;
    answers_.pop_front();
    return event;
  }
  Deadline next_deadline(Instant) const {
    return answers_.empty() ? Deadline::never() : answers_.front().first;
  }
  void power_off(Instant) { answers_.clear(); }
  bool at_rest() const { return true; }
  std::span<const std::byte> image() const { return bytes; }

 private:
  void program(std::span<std::byte> content, std::span<const std::byte> output) {
    ++programs;
    std::size_t n = fails ? output.size() / 2 : output.size();
    if (cut_after) n = std::min(n, *cut_after);
    for (std::size_t i = 0; i < n; ++i) content[i] &= output[i];
  }

  std::deque<std::pair<Instant, Event>> answers_{};
};
}  // namespace bfq::sim

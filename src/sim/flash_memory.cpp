#include "sim/flash_memory.h"

#include <algorithm>
#include <variant>

#include "base/overloaded.h"

namespace bfq::sim {

void FlashMemory::take(const flash::Request& request, std::span<const std::byte> output,
                       Instant now) {
  const Ticket ticket = std::visit([](const auto& r) { return r.ticket; }, request);
  const bool power_goes = std::holds_alternative<flash::Program>(request) && cut_after;
  std::visit(overloaded{
                 [&](const flash::Erase& r) {
                   const auto slot = std::span(bytes).subspan(r.slot * flash::kSlotSize);
                   if (!fails) std::fill_n(slot.begin(), flash::kSlotSize, flash::kErased);
                 },
                 [&](const flash::Program& r) { program(r, output); },
             },
             request);
  if (power_goes) return;
  const Event answer = fails ? Event(flash::Failed{ticket}) : Event(flash::Done{ticket});
  answers_.push_back({now + takes, answer});
}

void FlashMemory::program(const flash::Program& program, std::span<const std::byte> output) {
  ++programs;
  std::size_t n = fails ? output.size() / 2 : output.size();
  if (cut_after) n = std::min(n, *cut_after);
  for (std::size_t i = 0; i < n; ++i) bytes[program.slot * flash::kSlotSize + i] &= output[i];
}

std::optional<Event> FlashMemory::next_event(Instant now) {
  if (!next_deadline(now).due(now)) return std::nullopt;
  const Event event = answers_.front().event;
  answers_.pop_front();
  return event;
}

Deadline FlashMemory::next_deadline(Instant) const {
  return answers_.empty() ? Deadline::never() : answers_.front().at;
}
}  // namespace bfq::sim

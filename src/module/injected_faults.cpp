#include "module/injected_faults.h"

#include <utility>

#include "module/chip.h"

namespace bfq {
namespace {
// Ours: data that has come already is there at once; what comes later waits for the next command.
constexpr Duration kLineWaits = 20ms;
}  // namespace

bool InjectedFaults::take(Fault fault) {
  if (!waits(fault)) return false;
  waiting_ = static_cast<std::uint8_t>(waiting_ & ~bit(fault));
  return true;
}

void InjectedFaults::on(Chip& chip, const faults::StayBusy& event) {
  add(Fault::stay_busy);
  busy_until_ = chip.now() + std::chrono::milliseconds(event.time_ms);
}

void InjectedFaults::on(Chip& chip, const faults::InterruptReply& event) {
  add(Fault::interrupt_reply);
  held_until_ = chip.now() + std::chrono::milliseconds(event.time_ms);
}

bool InjectedFaults::delays_closed(std::uint8_t link) {
  if (!take(Fault::delay_closed)) return false;
  owed_closed_ |= bit(link);
  return true;
}

bool InjectedFaults::owes_closed(std::uint8_t link) {
  if (!faults::kAreHere || (owed_closed_ & bit(link)) == 0) return false;
  owed_closed_ = static_cast<std::uint8_t>(owed_closed_ & ~bit(link));
  return true;
}

bool InjectedFaults::holds_line(const Chip& chip, std::byte typed) {
  if (!waits(Fault::interrupt_reply)) return false;
  if (!due_.is_never()) return true;
  const bool may_run = std::exchange(lets_line_run_, false);
  const bool is_idle = chip.job<NoJob>() != nullptr && chip.links().any_open();
  if (!may_run && is_idle && typed == std::byte{'\r'}) due_ = chip.now() + kLineWaits;
  return false;
}

/// Only where nothing is taken of what is typed they are let go: else what is printed first would
/// depend on how much of that comes at once.
bool InjectedFaults::holds_data(const Chip& chip) const {
  return waits(Fault::interrupt_reply) && due_.is_never() && chip.job<PassingThrough>() == nullptr;
}

void InjectedFaults::data_was_printed() {
  if (!take(Fault::interrupt_reply)) return;
  lets_line_run_ = false;
  held_until_ = due_ = Deadline::never();
}

Deadline InjectedFaults::next_deadline() const {
  if (!any()) return Deadline::never();
  return earliest({busy_until_, held_until_, due_});
}

void InjectedFaults::advance(Chip& chip) {
  if (!next_deadline().due(chip.now())) return;
  if (busy_until_.due(chip.now())) {
    take(Fault::stay_busy);
    busy_until_ = Deadline::never();
  }
  if (due_.due(chip.now())) {
    due_ = Deadline::never();
    lets_line_run_ = true;
  }
  if (held_until_.due(chip.now())) data_was_printed();
}
}  // namespace bfq

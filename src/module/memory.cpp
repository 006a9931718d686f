#include "module/memory.h"

#include "module/chip.h"

namespace bfq {
namespace {
/// Whether UART settings are written even if they are what holds anyway: AT+UART_DEF? of such a
/// dialect tells settings that were stored from those of the factory.
bool is_first_uart(const Chip& chip, Effect effect, const WriteCounts& writes) {
  return effect == Effect::uart && writes[static_cast<std::size_t>(Key::uart)] == 0 &&
         chip.dialect().switches.uart_reply == at::SwitchPoints::UartReply::as_achieved;
}

/// Counts a write for each key whose value changes, and for the UART's where it is written anyway;
/// false when there is none.
bool count_changes(const Settings& from, const Settings& to, bool first_uart, WriteCounts& writes) {
  bool changed = false;
  for (std::size_t key = 0; key < kKeys; ++key) {
    Settings probe = from;
    copy_key(static_cast<Key>(key), to, probe);
    if (probe == from && !(first_uart && static_cast<Key>(key) == Key::uart)) continue;
    ++writes[key];
    changed = true;
  }
  return changed;
}
}  // namespace

void Memory::load(std::span<const std::byte> image, const Settings& factory) {
  const Loaded loaded = load_record(image, factory);
  record_ = loaded.stored;
  slot_ = loaded.slot;
  condition_ = loaded.condition;
  background_.reset();
}

at::Answer Memory::save(Chip& chip, const Settings& wanted, Effect effect) {
  Saving job{.effect = effect};
  // Fidelity (our decision, dialect 8.1): What is stored already is not written again, and answers
  // OK.
  // Fidelity (our decision, dialect 8.2): OK comes once flash has the change. When flash fails:
  // ERROR, and the old settings stay.
  if (!begin_to_store(chip, wanted, job)) return chip.apply(in_use_, effect);
  chip.start(job);
  return at::Answer::later;
}

void Memory::save_in_background(Chip& chip, const Settings& wanted) {
  Saving saving{};
  if (begin_to_store(chip, wanted, saving)) background_ = saving;
}

bool Memory::begin_to_store(Chip& chip, const Settings& wanted, Saving& saving) {
  next_ = record_;
  const bool first_uart = is_first_uart(chip, saving.effect, record_.writes);
  if (!count_changes(record_.settings, wanted, first_uart, next_.writes)) return false;
  next_.settings = wanted;
  ++next_.sequence;
  size_ = encode_record(next_, buffer_);
  saving.ticket = chip.new_ticket();
  chip.request(flash::Erase{saving.ticket, static_cast<std::uint8_t>(1 - slot_)});
  return true;
}

bool Memory::is_stored(Chip& chip, Saving& saving) {
  if (saving.step == Saving::Step::programming) {
    record_ = next_;
    slot_ = static_cast<std::uint8_t>(1 - slot_);
    return true;
  }
  saving.step = Saving::Step::programming;
  saving.ticket = chip.new_ticket();
  chip.request(flash::Program{saving.ticket, static_cast<std::uint8_t>(1 - slot_)});
  return false;
}

void Memory::on(Chip& chip, const flash::Done& event) {
  if (background_ && background_->ticket == event.ticket) {
    if (is_stored(chip, *background_)) background_.reset();
    return;
  }
  auto* job = chip.job<Saving>();
  if (job == nullptr || job->ticket != event.ticket || !is_stored(chip, *job)) return;
  const Effect effect = job->effect;
  // What waits to be said happened before this. A join prints nothing yet: its result needs the
  // reserve, with all that will wait by then.
  if (effect != Effect::join) chip.reply();
  chip.start(NoJob{});
  const at::Answer answer = chip.apply(in_use_, effect);
  if (answer != at::Answer::later) chip.finish_first(answer);
}

/// The old record is untouched in its own slot, so the old settings go on.
void Memory::on(Chip& chip, const flash::Failed& event) {
  if (background_ && background_->ticket == event.ticket) return background_.reset();
  const auto* job = chip.job<Saving>();
  if (job != nullptr && job->ticket == event.ticket) chip.finish(at::Answer::error);
}

bool Memory::restored() {
  size_ = encode_record(next_, buffer_);
  return slot_ < flash::kSlots;
}

bool Memory::settings_fit(bool saves) const {
  if (saves && background_) return false;
  return can_be_stored(record_.settings) && (!background_ || can_be_stored(next_.settings)) &&
         (!saves || (can_be_stored(next_.settings) && can_be_stored(in_use_)));
}
}  // namespace bfq

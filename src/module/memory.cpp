#include "module/memory.h"

#include "module/chip.h"

namespace bfq {
namespace {
/// Counts a write for each key whose value changes; false when none does.
bool count_changes(const Settings& from, const Settings& to, WriteCounts& writes) {
  bool changed = false;
  for (std::size_t key = 0; key < kKeys; ++key) {
    Settings probe = from;
    copy_key(static_cast<Key>(key), to, probe);
    if (probe == from) continue;
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
}

at::Answer Memory::save(Chip& chip, const Settings& wanted, const Settings& in_use, Effect effect) {
  next_ = record_;
  // Fidelity (our decision, see Memory): What is stored already is not written again, and answers
  // OK.
  // Fidelity (our decision, see Memory): OK comes once flash has the change. When flash fails:
  // ERROR, and the old settings stay.
  if (!count_changes(record_.settings, wanted, next_.writes)) return chip.apply(in_use, effect);
  in_use_ = in_use;
  next_.settings = wanted;
  ++next_.sequence;
  size_ = encode_record(next_, buffer_);
  const Saving job{.step = Saving::Step::erasing, .effect = effect, .ticket = chip.new_ticket()};
  chip.request(flash::Erase{job.ticket, static_cast<std::uint8_t>(1 - slot_)});
  chip.start(job);
  return at::Answer::later;
}

void Memory::on(Chip& chip, const flash::Done& event) {
  auto* job = chip.job<Saving>();
  if (job == nullptr || job->ticket != event.ticket) return;
  if (job->step == Saving::Step::erasing) {
    job->step = Saving::Step::programming;
    job->ticket = chip.new_ticket();
    chip.request(flash::Program{job->ticket, static_cast<std::uint8_t>(1 - slot_)});
    return;
  }
  record_ = next_;
  slot_ = static_cast<std::uint8_t>(1 - slot_);
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
  const auto* job = chip.job<Saving>();
  if (job != nullptr && job->ticket == event.ticket) chip.finish(at::Answer::error);
}

bool Memory::restored() {
  size_ = encode_record(next_, buffer_);
  return slot_ < flash::kSlots;
}

bool Memory::settings_fit(bool saves) const {
  return can_be_stored(record_.settings) &&
         (!saves || (can_be_stored(next_.settings) && can_be_stored(in_use_)));
}
}  // namespace bfq

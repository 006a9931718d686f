#include "module/memory.h"

#include "module/module.h"

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

at::Answer Memory::save(Module& module, const Settings& wanted, const Settings& in_use,
                        Effect effect) {
  next_ = record_;
  // Fidelity (our decision, see Memory): What is stored already is not written again, and answers
  // OK.
  // Fidelity (our decision, see Memory): OK comes once flash has the change. When flash fails:
  // ERROR, and the old settings stay.
  if (!count_changes(record_.settings, wanted, next_.writes)) return module.apply(in_use, effect);
  in_use_ = in_use;
  next_.settings = wanted;
  ++next_.sequence;
  size_ = encode_record(next_, buffer_);
  const Saving job{.step = Saving::Step::erasing, .effect = effect, .ticket = module.new_ticket()};
  module.request(flash::Erase{job.ticket, static_cast<std::uint8_t>(1 - slot_)});
  module.start(job);
  return at::Answer::later;
}

void Memory::on(Module& module, const flash::Done& event) {
  auto* job = module.job<Saving>();
  if (job == nullptr || job->ticket != event.ticket) return;
  if (job->step == Saving::Step::erasing) {
    job->step = Saving::Step::programming;
    job->ticket = module.new_ticket();
    module.request(flash::Program{job->ticket, static_cast<std::uint8_t>(1 - slot_)});
    return;
  }
  record_ = next_;
  slot_ = static_cast<std::uint8_t>(1 - slot_);
  const Effect effect = job->effect;
  module.reply();  // what waits to be said happened before this
  module.start(NoJob{});
  const at::Answer answer = module.apply(in_use_, effect);
  if (answer != at::Answer::later) module.finish_first(answer);
}

/// The old record is untouched in its own slot, so the old settings go on.
void Memory::on(Module& module, const flash::Failed& event) {
  const auto* job = module.job<Saving>();
  if (job != nullptr && job->ticket == event.ticket) module.finish(at::Answer::error);
}
}  // namespace bfq

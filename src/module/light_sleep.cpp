#include "module/light_sleep.h"

#include "module/chip.h"

namespace bfq {
// Fidelity (our decision, dialect 4.1.4): Light sleep ends the association, as AT+CWQAP does, and
// an association keeps the module awake: its radio is off while it sleeps.
void LightSleep::choose(Chip& chip, Mode mode) {
  mode_ = mode;
  if (mode == Mode::light) chip.station().disassociate(chip);
}

void LightSleep::wake_by(Chip& chip, std::optional<PinSignal> trigger,
                         std::optional<PinSignal> flag) {
  trigger_ = trigger;
  flag_ = flag;
  if (trigger) chip.pins().listen(chip, trigger->pin);
  show_awake(chip, true);
}

// Fidelity (our decision, dialect 4.1.5): Without a pin that wakes it, a module in light sleep
// hears its host, as the serial line wakes it in time. With one it sleeps, and what is typed is
// lost, until the pin has its level; while it has that, the module stays awake.
bool LightSleep::may_sleep(Chip& chip) const {
  return mode_ == Mode::light && trigger_ && !is_woken(chip) && !chip.has_access_point() &&
         chip.station().is_idle();
}

void LightSleep::look(Chip& chip, bool is_idle) {
  if (!is_idle || !may_sleep(chip))
    falls_asleep_ = Deadline::never();
  else if (falls_asleep_.is_never())
    falls_asleep_ = chip.now() + kFallsAsleepAfter;
}

void LightSleep::begin(Chip& chip) {
  falls_asleep_ = Deadline::never();
  show_awake(chip, false);
}

void LightSleep::end(Chip& chip) { show_awake(chip, true); }

bool LightSleep::is_woken(Chip& chip) const {
  return trigger_ && chip.pins().is_high(trigger_->pin) == trigger_->high;
}

void LightSleep::show_awake(Chip& chip, bool awake) const {
  if (flag_) chip.pins().drive(chip, flag_->pin, flag_->high == awake);
}

bool LightSleep::restored() const {
  const auto there_is = [](const std::optional<PinSignal>& s) {
    return !s || s->pin < pins::kPins;
  };
  return there_is(trigger_) && there_is(flag_);
}
}  // namespace bfq

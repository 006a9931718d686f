#include "commands/hardware.h"

#include "at/fields.h"
#include "module/chip.h"

namespace bfq::commands {
// Sleep -------------------------------------------------------------------------------------------

Refusal needs_station_alone(const Chip& chip) {
  return chip.mode() == WifiMode::station ? kAccepted : at::refuse();
}

Answer show_sleep_mode(Chip& chip) {
  chip.info().number(static_cast<int>(chip.sleep().mode())).end();
  return Answer::ok;
}

Answer set_sleep_mode(Chip& chip, const SleepArgs& args) {
  chip.sleep().choose(chip, args.mode);
  return Answer::ok;
}

Answer sleep_deeply(Chip& chip, const DeepSleepArgs& args) {
  chip.reply().number(args.time_ms).end();
  chip.sleep_deeply({args.time_ms});
  return Answer::ok;
}

bool turns_wake_up_off(const Chip&, Fields fields) {
  return !fields.empty() && fields[0].text == "0";
}

Answer set_wake_up(Chip& chip, const WakeUpArgs& args) {
  std::optional<PinSignal> trigger, flag;
  if (args.enable != 0) trigger = PinSignal{args.trigger_pin, args.trigger_level != 0};
  if (args.awake_pin) flag = PinSignal{*args.awake_pin, args.awake_level.value_or(0) != 0};
  if (flag && flag->pin == trigger->pin) return Answer::error;
  chip.sleep().wake_by(chip, trigger, flag);
  return Answer::ok;
}

Answer show_power(Chip& chip) {
  chip.info().number(chip.station().power()).end();
  return Answer::ok;
}

Answer set_power(Chip& chip, const PowerArgs& args) {
  chip.station().set_power(chip, args.quarter_dbm);
  return Answer::ok;
}

// Pins --------------------------------------------------------------------------------------------

Answer set_up_pin(Chip& chip, const PinArgs& args) {
  chip.pins().set_up(chip, args.pin, {.mode = args.mode, .pull_up = args.pull_up != 0});
  return Answer::ok;
}

Answer show_pin_setup(Chip& chip, const PinArgs& args) {
  const Pins::Setup& setup = chip.pins().setup(args.pin);
  chip.info()
      .number(args.pin)
      .comma()
      .number(setup.mode)
      .comma()
      .number(setup.pull_up ? 1 : 0)
      .end();
  return Answer::ok;
}

Answer set_pin_direction(Chip& chip, const PinArgs& args) {
  if (!chip.pins().is_gpio(args.pin)) return chip.refuse(Word::not_gpio_mode);
  chip.pins().set_direction(chip, args.pin, args.direction != 0);
  return Answer::ok;
}

Answer write_pin(Chip& chip, const PinArgs& args) {
  if (!chip.pins().is_output(args.pin)) return chip.refuse(Word::not_output);
  chip.pins().write(chip, args.pin, args.level != 0);
  return Answer::ok;
}

Answer read_pin(Chip& chip, const PinArgs& args) {
  const Pins& pins = chip.pins();
  if (!pins.is_gpio(args.pin)) return chip.refuse(Word::not_gpio_mode);
  chip.info()
      .number(args.pin)
      .comma()
      .number(pins.is_output(args.pin) ? 1 : 0)
      .comma()
      .number(pins.is_high(args.pin) ? 1 : 0)
      .end();
  return Answer::ok;
}
}  // namespace bfq::commands

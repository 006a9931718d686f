#include "module/pins.h"

#include <algorithm>

#include "module/chip.h"

namespace bfq {
namespace {
// Fidelity (our decision, ESP8266 Pin List): Pins 0, 2, 4 and 5 are general-purpose pins in mode 0,
// the others in mode 3, as with the manual's pin 12.
constexpr std::array<std::uint8_t, pins::kPins> kGpioMode = {0, 3, 0, 3, 0, 0, 3, 3,
                                                             3, 3, 3, 3, 3, 3, 3, 3};

pins::Level level_of(bool high) { return high ? pins::Level::high : pins::Level::low; }
}  // namespace

bool Pins::is_gpio(std::uint8_t pin) const { return pins_[pin].setup.mode == kGpioMode[pin]; }

void Pins::set_up(Chip& chip, std::uint8_t pin, const Setup& setup) {
  set_direction(chip, pin, false);
  pins_[pin].setup = setup;
}

void Pins::set_direction(Chip& chip, std::uint8_t pin, bool output) {
  Pin& it = pins_[pin];
  if (output == it.output) return;
  it.output = output;
  chip.request(pins::Drive{pin, output ? level_of(it.written_high) : pins::Level::open});
}

void Pins::write(Chip& chip, std::uint8_t pin, bool high) {
  Pin& it = pins_[pin];
  if (high == it.written_high) return;
  it.written_high = high;
  if (it.output) chip.request(pins::Drive{pin, level_of(high)});
}

bool Pins::is_high(std::uint8_t pin) const {
  const Pin& it = pins_[pin];
  if (it.output) return it.written_high;
  return it.outside == pins::Level::open ? it.setup.pull_up : it.outside == pins::Level::high;
}

void Pins::listen(Chip& chip, std::uint8_t pin) {
  set_direction(chip, pin, false);
  pins_[pin].setup.mode = kGpioMode[pin];
}

void Pins::drive(Chip& chip, std::uint8_t pin, bool high) {
  pins_[pin].setup.mode = kGpioMode[pin];
  write(chip, pin, high);
  set_direction(chip, pin, true);
}

void Pins::on(Chip&, const pins::Driven& event) {
  if (event.pin < pins_.size()) pins_[event.pin].outside = event.level;
}

void Pins::on(Chip&, const pins::Measured& event) {
  measured_ = std::min(event.value, pins::kMostMeasured);
}
}  // namespace bfq

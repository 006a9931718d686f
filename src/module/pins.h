#pragma once
#include <array>
#include <cstdint>

#include "base/described.h"
#include "ports/messages.h"

namespace bfq {
class Chip;

/// The module's sixteen pins: what each is used for, what the module drives, and how it is held
/// from outside. Numbers of pins are less than pins::kPins in every call.
class Pins {
 public:
  static constexpr auto kDescription = describe("Pins", "pins", "measured");

  /// How a pin is set up (AT+SYSIOSETCFG).
  struct Setup {
    std::uint8_t mode = 0;  ///< which function of the chip has it
    bool pull_up = false;   ///< high where nothing holds it
    static constexpr auto kDescription = describe("Pins::Setup", "mode", "pull_up");
  };

  /// Gives the pin to that function; as a general-purpose pin it is an input then.
  void set_up(Chip&, std::uint8_t pin, const Setup&);
  const Setup& setup(std::uint8_t pin) const { return pins_[pin].setup; }
  /// Whether it is a general-purpose pin.
  bool is_gpio(std::uint8_t pin) const;

  /// Makes a general-purpose pin an output, which drives the level that was written last, or an
  /// input.
  void set_direction(Chip&, std::uint8_t pin, bool output);
  bool is_output(std::uint8_t pin) const { return pins_[pin].output; }
  /// Chooses the level of an output.
  void write(Chip&, std::uint8_t pin, bool high);
  /// True when the pin is high: an output as it was written, any other as it is held from outside,
  /// or else by its pull-up resistor.
  bool is_high(std::uint8_t pin) const;

  /// Makes it an input, whatever it was.
  void listen(Chip&, std::uint8_t pin);
  /// Makes it an output with that level, whatever it was.
  void drive(Chip&, std::uint8_t pin, bool high);

  /// What the analog input reads.
  std::uint16_t measured() const { return measured_; }

  /// A pin that there is not is nobody's.
  void on(Chip&, const pins::Driven&);
  void on(Chip&, const pins::Measured&);

 private:
  struct Pin {
    Setup setup{};
    bool output = false;
    bool written_high = false;
    pins::Level outside{};
    static constexpr auto kDescription =
        describe("Pin", "setup", "output", "written_high", "outside");
  };
  std::array<Pin, pins::kPins> pins_{};
  std::uint16_t measured_ = 0;
  friend MemberAccess;
};
}  // namespace bfq

#pragma once
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/described.h"

/// The module's general-purpose pins and its analog input, and what is attached to them.
///
/// From a Watch until the power goes, each change of what holds a pin from outside is told by one
/// Driven, and of the analog input by one Measured; pins that are held when the Watch comes, and an
/// input that is not 0, are told of at once. What the module itself does
/// with a pin is said by Drive; without one since the power came, it holds none.
namespace bfq::pins {

inline constexpr std::size_t kPins = 16;

/// What one side does with a pin: nothing, or it holds it at a level.
enum class Level : std::uint8_t { open, low, high, last = high };

/// Asks to be told how pins are held from outside. Asked once, at every start.
struct Watch {
  static constexpr auto kDescription = describe("pins::Watch");
};

/// The module holds that pin so from now on. Not answered.
struct Drive {
  std::uint8_t pin = 0;
  Level level{};
  static constexpr auto kDescription = describe("pins::Drive", "pin", "level");
};

/// What is attached to that pin holds it so from now on.
struct Driven {
  std::uint8_t pin = 0;
  Level level{};
  static constexpr auto kDescription = describe("pins::Driven", "pin", "level");
};

/// The analog input reads so from now on.
struct Measured {
  std::uint16_t value = 0;  ///< 0 to kMostMeasured
  static constexpr auto kDescription = describe("pins::Measured", "value");
};
inline constexpr std::uint16_t kMostMeasured = 1024;

/// All that the module asks about its pins.
using Request = std::variant<Watch, Drive>;

/// All that the module is told about them.
using Event = std::variant<Driven, Measured>;
}  // namespace bfq::pins

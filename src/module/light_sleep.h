#pragma once
#include <cstdint>
#include <optional>

#include "base/described.h"
#include "base/time.h"
#include "ports/pins.h"

namespace bfq {
class Chip;

/// A pin, and the level that means something there.
struct PinSignal {
  std::uint8_t pin = 0;  ///< less than pins::kPins
  bool high = false;
  static constexpr auto kDescription = describe("PinSignal", "pin", "high");
  bool operator==(const PinSignal&) const = default;
};

/// Light sleep, and the pin that wakes the module from it (AT+SLEEP, AT+WAKEUPGPIO). Asleep, the
/// module takes nothing from its host and says nothing.
///
///          kFallsAsleepAfter without anything to do
///   awake ------------------------------------------> asleep
///     ^                                                  |
///     |     the pin has the level that wakes, a reset    |
///     +--------------------------------------------------+
class LightSleep {
 public:
  static constexpr auto kDescription =
      describe("LightSleep", "mode", "trigger", "flag", "falls_asleep");

  /// The numbers are those of AT+SLEEP.
  enum class Mode : std::uint8_t {
    off = 0,
    light = 1,
    modem = 2,
    modem_by_listening = 3,  ///< as modem, but for how it is called
    last = modem_by_listening
  };

  /// How long nothing has been typed, printed or under way when the module falls asleep.
  // Fidelity (our decision, dialect 4.1.7): The module falls asleep when nothing was typed,
  // printed or under way for 100 ms.
  static constexpr Duration kFallsAsleepAfter = 100ms;

  Mode mode() const { return mode_; }
  /// What holds when the module starts.
  void begin_with(Mode mode) { mode_ = mode; }
  /// AT+SLEEP: light sleep leaves the access point.
  void choose(Chip&, Mode);
  /// AT+WAKEUPGPIO: what wakes the module, if anything, and which pin says that it is awake.
  void wake_by(Chip&, std::optional<PinSignal> trigger, std::optional<PinSignal> flag);

  /// After each input: whether the module has nothing to do.
  void look(Chip&, bool is_idle);
  /// Something was typed, so that the time begins anew.
  void disturb() { falls_asleep_ = Deadline::never(); }
  /// When the module falls asleep, unless something happens.
  Deadline next_deadline() const { return falls_asleep_; }
  /// It falls asleep; it has been woken.
  void begin(Chip&);
  void end(Chip&);
  /// Whether the pin has the level that wakes.
  bool is_woken(Chip&) const;

  /// See Chip.
  [[nodiscard]] bool restored() const;

 private:
  bool may_sleep(Chip&) const;
  void show_awake(Chip&, bool awake) const;

  Mode mode_ = Mode::modem;
  std::optional<PinSignal> trigger_;
  std::optional<PinSignal> flag_;
  Deadline falls_asleep_;
  friend MemberAccess;
};
}  // namespace bfq

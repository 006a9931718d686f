#pragma once
#include <array>
#include <functional>
#include <list>
#include <optional>

#include "base/mac.h"
#include "base/time.h"
#include "ports/messages.h"

namespace bfq::sim {
class Medium;

/// What is attached to one module's pins: it holds them as the world says, from start to start, and
/// sees how the module drives them. It does no I/O.
class Wiring {
 public:
  /// The module with that station; `medium` must outlive it.
  Wiring(Medium& medium, MacAddress station);
  ~Wiring();
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;

  MacAddress station() const { return station_; }

  /// The pin is held so from now on. Numbers of pins are less than pins::kPins. For Medium, see
  /// SetPin.
  void hold(std::uint8_t pin, pins::Level level);
  /// The analog input reads so from now on. For Medium, see SetAnalogInput.
  void measure(std::uint16_t value);
  /// How the module drives it.
  pins::Level driven(std::uint8_t pin) const { return driven_[pin]; }

  /// Is called within a hold() that the module has to be told of. It is for waking up who sleeps,
  /// and must not call anything in the medium.
  void when_due(std::function<void()> wake) { wake_ = std::move(wake); }

  // As an adapter (runtime/adapters.h) ------------------------------------------------------------

  void take(const pins::Request&, Instant);
  std::optional<Event> next_event(Instant);
  Deadline next_deadline(Instant now) const { return untold_.empty() ? Deadline() : now; }
  void power_off(Instant);

 private:
  Medium& medium_;
  MacAddress station_;
  std::function<void()> wake_{};
  std::array<pins::Level, pins::kPins> held_{}, driven_{};
  bool is_watched_ = false;
  std::uint16_t measured_ = 0;
  std::list<pins::Event> untold_{};
};

}  // namespace bfq::sim

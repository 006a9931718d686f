#include "sim/wiring.h"

#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "sim/medium.h"

namespace bfq::sim {
Wiring::Wiring(Medium& medium, MacAddress station) : medium_(medium), station_(station) {
  medium_.enter(*this);
}

Wiring::~Wiring() { medium_.leave(*this); }

void Wiring::hold(std::uint8_t pin, pins::Level level) {
  if (std::exchange(held_[pin], level) == level || !is_watched_) return;
  untold_.push_back(pins::Driven{pin, level});
  if (wake_) wake_();
}

void Wiring::measure(std::uint16_t value) {
  if (std::exchange(measured_, value) == value || !is_watched_) return;
  untold_.push_back(pins::Measured{value});
  if (wake_) wake_();
}

void Wiring::take(const pins::Request& request, Instant) {
  std::visit(overloaded{
                 [&](const pins::Watch&) {
                   is_watched_ = true;
                   for (std::uint8_t pin = 0; pin < held_.size(); ++pin)
                     if (held_[pin] != pins::Level::open)
                       untold_.push_back(pins::Driven{pin, held_[pin]});
                   if (measured_ != 0) untold_.push_back(pins::Measured{measured_});
                 },
                 [&](const pins::Drive& drive) { driven_[drive.pin] = drive.level; },
             },
             request);
}

std::optional<Event> Wiring::next_event(Instant) {
  if (untold_.empty()) return std::nullopt;
  const pins::Event event = untold_.front();
  untold_.pop_front();
  return std::visit([](const auto& e) -> Event { return e; }, event);
}

void Wiring::power_off(Instant) {
  is_watched_ = false;
  untold_.clear();
  driven_ = {};
}
}  // namespace bfq::sim

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
  untold_.push_back({pin, level});
  if (wake_) wake_();
}

void Wiring::take(const pins::Request& request, Instant) {
  std::visit(overloaded{
                 [&](const pins::Watch&) {
                   is_watched_ = true;
                   for (std::uint8_t pin = 0; pin < held_.size(); ++pin)
                     if (held_[pin] != pins::Level::open) untold_.push_back({pin, held_[pin]});
                 },
                 [&](const pins::Drive& drive) { driven_[drive.pin] = drive.level; },
             },
             request);
}

std::optional<Event> Wiring::next_event(Instant) {
  if (untold_.empty()) return std::nullopt;
  const pins::Driven event = untold_.front();
  untold_.pop_front();
  return event;
}

void Wiring::power_off(Instant) {
  is_watched_ = false;
  untold_.clear();
  driven_ = {};
}
}  // namespace bfq::sim

#pragma once
#include <string_view>
#include <variant>

#include "base/variants.h"
#include "ports/faults.h"
#include "ports/flash.h"
#include "ports/lease.h"
#include "ports/mqtt.h"
#include "ports/network.h"
#include "ports/pins.h"
#include "ports/power.h"
#include "ports/radio.h"
#include "ports/uart.h"
#include "ports/web.h"

namespace bfq {
/// All that the module may ask of the world: what it asks of each port.
using Request =
    Concatenated<radio::Request, lease::Request, net::Request, flash::Request, uart::Request,
                 power::Request, pins::Request, web::Request, mqtt::Request>;

/// All that the world may tell the module.
using Event = Concatenated<radio::Event, lease::Event, net::Event, flash::Event, power::Event,
                           uart::Event, pins::Event, web::Event, mqtt::Event, faults::Event>;

/// Calls `visit(member)` for each member of the message that is described as secret.
template <Described... Messages, class Visit>
constexpr void for_each_secret(std::variant<Messages...>& message, Visit visit) {
  std::visit([&](auto& m) { for_each_secret(m, visit); }, message);
}

/// What a message is called: "radio::Joined". Static text.
template <Described... Messages>
constexpr std::string_view name_of(const std::variant<Messages...>& message) {
  return std::visit([]<class M>(const M&) { return M::kDescription.name; }, message);
}
}  // namespace bfq

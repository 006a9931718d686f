#pragma once
#include <variant>

#include "base/described.h"
#include "base/uart_format.h"

/// The serial line itself. Its bytes go by span through Module's own functions.
namespace bfq::uart {
/// From now on the line works like this. Asked at every start, and when all that was to be sent in
/// the old way has been sent. Not answered.
struct Configure {
  UartFormat format{};
  static constexpr auto kDescription = describe("uart::Configure", "format");
};

/// Told: the host has dropped DTR where that means to hang up. The module is back in command mode
/// and has closed its links when the call returns.
struct HangUp {
  static constexpr auto kDescription = describe("uart::HangUp");
};

/// All that the module asks of the line.
using Request = std::variant<Configure>;

/// All that the module is told of it.
using Event = std::variant<HangUp>;
}  // namespace bfq::uart

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

/// All that the module asks of the line.
using Request = std::variant<Configure>;
}  // namespace bfq::uart

#pragma once
#include <cstdint>

#include "base/described.h"

namespace bfq {
/// How a UART sends its bits. The numbers are those of AT+UART; the defaults are the factory's.
struct UartFormat {
  std::uint32_t baud = 115200;
  std::uint8_t data_bits = 8;  ///< 5 to 8
  std::uint8_t stop_bits = 1;  ///< 1: one, 2: one and a half, 3: two
  std::uint8_t parity = 0;     ///< 0 none, 1 odd, 2 even
  std::uint8_t flow = 0;       ///< bit 0: we raise RTS, bit 1: we heed CTS
  static constexpr auto kDescription =
      describe("UartFormat", "baud", "data_bits", "stop_bits", "parity", "flow");
  bool operator==(const UartFormat&) const = default;
};
}  // namespace bfq

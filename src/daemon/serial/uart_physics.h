#pragma once
#include <cstddef>
#include <cstdint>

namespace bfq::serial {

/// How the module's UART moves bytes.
struct UartPhysics {
  enum class Speed : std::uint8_t { fast, baud };
  Speed speed = Speed::fast;  ///< fast: as they come; baud: at the rate that the UART is set to
  std::size_t receive_fifo = 128;  ///< bytes; matter only at `baud`
  std::size_t transmit_fifo = 128;
  bool operator==(const UartPhysics&) const = default;
};
}  // namespace bfq::serial

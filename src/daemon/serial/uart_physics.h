#pragma once
#include <cstddef>
#include <cstdint>

namespace bfq::serial {

/// How the module's UART moves bytes.
struct UartPhysics {
  enum class Speed : std::uint8_t { fast, baud };
  Speed speed = Speed::fast;  ///< fast: as they come; baud: at the rate that the UART is set to
  // In bytes; these matter only at `baud`.
  std::size_t receive_fifo = 128;
  std::size_t transmit_fifo = 128;
  /// What a host's kernel holds unread for it. A tty door's line has the module's FIFO instead.
  std::size_t host_buffer = 4096;
  bool operator==(const UartPhysics&) const = default;
};
}  // namespace bfq::serial

#pragma once
#include <cstddef>
#include <span>

#include "at/command.h"

namespace bfq::serial {

/// The module, as its UART sees it. The first three functions are Module's own, with the time
/// filled in.
class UartSide {
 public:
  virtual std::size_t uart_input(std::span<const std::byte> bytes) = 0;
  virtual std::span<const std::byte> uart_output() const = 0;
  virtual void uart_sent(std::size_t n) = 0;

  /// Something has changed at the wire: drain everything until nothing moves any more.
  virtual void settle() = 0;

  /// The commands that the module knows: they say what the log must not show.
  virtual at::CommandTable commands() const = 0;

 protected:
  ~UartSide() = default;
};
}  // namespace bfq::serial

#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "at/dialect.h"

namespace bfq::serial {

/// The module, as its UART sees it. The first four functions are Module's own, with the time
/// filled in.
class UartSide {
 public:
  virtual std::size_t uart_input(std::span<const std::byte> bytes) = 0;
  virtual std::span<const std::byte> uart_output() const = 0;
  virtual std::size_t uart_waiting() const = 0;
  virtual void uart_sent(std::size_t n) = 0;

  /// True while a command runs whose result the host still waits for.
  virtual bool command_under_way() const = 0;
  /// True while what is typed is payload, and not commands.
  virtual bool takes_payload() const = 0;

  /// The module's name, for the log.
  virtual const std::string& name() const = 0;

  /// Something has changed at the wire: takes a turn, which moves everything that can move. Never
  /// called from within a turn.
  virtual void settle() = 0;
  /// Takes a turn as soon as the present one, if there is one, has ended.
  virtual void settle_soon() = 0;

  /// What the module speaks: its rows say what the log must not show.
  virtual const at::Dialect& dialect() const = 0;

 protected:
  ~UartSide() = default;
};
}  // namespace bfq::serial

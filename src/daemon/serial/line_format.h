#pragma once
#include <string>

#include "base/uart_format.h"

namespace bfq::serial {
/// Shows a module's format in the settings of a PTY, given by its master: the rate, whichever it
/// is, and the stop bits. Data bits and parity are not set: a PTY always carries 8 bits and no
/// parity (Linux sees to that), and bytes must pass as they are. Returns false, with errno set, on
/// failure.
bool show_format(int master, const UartFormat& format);

/// Flow control of a real UART.
struct FlowControl {
  bool rts_cts = false, xon_xoff = false;
};
/// Sets up a real UART: raw bytes, at any rate, in this format. Returns false, with errno set, when
/// the device cannot do that.
bool set_format(int tty, const UartFormat& format, const FlowControl& flow);
/// The rate that a tty really has; 0 when that is unknown.
std::uint32_t rate_of(int tty);
/// Whether it has RTS/CTS.
bool has_rts_cts(int tty);

/// In the usual notation: "115200 8N1", and "RTS", "CTS" or "RTS/CTS" where there is flow control.
std::string describe(const UartFormat& format);
}  // namespace bfq::serial

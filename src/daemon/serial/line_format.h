#pragma once
#include <string>

#include "base/uart_format.h"

namespace bfq::serial {
/// Shows a module's format in the settings of a PTY, given by its master: the rate, whichever it
/// is, and the stop bits. Data bits and parity are not set: a PTY always carries 8 bits and no
/// parity (Linux sees to that), and bytes must pass as they are. False, with errno, when it could
/// not be done.
bool show_format(int master, const UartFormat& format);

/// Sets a real UART up: bytes as they are, at any rate, with this format, and RTS/CTS where wanted.
/// False, with errno, when the device cannot do that.
bool set_format(int tty, const UartFormat& format, bool rts_cts);
/// The rate that a tty really has; 0 when it does not say.
std::uint32_t rate_of(int tty);
/// Whether it has RTS/CTS.
bool has_rts_cts(int tty);

/// As people write it: "115200 8N1", and "RTS", "CTS" or "RTS/CTS" where there is flow control.
std::string describe(const UartFormat& format);
}  // namespace bfq::serial

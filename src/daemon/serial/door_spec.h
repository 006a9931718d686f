#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/process/file_access.h"

namespace bfq::serial {
/// One place where a host may attach to the module's UART, as named by --serial.
struct DoorSpec {
  enum class Kind : std::uint8_t { pty, tcp, tcp_connect, rfc2217, ip232, unix_socket, tty, stdio };
  Kind kind{};
  std::string path{};              ///< pty: the link to make, empty for none; unix, tty: the file
  std::string host = "127.0.0.1";  ///< tcp, rfc2217, ip232: where to listen; tcp-connect: the peer
  std::uint16_t port = 0;          ///< tcp, rfc2217, ip232: 0 takes a free one
  bool reset_by_rts = false;       ///< rfc2217: RTS without DTR holds the module in reset
  std::optional<std::uint32_t>
      baud{};             ///< tty: its rate while the module has the one that it started with
  bool rts_cts = false;   ///< tty: flow control, whatever the module is set to
  bool xon_xoff = false;  ///< all but rfc2217, ip232 and stdio: software flow control
  process::FileAccess access{};  ///< pty, unix: who may open it
  enum class Carrier : std::uint8_t { on, wifi, link };
  Carrier carrier{};  ///< rfc2217, ip232: what DCD follows
  enum class DtrDrop : std::uint8_t { ignore, reset, hangup };
  DtrDrop on_dtr_drop{};           ///< rfc2217, ip232: what a host does that drops DTR
  bool waits_for_answers = false;  ///< stdio: the next line is typed when the last was answered
};

/// Parses what `--serial` takes (see kKinds in door_spec.cpp). Throws process::UsageError, which
/// says what is wrong and what is allowed.
DoorSpec parse_door(std::string_view text);

/// All doors with their options, a line each, such as "rfc2217:[HOST:]PORT[,reset=rts]".
std::string syntax_of_doors();
}  // namespace bfq::serial

#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace bfq::serial {

/// How a terminal with ECHO returns what it is sent: the settings in its termios that matter.
struct EchoSettings {
  bool is_canonical = false;                                    ///< ICANON
  bool ignores_cr = false, cr_to_nl = false, nl_to_cr = false;  ///< IGNCR, ICRNL, INLCR
  bool nl_to_cr_nl = false;                                     ///< OPOST and ONLCR
  bool shows_controls = false;                                  ///< ECHOCTL: CR returns as ^M
};

/// Tells what a host's terminal echoes from what the host types. Without I/O.
///
/// Only what equals the bytes printed last, in their order and from their first on, is taken for
/// their echo. After the first byte that differs everything is typed, until more is printed.
class TerminalEcho {
 public:
  /// The terminal was sent these bytes.
  void printed(std::span<const std::byte> bytes, const EchoSettings& settings);
  /// How many bytes at the front of what has come are echo.
  std::size_t echoed(std::span<const std::byte> bytes);
  /// Whatever comes next was typed.
  void forget() { expected_.clear(); }

 private:
  static constexpr std::size_t kMost = 16384;

  std::string expected_;
};
}  // namespace bfq::serial

#pragma once
#include <cstddef>
#include <optional>
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
///
/// To ask a terminal for its settings is a system call, so whoever uses this asks when needs_look()
/// says so: when what has come begins as the echo of what was printed would, and at each print of a
/// terminal that is known to echo, which may stop echoing before that echo is read.
class TerminalEcho {
 public:
  /// The terminal was sent these bytes.
  void printed(std::span<const std::byte> bytes);
  /// True when settings() is to be called: behind printed(), or before echoed() of these bytes.
  bool needs_look() const { return echoes_; }
  bool needs_look(std::span<const std::byte> bytes) const;
  /// How the terminal echoes what it was sent since the last call; nothing: it does not.
  void settings(const std::optional<EchoSettings>& settings);
  /// How many bytes at the front of what has come are echo.
  std::size_t echoed(std::span<const std::byte> bytes);
  /// Whatever comes next was typed.
  void forget();

 private:
  /// More than the kernel holds: some of the echo is lost.
  static constexpr std::size_t kMost = 16384;

  std::string printed_;   ///< since settings() was called
  std::string expected_;  ///< the echo of what was printed before
  bool echoes_ = false;   ///< when it was last asked
  bool lost_ = false;     ///< echo is missing: none is recognised until something is typed
};
}  // namespace bfq::serial

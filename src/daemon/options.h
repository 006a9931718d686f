#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/policy.h"

namespace bfq::daemon {

/// One place where a host may attach to the module's UART, as named by --serial.
struct DoorSpec {
  enum class Kind : std::uint8_t { pty, tcp, stdio };
  Kind kind{};
  std::string path;                ///< pty: the link to make; empty for none
  std::string host = "127.0.0.1";  ///< tcp: where to listen
  std::uint16_t port = 0;          ///< tcp: 0 takes a free one
};

/// Reads `pty[:LINK] | tcp:[HOST:]PORT | stdio`; throws UsageError for all else, and says so of the
/// doors that are planned but not there.
DoorSpec parse_door(std::string_view text);

/// What the command line asks for.
struct Options {
  std::vector<DoorSpec> doors;
  /// Directory of what the module remembers; empty: nothing outlives the program.
  std::optional<std::string> state_directory;
  NetPolicy policy;
  std::string log_level = "info";
};

/// Reads the command line; throws UsageError. After --help or --version, which it prints, there are no
/// options: the program is done.
std::optional<Options> parse_command_line(int count, const char* const* arguments);

/// $XDG_STATE_HOME/bfq4004, or ~/.local/state/bfq4004 of the user who called, also through sudo.
std::string default_state_directory();
}  // namespace bfq::daemon

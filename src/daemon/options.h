#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/mac.h"
#include "daemon/net/policy.h"
#include "daemon/net/settings.h"
#include "daemon/uart/door_spec.h"
#include "sim/air.h"

namespace bfq::daemon {

/// How the module's UART moves bytes.
struct UartPhysics {
  enum class Speed : std::uint8_t { fast, baud };
  Speed speed = Speed::fast;       ///< fast: as they come; baud: at the rate that the UART is set to
  std::size_t receive_fifo = 128;  ///< bytes; matter only at `baud`
  std::size_t transmit_fifo = 128;
  bool operator==(const UartPhysics&) const = default;
};

/// One module of a program: what it is called and what it is soldered to.
struct ModuleSpec {
  std::string name = "bfq0";
  std::vector<DoorSpec> doors;
  UartPhysics uart{};
  std::optional<MacAddress> station_mac{}, access_point_mac{};  ///< where nothing else is said: by its number
  std::optional<sim::Position> position{};
  std::vector<Forward> forwards{};
  bool remembers = true;  ///< false: its settings end with the program
};

/// What a person asks for, on the command line and in a world file: an air, and the modules in it.
struct Options {
  sim::Air air = sim::default_air();
  std::vector<ModuleSpec> modules;
  /// Module i of the process owns the loopback address 127.64.0.1 + first_module + i.
  unsigned first_module = 0;
  /// Directory of what the modules remember; empty: nothing outlives the program.
  std::optional<std::string> state_directory;
  NetPolicy policy;
  std::vector<KnownName> names;
  std::string log_level = "info";
};

/// Reads the command line; throws UsageError. After --help or --version, which it prints, there are no
/// options: the program is done.
std::optional<Options> parse_command_line(int count, const char* const* arguments);

/// $XDG_STATE_HOME/bfq4004, or ~/.local/state/bfq4004 of the user who called, also through sudo.
std::string default_state_directory();
}  // namespace bfq::daemon

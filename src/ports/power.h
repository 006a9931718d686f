#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "base/described.h"

/// How the module starts and stops.
///
///            Started             Restart, Sleep (asked), Reset (told)
///   off --------------> running ------------------------------------> off
///
/// A runtime answers a Restart, or a Sleep that ends by itself, with exactly one Started, after
/// having ended every link, association and pending answer. It may also Reset the module at any
/// time, asleep or not, and must then send a Started.
namespace bfq::power {

/// Why the module starts, or must start again.
enum class Reason : std::uint8_t {
  power_on,
  command,   ///< AT+RST or AT+RESTORE
  external,  ///< the reset line, or somebody's wish
  watchdog,
  timer,  ///< the end of a Sleep
  last = timer,
};

/// Asked: everything that the host was owed has left the UART; start me again.
struct Restart {
  Reason reason{};
  static constexpr auto kDescription = describe("power::Restart", "reason");
};

/// Asked: everything that the host was owed has left the UART; switch me off, and start me again
/// after so long.
struct Sleep {
  std::uint32_t time_ms = 0;  ///< 0: not before a Reset
  static constexpr auto kDescription = describe("power::Sleep", "time_ms");
};

/// Told: the module has no power from now on, wherever it was.
struct Reset {
  Reason reason{};
  static constexpr auto kDescription = describe("power::Reset", "reason");
};

/// Told: power is there and the boot time has passed. `flash` is both slots as they are now, and
/// need be valid during the call only.
struct Started {
  Reason reason{};
  std::span<const std::byte> flash{};
  static constexpr auto kDescription = describe("power::Started", "reason", "flash");
};

/// All that the module asks about its power.
using Request = std::variant<Restart, Sleep>;

/// All that the module is told about it.
using Event = std::variant<Reset, Started>;
}  // namespace bfq::power

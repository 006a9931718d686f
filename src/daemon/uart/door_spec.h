#pragma once
#include <cstdint>
#include <string>
#include <string_view>

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
}  // namespace bfq::daemon

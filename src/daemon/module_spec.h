#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/mac.h"
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

/// A port of the module's server that is also reached at another place of this machine.
struct Forward {
  std::uint16_t port = 0;  ///< as the module knows it
  std::string host;        ///< where the machine listens for it
  std::uint16_t at = 0;
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

/// A name that all modules know, whatever a name server says.
struct KnownName {
  std::string name;
  Ipv4 address;
};
}  // namespace bfq::daemon

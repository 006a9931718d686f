#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/mac.h"
#include "daemon/net/settings.h"
#include "daemon/uart/door_spec.h"
#include "sim/air.h"

namespace bfq::daemon {

/// How the module's UART moves bytes.
struct UartPhysics {
  enum class Speed : std::uint8_t { fast, baud };
  Speed speed = Speed::fast;  ///< fast: as they come; baud: at the rate that the UART is set to
  std::size_t receive_fifo = 128;  ///< bytes; matter only at `baud`
  std::size_t transmit_fifo = 128;
  bool operator==(const UartPhysics&) const = default;
};

/// One module of a program: what it is called and what it is soldered to.
struct ModuleSpec {
  std::string name = "bfq0";
  std::vector<DoorSpec> doors;
  UartPhysics uart{};
  std::optional<MacAddress> station_mac{},
      access_point_mac{};  ///< where nothing else is said: by its number
  std::optional<sim::Position> position{};
  std::vector<Forward> forwards{};
  bool boot_noise = false;  ///< what its chip says at 74880 baud before the program runs
  bool remembers = true;    ///< false: its settings end with the program
};
}  // namespace bfq::daemon

#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mac.h"
#include "commands/bfq4004.h"
#include "daemon/serial/door_spec.h"
#include "daemon/serial/uart_physics.h"
#include "daemon/sockets/settings.h"
#include "daemon/wifi/radio_spec.h"
#include "sim/air.h"

namespace bfq::board {

/// The paths of a module's PEM files; empty: none.
struct TlsFiles {
  std::string authorities{}, certificate{}, key{};
};

/// One module of a program: its name and what it is soldered to.
struct ModuleSpec {
  std::string name = "bfq0";
  const at::Dialect* personality = &commands::kBfq4004;
  std::vector<serial::DoorSpec> doors;
  serial::UartPhysics uart{};
  std::optional<MacAddress> station_mac{}, access_point_mac{};  ///< default: by its number
  std::optional<sim::Position> position{};
  std::vector<sockets::Forward> forwards{};
  TlsFiles tls_files{};
  std::shared_ptr<const sockets::TlsCredentials> tls{};  ///< what is in these files
  sim::Channels channels = sim::Channels::one;
  std::optional<wifi::RadioSpec> radio{};  ///< a radio of this machine instead of a simulated one
  bool boot_noise = false;  ///< its chip prints at 74880 baud before it runs its program
  bool remembers = true;    ///< false: its settings are lost at the end of the program
};
}  // namespace bfq::board

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/board/module_spec.h"
#include "daemon/world/faults.h"
#include "daemon/world/section.h"
#include "sim/air.h"

namespace bfq::world {

/// A network, written as "10.44.7.0/24".
struct Subnet {
  Ipv4 network{}, netmask{};
  bool operator==(const Subnet&) const = default;
};

/// The table [net] as written.
struct NetDraft {
  std::vector<std::string> allow, deny;
  std::vector<sockets::KnownName> names;
  std::optional<Duration> delay;
  std::string update_server;
};

/// What happens to a pin, as written in [[event]].
struct PinEvent {
  std::string module{};  ///< empty: the first one
  std::uint8_t pin = 0;
  pins::Level level{};
};

/// What the analog input reads, as written in [[event]].
struct AnalogEvent {
  std::string module{};  ///< empty: the first one
  std::uint16_t value = 0;
};

/// Whose WPS button is pressed.
struct WpsEvent {
  std::string ssid{};
};

/// What somebody's phone sends.
struct PhoneEvent {
  std::string ssid{}, password{};
  radio::PhoneMethod method{};
};

/// One [[event]] as written.
struct EventDraft {
  Duration after{};  ///< after the program's start
  std::variant<std::monostate, PinEvent, AnalogEvent, WpsEvent, PhoneEvent> what{};
  unsigned kinds = 0;  ///< of how many it was written that they happen
};

/// A world as written: each value is allowed by itself; combinations are not checked yet.
struct Draft {
  explicit Draft(Problems& problems, const SourcePosition& file) : section("", file, problems) {}

  std::uint64_t seed = 0;
  std::vector<Written<sim::AccessPoint>> access_points;
  std::vector<Written<sim::SimulatedStation>> stations;
  std::vector<Written<board::ModuleSpec>> modules;
  std::vector<Written<EventDraft>> events;
  std::vector<Written<FaultSpec>> faults;
  NetDraft net;
  sim::Delays delays;
  Section section;  ///< the file's own keys, those of [net] among them
};
}  // namespace bfq::world

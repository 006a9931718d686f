#include "daemon/world/changes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/overloaded.h"
#include "daemon/board/hardware_addresses.h"
#include "daemon/world/keys.h"

namespace bfq::world {
namespace {
std::string called(const sim::AccessPoint& ap) {
  return fmt::format("access point {} ({})", in_quotes(ap.ssid), board::text_of(ap.bssid));
}

std::string called(const sim::SimulatedStation& station) {
  return fmt::format("station {} for {}", board::text_of(station.mac), in_quotes(station.ssid));
}

/// "comes", or which of its keys change.
template <class One, class Identity>
std::string arrival(const One& one, const std::vector<One>& all, Identity identity,
                    const Keys<One>& keys) {
  const auto old = std::find_if(all.begin(), all.end(),
                                [&](const One& other) { return other.*identity == one.*identity; });
  if (old == all.end()) return called(one) + " comes";
  const auto changed = differing_keys(keys, *old, one);
  // What is not a key derives from the seed.
  return fmt::format("{}: {} changed", called(one),
                     changed.empty() ? "seed" : fmt::format("{}", fmt::join(changed, ", ")));
}

template <class One, class Identity, class Owner>
std::string departure(const std::vector<One>& all, Identity identity, const Owner& value) {
  const auto old = std::find_if(all.begin(), all.end(),
                                [&](const One& other) { return other.*identity == value; });
  return (old == all.end() ? board::text_of(value) : called(*old)) + " goes";
}

std::string hold(const sim::SetPin& set) {
  const auto state = set.level == pins::Level::open   ? "is held by nothing"
                     : set.level == pins::Level::high ? "is held high"
                                                      : "is held low";
  return fmt::format("module {}: pin {} {}", board::text_of(set.station), set.pin, state);
}

std::string move(const sim::MoveModule& module) {
  const std::string mac = board::text_of(module.station);
  if (!module.to) return fmt::format("module {} stands nowhere in particular", mac);
  return fmt::format("module {} stands at [{}, {}]", mac, module.to->x, module.to->y);
}
}  // namespace

std::string describe(const sim::Change& change, const sim::Air& air) {
  using sim::AccessPoint, sim::SimulatedStation;
  return std::visit(overloaded{
                        [&](const sim::PutAccessPoint& c) {
                          return arrival(c.access_point, air.access_points, &AccessPoint::bssid,
                                         access_point_keys());
                        },
                        [&](const sim::RemoveAccessPoint& c) {
                          return departure(air.access_points, &AccessPoint::bssid, c.bssid);
                        },
                        [&](const sim::PutStation& c) {
                          return arrival(c.station, air.stations, &SimulatedStation::mac,
                                         station_keys());
                        },
                        [&](const sim::RemoveStation& c) {
                          return departure(air.stations, &SimulatedStation::mac, c.mac);
                        },
                        [](const sim::MoveModule& c) { return move(c); },
                        [](const sim::SetDelays&) { return std::string("[delays] changed"); },
                        [](const sim::SetPin& c) { return hold(c); },
                        [](const sim::SetAnalogInput& c) {
                          return fmt::format("module {}: the analog input reads {}",
                                             board::text_of(c.station), c.value);
                        },
                        [](const sim::PhoneSends& c) {
                          return fmt::format("a phone sends the network {}", in_quotes(c.ssid));
                        },
                        [&](const sim::PressButton& c) {
                          const auto* ap = sim::find_access_point(air, c.bssid);
                          return (ap == nullptr ? board::text_of(c.bssid) : called(*ap)) +
                                 ": its WPS button is pressed";
                        },
                    },
                    change);
}

std::vector<std::string> only_by_restart(const WorldFile& started, const WorldFile& now) {
  std::vector<std::string> parts;
  for (const auto& [name, text] : started.fixed) {
    const auto found = now.fixed.find(name);
    if (found == now.fixed.end() || found->second != text) parts.push_back(name);
  }
  for (const auto& [name, text] : now.fixed)
    if (!started.fixed.contains(name)) parts.push_back(name);
  return parts;
}
}  // namespace bfq::world

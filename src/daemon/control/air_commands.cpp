#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/board/hardware_addresses.h"
#include "daemon/control/chapters.h"
#include "daemon/world/edit.h"
#include "daemon/world/keys.h"

namespace bfq::control {
namespace {
using sim::AccessPoint, sim::SimulatedStation;

const sim::Air& air(const Call& call) { return call.program().medium.air(); }

void make(const Call& call, const sim::Change& change) {
  call.program().medium.apply(change, call.program().clock.now());
}

/// The access point of that ssid, the first of several, or of that bssid.
const AccessPoint* find(const sim::Air& air, std::string_view name) {
  const auto at = std::find_if(
      air.access_points.begin(), air.access_points.end(),
      [&](const AccessPoint& ap) { return ap.ssid == name || board::text_of(ap.bssid) == name; });
  return at == air.access_points.end() ? nullptr : &*at;
}

Refusal<ErrorCode::no_such_access_point> no_such(const sim::Air& air, const std::string& name) {
  std::vector<std::string> names;
  for (const AccessPoint& ap : air.access_points) names.push_back(world::in_quotes(ap.ssid));
  return {fmt::format("there is no access point {}; there is {}", world::in_quotes(name),
                      names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")))};
}

Refusal<ErrorCode::bad_arguments> bad(const std::vector<std::string>& problems) {
  return {fmt::format("{}", fmt::join(problems, "\n"))};
}

/// What an access point is known by.
struct AccessPointIdentity {
  std::string bssid{};
  static constexpr auto kDescription = describe("AccessPointIdentity", "bssid");
  static constexpr Meanings<1> kMeanings = {"the access point's address"};
};

/// Arguments of a command about one access point.
struct AccessPointName {
  std::string name;
};

const world::Keys<AccessPointName>& access_point_name() {
  static const world::Keys<AccessPointName> keys = {
      world::key<AccessPointName>("name", &AccessPointName::name, world::text(1, 32), "",
                                  "its ssid, the first one of that name, or its bssid")
          .must_be_there(),
  };
  return keys;
}

Outcome<AccessPointIdentity, ErrorCode::bad_arguments> add_access_point(
    Call& call, const world::Value::Table& keys) {
  auto edited = world::edit_access_point(air(call), nullptr, keys);
  if (!edited.value) return bad(edited.problems);
  const MacAddress bssid = edited.value->bssid;
  make(call, sim::PutAccessPoint{std::move(*edited.value)});
  return AccessPointIdentity{board::text_of(bssid)};
}

Outcome<AccessPointIdentity, ErrorCode::bad_arguments, ErrorCode::no_such_access_point>
change_access_point(Call& call, const world::Value::Table& given) {
  world::Value::Table name, keys;
  for (const auto& entry : given) (entry.name == "name" ? name : keys).push_back(entry);
  world::Problems problems;
  world::Section section("", world::no_file(), problems);
  AccessPointName which;
  world::read_table(name, access_point_name(), which, section);
  if (!problems.empty()) return bad(problems.lines());
  const AccessPoint* const base = find(air(call), which.name);
  if (base == nullptr) return no_such(air(call), which.name);
  auto edited = world::edit_access_point(air(call), base, keys);
  if (!edited.value) return bad(edited.problems);
  const MacAddress before = base->bssid, bssid = edited.value->bssid;
  if (bssid != before) make(call, sim::RemoveAccessPoint{before});
  make(call, sim::PutAccessPoint{std::move(*edited.value)});
  return AccessPointIdentity{board::text_of(bssid)};
}

Outcome<AccessPointIdentity, ErrorCode::no_such_access_point> remove_access_point(
    Call& call, const AccessPointName& which) {
  const AccessPoint* const ap = find(air(call), which.name);
  if (ap == nullptr) return no_such(air(call), which.name);
  const MacAddress bssid = ap->bssid;
  make(call, sim::RemoveAccessPoint{bssid});
  return AccessPointIdentity{board::text_of(bssid)};
}

// Stations ----------------------------------------------------------------------------------------

/// What a simulated station is known by.
struct StationIdentity {
  std::string mac{};
  static constexpr auto kDescription = describe("StationIdentity", "mac");
  static constexpr Meanings<1> kMeanings = {"the station's address"};
};

Outcome<StationIdentity, ErrorCode::bad_arguments> join_station(Call& call,
                                                                const world::Value::Table& keys) {
  auto made = world::make_station(air(call), keys);
  if (!made.value) return bad(made.problems);
  const MacAddress mac = made.value->mac;
  make(call, sim::PutStation{std::move(*made.value)});
  return StationIdentity{board::text_of(mac)};
}

/// Arguments of station.leave.
struct LeavingStation {
  MacAddress mac;
};

Outcome<NothingMore, ErrorCode::no_such_station> remove_station(Call& call,
                                                                const LeavingStation& which) {
  const auto& all = air(call).stations;
  if (std::none_of(all.begin(), all.end(), [&](const auto& s) { return s.mac == which.mac; }))
    return Refusal<ErrorCode::no_such_station>{"there is no simulated station " +
                                               board::text_of(which.mac)};
  make(call, sim::RemoveStation{which.mac});
  return NothingMore{};
}

const world::Keys<LeavingStation>& leaving_station() {
  static const world::Keys<LeavingStation> keys = {
      world::key<LeavingStation>("mac", &LeavingStation::mac, world::hardware_address(), "",
                                 "its address, as station.join has returned it")
          .must_be_there(),
  };
  return keys;
}

// The air as a whole ------------------------------------------------------------------------------

/// Arguments of world.show.
struct ShowArguments {
  bool secrets = false;
};

const world::Keys<ShowArguments>& show_arguments() {
  static const world::Keys<ShowArguments> keys = {
      world::key<ShowArguments>("secrets", &ShowArguments::secrets, world::flag(), "false",
                                "true: passwords are shown, at the Unix socket alone"),
  };
  return keys;
}

/// What is in the air.
struct ShownAir {
  json::array ap{}, station{};
  json::object delays{};
  static constexpr auto kDescription = describe("ShownAir", "ap", "station", "delays");
  static constexpr Meanings<3> kMeanings = {
      "each access point by the keys of [[ap]]; a password is {\"kept\":true}, which world.apply "
      "takes for the present one",
      "each simulated station by the keys of [[station]]", "by the keys of [delays]"};
};

Outcome<ShownAir, ErrorCode::only_at_socket> show_world(Call& call, const ShowArguments& how) {
  if (how.secrets && call.caller().is_over_http())
    return Refusal<ErrorCode::only_at_socket>{
        "secrets: passwords are shown at the Unix socket alone"};
  json::object shown =
      to_json(world::Value{.is = world::show_air(air(call), how.secrets)}).as_object();
  return ShownAir{shown["ap"].as_array(), shown["station"].as_array(), shown["delays"].as_object()};
}

/// What world.apply has done.
struct AppliedAir {
  std::uint64_t changes = 0;
  static constexpr auto kDescription = describe("AppliedAir", "changes");
  static constexpr Meanings<1> kMeanings = {
      "how many things have come, gone or changed; each is an event"};
};

Outcome<AppliedAir, ErrorCode::bad_arguments> apply_world(Call& call,
                                                          const world::Value::Table& given) {
  auto edited = world::edit_air(air(call), given);
  if (!edited.value) return bad(edited.problems);
  const auto changes = sim::difference(air(call), *edited.value);
  for (const sim::Change& change : changes) make(call, change);
  return AppliedAir{changes.size()};
}

/// The arguments of world.apply are arrays and tables whose keys docs/worlds.md explains.
std::vector<world::KeyInfo> apply_arguments() {
  std::vector<world::KeyInfo> infos = world::infos(world::air_keys());
  for (world::KeyInfo& info : infos) {
    const bool is_table = info.type == "object";
    info.allowed =
        is_table ? "an object with the keys of [" + info.name + "] in docs/worlds.md"
                 : "an array of objects with the keys of [[" + info.name + "]] in docs/worlds.md";
    info.meaning = is_table ? "how long things take in the air" : "all of them";
    info.otherwise = "(as it is)";
    info.inner.clear();
  }
  return infos;
}

// Modules -----------------------------------------------------------------------------------------

/// Arguments of module.move.
struct MoveArguments {
  std::string module;
  std::optional<sim::Position> to;
};

const world::Keys<MoveArguments>& move_arguments() {
  static const world::Keys<MoveArguments> keys = {
      module_key<MoveArguments>(),
      world::key<MoveArguments>("to", &MoveArguments::to, world::position(),
                                "(nowhere in particular)", "where it stands from now on"),
  };
  return keys;
}

Outcome<NothingMore, ErrorCode::no_such_module> move_module(Call& call, const MoveArguments& how) {
  const board::Board* const board = call.program().find(how.module);
  if (board == nullptr) return no_such_module(call, how.module);
  make(call, sim::MoveModule{board->module().identity().station_mac, how.to});
  return NothingMore{};
}
}  // namespace

std::vector<ControlCommand> air_commands() {
  std::vector<world::KeyInfo> change = world::infos(access_point_name());
  for (world::KeyInfo info : world::infos(world::access_point_keys())) {
    info.otherwise = info.name == "rssi"       ? "(as it is; none where position is given)"
                     : info.name == "position" ? "(as it is; none where rssi is given)"
                                               : "(as it is)";
    info.required = false;
    change.push_back(std::move(info));
  }
  return {
      command_of_table<&add_access_point>("ap.add", Need::simulated_air,
                                          world::infos(world::access_point_keys()),
                                          "Puts an access point into the air."),
      command_of_table<&change_access_point>("ap.change", Need::simulated_air, std::move(change),
                                             "Changes an access point of the air."),
      command<&remove_access_point>("ap.remove", Need::simulated_air, access_point_name(),
                                    "Takes an access point out of the air."),
      command_of_table<&join_station>(
          "station.join", Need::simulated_air, world::infos(world::station_keys()),
          "Puts a simulated station into the air, which joins the softAP of a module."),
      command<&remove_station>("station.leave", Need::simulated_air, leaving_station(),
                               "Takes a simulated station out of the air."),
      command<&show_world>("world.show", Need::simulated_air, show_arguments(),
                           "Tells what is in the air, as world.apply takes it."),
      command_of_table<&apply_world>("world.apply", Need::simulated_air, apply_arguments(),
                                     "Makes the air what this says, as a world file does."),
      command<&move_module>("module.move", Need::simulated_air, move_arguments(),
                            "Puts a module somewhere else."),
  };
}
}  // namespace bfq::control

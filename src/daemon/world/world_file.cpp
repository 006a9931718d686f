#include "daemon/world/world_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/board/hardware_addresses.h"
#include "daemon/process/failure.h"
#include "daemon/world/checks.h"
#include "daemon/world/events.h"
#include "daemon/world/keys.h"
#include "daemon/world/repeated_modules.h"
#include "daemon/world/toml.h"

namespace bfq::world {
namespace {
constexpr std::size_t kLongest = 1U << 20U;

/// Fills in what overrides refer to: each of the modules, with its name, and the module of a world
/// without any.
void name_modules(Value::Table& world, Problems& problems) {
  if (find(world, "module") == nullptr)
    put(world, {.name = "module", .position = {}, .value = {Value::List{{Value::Table{}}}}});
  auto* const modules = find(world, "module")->as<Value::List>();
  if (modules == nullptr) return;
  repeat_modules(*modules, problems);
  for (std::size_t i = 0; i < modules->size(); ++i) {
    auto* const module = (*modules)[i].as<Value::Table>();
    if (module != nullptr && find(*module, "name") == nullptr)
      put(*module, {.name = "name", .position = {}, .value = {fmt::format("bfq{}", i)}});
  }
}

/// The frequency offset of an access point: pseudo-random, and always the same for the same seed.
std::int16_t frequency_offset(std::uint64_t seed, MacAddress bssid) {
  if (seed == 0) return 0;
  // FNV-1a: the standard library's distributions may differ from one machine to the next.
  std::uint64_t hash = 0xcbf29ce484222325U ^ seed;
  for (const std::uint8_t byte : bssid.bytes) hash = (hash ^ byte) * 0x100000001b3U;
  constexpr int kWidest = 40;
  return static_cast<std::int16_t>(static_cast<int>((hash >> 32U) % (2 * kWidest + 1)) - kWidest);
}

sim::Air air_of(const Draft& draft, const sim::Air& before) {
  sim::Air air{.delays = draft.delays};
  for (const auto& ap : draft.access_points) air.access_points.push_back(ap.value);
  for (const auto& station : draft.stations) air.stations.push_back(station.value);
  for (std::size_t i = 0; i < draft.modules.size(); ++i) {
    const board::ModuleSpec& module = draft.modules[i].value;
    const MacAddress mac =
        module.station_mac.value_or(board::numbered_station_mac(static_cast<unsigned>(i)));
    if (module.position) air.modules.push_back({mac, *module.position});
  }
  sim::complete(air, before);
  for (sim::AccessPoint& ap : air.access_points)
    ap.frequency_offset = frequency_offset(draft.seed, ap.bssid);
  return air;
}

WorldFile world_of(const Draft& draft, const sim::Air& before) {
  WorldFile world{.air = air_of(draft, before),
                  .modules = {},
                  .policy = sockets::NetPolicy::from_lists(draft.net.allow, draft.net.deny),
                  .names = draft.net.names,
                  .link_delay = draft.net.delay,
                  .update_server = draft.net.update_server,
                  .events = {},
                  .faults = {},
                  .seed = draft.seed,
                  .fixed = {}};
  world.events = events_of(draft, world.air);
  for (const auto& fault : draft.faults) world.faults.push_back(fault.value);
  for (const auto& module : draft.modules) world.modules.push_back(module.value);
  return world;
}

/// The modules, [net] and the events as written; without positions, which can change at any time.
std::map<std::string, Value> fixed_parts(const Value::Table& world) {
  std::map<std::string, Value> parts;
  for (const Value& each : *find(world, "module")->as<Value::List>()) {
    Value::Table module = *each.as<Value::Table>();
    std::erase_if(module, [](const Value::Entry& entry) { return entry.name == "position"; });
    const std::string name = "module " + *find(module, "name")->as<std::string>();
    parts.emplace(name, Value{.is = std::move(module)});
  }
  if (const Value* net = find(world, "net")) parts.emplace("[net]", *net);
  if (const Value* events = find(world, "event")) parts.emplace("[[event]]", *events);
  if (const Value* faults = find(world, "fault")) parts.emplace("[[fault]]", *faults);
  return parts;
}

void open_doors_by_name(Draft& draft) {
  for (auto& [module, section] : draft.modules) {
    if (section.stands("name") && !section.wrote("serial"))
      module.doors.push_back(serial::parse_door("pty:/tmp/" + module.name));
  }
}
}  // namespace

std::string read_world_file(const std::string& path, process::Readable readable) {
  try {
    return process::read_file(path, kLongest, readable);
  } catch (const process::Failure& failure) {
    throw process::UsageError(failure.what());
  }
}

WorldReading read_world(std::string_view text, std::string_view name,
                        std::span<const Override> overrides, const sim::Air& before) {
  Problems problems;
  TomlReading parsed = read_toml(text, std::string(name));
  if (!parsed.table) {
    problems.add(parsed.position, parsed.why);
    return {std::nullopt, problems.lines()};
  }
  Value::Table& table = *parsed.table;
  name_modules(table, problems);
  for (const Override& each : overrides) put_override(table, each, problems);
  Draft draft(problems, {std::string(name), 1, 1});
  read_table(table, world_keys(), draft, draft.section);
  open_doors_by_name(draft);
  check_together(draft);
  if (!problems.empty()) return {std::nullopt, problems.lines()};
  WorldFile world = world_of(draft, before);
  for (const std::string& mistake : useless_entries(world.policy, world.air))
    draft.section.refuse("net.allow", mistake);
  if (!problems.empty()) return {std::nullopt, problems.lines()};
  world.fixed = fixed_parts(table);
  return {std::move(world), {}};
}
}  // namespace bfq::world

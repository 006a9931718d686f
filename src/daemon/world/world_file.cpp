#include "daemon/world/world_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "daemon/board/hardware_addresses.h"
#include "daemon/process/failure.h"
#include "daemon/world/checks.h"
#include "daemon/world/keys.h"
#include "daemon/world/overrides.h"

namespace bfq::world {
namespace {
// The parser's tables lie in each other as deep as dots and brackets make them, and go in the same
// way: what has this many is refused before it could cost the stack. A world of 200 access points
// has some 2,000.
constexpr std::ptrdiff_t kDeepest = 10'000;
constexpr std::size_t kLongest = 1U << 20U;

std::optional<toml::table> parse(std::string_view text, std::string_view name, Problems& problems) {
  const auto nests = [](char c) { return c == '.' || c == '[' || c == '{'; };
  if (std::count_if(text.begin(), text.end(), nests) > kDeepest) {
    problems.add({std::string(name), 1, 1},
                 fmt::format("this has more than {} dots and brackets", kDeepest));
    return std::nullopt;
  }
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    problems.add(place_of(error.source()), std::string(error.description()));
    return std::nullopt;
  }
}

/// Each module gets its name where it has none, and the one module of a world without any is there:
/// so that overrides find them.
void name_modules(toml::table& world) {
  if (!world.contains("module")) world.insert("module", toml::array{toml::table{}});
  toml::array* modules = world["module"].as_array();
  if (modules == nullptr) return;
  for (std::size_t i = 0; i < modules->size(); ++i)
    if (toml::table* module = (*modules)[i].as_table())
      module->insert("name", fmt::format("bfq{}", i));
}

/// The frequency offset of an access point: as good as random, and always the same for the same
/// seed.
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

World world_of(const Draft& draft, const sim::Air& before) {
  World world{.air = air_of(draft, before),
              .modules = {},
              .policy = sockets::NetPolicy::from_lists(draft.net.allow, draft.net.deny),
              .names = draft.net.names,
              .fixed = {}};
  for (const auto& module : draft.modules) world.modules.push_back(module.value);
  return world;
}

std::string written(const toml::table& table) {
  std::ostringstream out;
  out << table;
  return out.str();
}

/// The modules and [net] as they are written; where a module stands can change at any time.
std::map<std::string, std::string> fixed_parts(const toml::table& world) {
  std::map<std::string, std::string> parts;
  for (const toml::node& node : *world["module"].as_array()) {
    toml::table module = *node.as_table();
    module.erase("position");
    parts.emplace("module " + module["name"].value_or(std::string()), written(module));
  }
  if (const toml::table* net = world["net"].as_table()) parts.emplace("[net]", written(*net));
  return parts;
}

void open_doors_by_name(Draft& draft) {
  for (auto& [module, section] : draft.modules) {
    if (section.stands("name") && !section.wrote("serial"))
      module.doors.push_back(serial::parse_door("pty:/tmp/" + module.name));
  }
}
}  // namespace

std::string read_world_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kLongest + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) throw process::UsageError(path + ": " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLongest) throw process::UsageError(path + ": a world has no more than 1 MiB");
  return text;
}

WorldReading read_world(std::string_view text, std::string_view name,
                        std::span<const std::string> overrides, const sim::Air& before) {
  Problems problems;
  auto parsed = parse(text, name, problems);
  if (!parsed) return {std::nullopt, problems.lines()};
  name_modules(*parsed);
  for (const std::string& each : overrides) put_override(*parsed, each, problems);
  Draft draft(problems, {std::string(name), 1, 1});
  read_table(*parsed, world_keys(), draft, draft.section);
  open_doors_by_name(draft);
  check_together(draft);
  if (!problems.empty()) return {std::nullopt, problems.lines()};
  World world = world_of(draft, before);
  world.fixed = fixed_parts(*parsed);
  return {std::move(world), {}};
}
}  // namespace bfq::world

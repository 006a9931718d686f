#include "daemon/world/edit.h"

#include <utility>

#include "daemon/world/checks.h"
#include "daemon/world/keys.h"

namespace bfq::world {
namespace {
/// What is in the air already, as if a file had it: what was chosen counts as written.
template <class T>
Written<T> as_written(const T& thing, const Keys<T>& keys, std::string name, Problems& problems) {
  Written<T> out{thing, Section(std::move(name), no_file(), problems)};
  for (const std::string& key : differing_keys(keys, T{}, thing)) out.section.note(key, no_file());
  return out;
}

/// Everything in the air but `without`, and `edited` behind it, to be checked together.
template <class T>
void put_all(std::vector<Written<T>>& into, const std::vector<T>& all, const T* without,
             const Keys<T>& keys, const std::string& name, Problems& problems) {
  for (const T& each : all)
    if (&each != without)
      into.push_back(as_written(each, keys, name + '.' + quoted_where_needed(each.ssid), problems));
}
}  // namespace

Edited<sim::AccessPoint> edit_access_point(const sim::Air& air, const sim::AccessPoint* base,
                                           const Value::Table& keys) {
  Problems problems;
  Draft draft(problems, no_file());
  put_all(draft.access_points, air.access_points, base, access_point_keys(), "ap", problems);
  put_all<sim::SimulatedStation>(draft.stations, air.stations, nullptr, station_keys(), "station",
                                 problems);
  draft.access_points.push_back(
      as_written(base != nullptr ? *base : sim::AccessPoint{}, access_point_keys(), "", problems));
  auto& [value, section] = draft.access_points.back();
  Value::Table given = keys;
  if (base != nullptr && find(given, "ssid") == nullptr)
    put(given, {.name = "ssid", .position = {}, .value = {base->ssid}});
  read_table(given, access_point_keys(), value, section);
  check_together(draft);
  if (!problems.empty()) return {.problems = problems.lines()};
  if (base != nullptr) return {.value = std::move(value)};
  sim::Air with = air;
  return {.value = sim::add_access_point(with, std::move(value))};
}

Edited<sim::SimulatedStation> make_station(const sim::Air& air, const Value::Table& keys) {
  Problems problems;
  Draft draft(problems, no_file());
  put_all<sim::AccessPoint>(draft.access_points, air.access_points, nullptr, access_point_keys(),
                            "ap", problems);
  put_all<sim::SimulatedStation>(draft.stations, air.stations, nullptr, station_keys(), "station",
                                 problems);
  draft.stations.push_back({{}, Section("", no_file(), problems)});
  auto& [value, section] = draft.stations.back();
  read_table(keys, station_keys(), value, section);
  check_together(draft);
  if (!problems.empty()) return {.problems = problems.lines()};
  sim::Air with = air;
  return {.value = sim::add_station(with, std::move(value))};
}
}  // namespace bfq::world

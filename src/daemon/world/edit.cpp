#include "daemon/world/edit.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/board/hardware_addresses.h"
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

/// `base`, or a new one, as it is before it gets the keys that are given. A signal is the same
/// everywhere or follows from where the access point stands: the one that is given takes the place
/// of the other.
sim::AccessPoint begin_with(const sim::AccessPoint* base, const Value::Table& given) {
  sim::AccessPoint ap = base != nullptr ? *base : sim::AccessPoint{};
  if (find(given, "position") != nullptr) ap.rssi.reset();
  if (find(given, "rssi") != nullptr) ap.position.reset();
  return ap;
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
      as_written(begin_with(base, keys), access_point_keys(), "", problems));
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

// The whole air -----------------------------------------------------------------------------------

namespace {
const Value& kept_secret() {
  static const Value marker{.is = Value::Table{{.name = "kept", .position = {}, .value = {true}}}};
  return marker;
}

template <class T>
Value::List show_all(const std::vector<T>& all, const Keys<T>& keys, bool with_secrets) {
  Value::List list;
  for (const T& each : all)
    list.push_back({.is = write_table(each, keys,
                                      with_secrets ? std::nullopt : std::optional(kept_secret()))});
  return list;
}

std::optional<std::string> text_in(const Value::Table& entry, std::string_view key) {
  const Value* const value = find(entry, key);
  const auto text = value != nullptr ? value->text() : std::nullopt;
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

/// Puts the present passwords in place of markers in the entries of an array.
template <class T>
void put_kept_secrets(Value::Table& given, const std::string& array, const std::string& address_key,
                      MacAddress T::*address, const std::vector<T>& all, Problems& problems) {
  Value* const value = find(given, array);
  auto* const entries = value != nullptr ? value->as<Value::List>() : nullptr;
  if (entries == nullptr) return;
  for (Value& each : *entries) {
    auto* const entry = each.as<Value::Table>();
    Value* const password = entry != nullptr ? find(*entry, "password") : nullptr;
    if (password == nullptr || !(*password == kept_secret())) continue;
    const auto mac = text_in(*entry, address_key), ssid = text_in(*entry, "ssid");
    const auto is_it = [&](const T& one) {
      return mac ? board::text_of(one.*address) == *mac : ssid && one.ssid == *ssid;
    };
    const auto now = std::find_if(all.begin(), all.end(), is_it);
    if (now == all.end())
      problems.add(password->position, array +
                                           ".password: there is none whose password could be "
                                           "kept; write one");
    else
      *password = Value{.is = now->password, .position = password->position};
  }
}

sim::Air air_of_draft(const Draft& draft, const sim::Air& before) {
  sim::Air air{.modules = before.modules, .delays = draft.delays};
  for (const auto& ap : draft.access_points) air.access_points.push_back(ap.value);
  for (const auto& station : draft.stations) air.stations.push_back(station.value);
  sim::complete(air, before);
  for (sim::AccessPoint& ap : air.access_points)
    if (const auto* old = sim::find_access_point(before, ap.bssid)) {
      ap.frequency_offset = old->frequency_offset;
      ap.gateway = old->network == ap.network ? old->gateway : ap.gateway;
    }
  return air;
}
}  // namespace

Value::Table show_air(const sim::Air& air, bool with_secrets) {
  Value::Table table;
  const auto add = [&](const char* name, Value value) {
    put(table, {.name = name, .position = {}, .value = std::move(value)});
  };
  add("ap", {.is = show_all(air.access_points, access_point_keys(), with_secrets)});
  add("station", {.is = show_all(air.stations, station_keys(), with_secrets)});
  add("delays", {.is = write_table(air.delays, air_delay_keys(), {})});
  return table;
}

Edited<sim::Air> edit_air(const sim::Air& air, const Value::Table& keys) {
  Problems problems;
  Draft draft(problems, no_file());
  Value::Table given = keys;
  put_kept_secrets(given, "ap", "bssid", &sim::AccessPoint::bssid, air.access_points, problems);
  put_kept_secrets(given, "station", "mac", &sim::SimulatedStation::mac, air.stations, problems);
  if (find(given, "delays") == nullptr) draft.delays = air.delays;
  read_table(given, air_keys(), draft, draft.section);
  if (find(given, "ap") == nullptr)
    put_all<sim::AccessPoint>(draft.access_points, air.access_points, nullptr, access_point_keys(),
                              "ap", problems);
  if (find(given, "station") == nullptr)
    put_all<sim::SimulatedStation>(draft.stations, air.stations, nullptr, station_keys(), "station",
                                   problems);
  check_together(draft);
  if (!problems.empty()) return {.problems = problems.lines()};
  return {.value = air_of_draft(draft, air)};
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

#include "sim/air.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/overloaded.h"

namespace bfq::sim {
namespace {
constexpr std::uint8_t kHighestNumber = 254;

// What those get that nobody gave an address: the last byte is a number that is free.
constexpr MacAddress numbered_bssid(std::uint8_t number) { return {{0x02, 0xbf, 0x44, 0x00, 0x00, number}}; }
constexpr MacAddress numbered_station(std::uint8_t number) {
  return {{0x02, 0xbf, 0x57, 0x00, 0x00, number}};
}
constexpr Ipv4 numbered_network(std::uint8_t number) { return {10, 44, number, 0}; }

template <class All, class Key, class Value>
auto find_by(All& all, Key key, const Value& value) {
  return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.*key == value; });
}

/// The first number that no access point of this air carries yet.
std::uint8_t free_number(const Air& air) {
  for (std::uint8_t n = 1; n < kHighestNumber; ++n) {
    const bool taken =
        std::any_of(air.access_points.begin(), air.access_points.end(), [n](const AccessPoint& a) {
          return a.bssid == numbered_bssid(n) || same_network(a.network, numbered_network(n), a.netmask);
        });
    if (!taken) return n;
  }
  return kHighestNumber;
}

std::uint8_t free_station_number(const Air& air) {
  std::uint8_t n = 1;
  while (n < kHighestNumber &&
         find_by(air.stations, &Station::mac, numbered_station(n)) != air.stations.end())
    ++n;
  return n;
}

/// The one in `before` that `key` and the place among those with the same key say is the same.
template <class One, class Key>
const One* predecessor(const std::vector<One>& now, const One& one, const std::vector<One>& before, Key key) {
  auto skip = std::count_if(now.data(), &one, [&](const One& other) { return other.*key == one.*key; });
  for (const One& candidate : before)
    if (candidate.*key == one.*key && skip-- == 0) return &candidate;
  return nullptr;
}

template <class All, class Key, class One>
void put(All& all, Key key, const One& one) {
  const auto at = find_by(all, key, one.*key);
  if (at == all.end())
    all.push_back(one);
  else
    *at = one;
}

template <class All, class Key, class Value>
void remove(All& all, Key key, const Value& value) {
  std::erase_if(all, [&](const auto& one) { return one.*key == value; });
}
}  // namespace

Air default_air() {
  using radio::Security;
  Air air;
  add_access_point(air, {.ssid = "BFQ-LAB", .password = "bfq4004-lab", .channel = 6, .rssi = -42});
  add_access_point(air, {.ssid = "BFQ-OPEN", .security = Security::open, .channel = 1, .rssi = -58});
  add_access_point(
      air, {.ssid = "BFQ-HIDDEN", .password = "hidden-lab-4004", .channel = 11, .rssi = -63, .hidden = true});
  add_access_point(air, {.ssid = "BFQ-WPA",
                         .password = "legacy-lab-4004",
                         .security = Security::wpa_wpa2,
                         .channel = 3,
                         .rssi = -71});
  add_access_point(air, {.ssid = "BFQ-CORP", .security = Security::enterprise, .channel = 9, .rssi = -66});
  add_access_point(
      air, {.ssid = "BFQ-SILENT", .password = "silent-lab-4004", .channel = 4, .rssi = -77, .silent = true});
  return air;
}

AccessPoint& add_access_point(Air& air, AccessPoint added) {
  const std::uint8_t number = free_number(air);
  if (added.bssid == MacAddress{}) added.bssid = numbered_bssid(number);
  if (added.network.is_none()) added.network = numbered_network(number);
  return air.access_points.emplace_back(std::move(added));
}

Station& add_station(Air& air, Station added) {
  if (added.mac == MacAddress{}) added.mac = numbered_station(free_station_number(air));
  return air.stations.emplace_back(std::move(added));
}

void complete(Air& air, const Air& before) {
  for (AccessPoint& ap : air.access_points) {
    const AccessPoint* old = predecessor(air.access_points, ap, before.access_points, &AccessPoint::ssid);
    const bool is_free = old != nullptr && find_by(air.access_points, &AccessPoint::bssid, old->bssid) ==
                                               air.access_points.end();
    if (ap.bssid == MacAddress{} && is_free) ap.bssid = old->bssid;
    if (ap.network.is_none() && old != nullptr && ap.bssid == old->bssid) ap.network = old->network;
  }
  for (Station& station : air.stations) {
    const Station* old = predecessor(air.stations, station, before.stations, &Station::ssid);
    const bool is_free =
        old != nullptr && find_by(air.stations, &Station::mac, old->mac) == air.stations.end();
    if (station.mac == MacAddress{} && is_free) station.mac = old->mac;
  }
  Air complete{.modules = air.modules, .delays = air.delays};
  // Those with all that they need come first, so that nobody is given what is somebody else's.
  for (const AccessPoint& ap : air.access_points)
    if (ap.bssid != MacAddress{} && !ap.network.is_none()) complete.access_points.push_back(ap);
  for (AccessPoint& ap : air.access_points)
    if (ap.bssid == MacAddress{} || ap.network.is_none()) ap = add_access_point(complete, ap);
  for (const Station& station : air.stations)
    if (station.mac != MacAddress{}) complete.stations.push_back(station);
  for (Station& station : air.stations)
    if (station.mac == MacAddress{}) station = add_station(complete, station);
}

const AccessPoint* find_access_point(const Air& air, MacAddress bssid) {
  const auto at = find_by(air.access_points, &AccessPoint::bssid, bssid);
  return at == air.access_points.end() ? nullptr : &*at;
}

Ipv4 gateway_of(const AccessPoint& ap) {
  return ap.gateway.is_none() ? Ipv4((ap.network.bits & ap.netmask.bits) + 1) : ap.gateway;
}

Pool pool_of(const AccessPoint& ap) {
  if (ap.pool) return *ap.pool;
  const std::uint32_t lowest = ap.network.bits & ap.netmask.bits;
  return {Ipv4(lowest + 2), Ipv4((lowest | ~ap.netmask.bits) - 1)};
}

// Signal ------------------------------------------------------------------------------------------

// Fidelity (our decision, see Air): By position, the signal is -30 dBm at one metre and loses 30 dB with
// each tenfold distance, as indoors; below -95 dBm nothing is heard. Without positions it is -50 dBm.
int signal_at(Position from, Position to) {
  constexpr double kAtOneMetre = -30, kPathLossExponent = 3;
  const double metres = std::max(1.0, std::hypot(from.x - to.x, from.y - to.y));
  const double signal = kAtOneMetre - 10 * kPathLossExponent * std::log10(metres);
  return static_cast<int>(std::lround(std::max<double>(signal, INT8_MIN)));
}

int signal_of(const AccessPoint& ap, std::optional<Position> listener) {
  constexpr int kNear = -50;
  if (ap.rssi) return *ap.rssi;
  return ap.position && listener ? signal_at(*ap.position, *listener) : kNear;
}

// Changes -----------------------------------------------------------------------------------------

std::vector<Change> difference(const Air& from, const Air& to) {
  std::vector<Change> changes;
  const auto compare = [&changes](const auto& old, const auto& wanted, auto key, auto removal, auto put_one) {
    for (const auto& one : old)
      if (find_by(wanted, key, one.*key) == wanted.end()) changes.push_back(removal(one));
    for (const auto& one : wanted) {
      const auto was = find_by(old, key, one.*key);
      if (was == old.end() || *was != one) changes.push_back(put_one(one));
    }
  };
  if (from.delays != to.delays) changes.push_back(SetDelays{to.delays});
  compare(
      from.access_points, to.access_points, &AccessPoint::bssid,
      [](const AccessPoint& ap) { return RemoveAccessPoint{ap.bssid}; },
      [](const AccessPoint& ap) { return PutAccessPoint{ap}; });
  compare(
      from.stations, to.stations, &Station::mac, [](const Station& s) { return RemoveStation{s.mac}; },
      [](const Station& s) { return PutStation{s}; });
  compare(
      from.modules, to.modules, &Place::station,
      [](const Place& p) {
        return MoveModule{p.station, {}};
      },
      [](const Place& p) {
        return MoveModule{p.station, p.position};
      });
  return changes;
}

void change(Air& air, const Change& change) {
  std::visit(
      overloaded{
          [&](const PutAccessPoint& c) { put(air.access_points, &AccessPoint::bssid, c.access_point); },
          [&](const RemoveAccessPoint& c) { remove(air.access_points, &AccessPoint::bssid, c.bssid); },
          [&](const PutStation& c) { put(air.stations, &Station::mac, c.station); },
          [&](const RemoveStation& c) { remove(air.stations, &Station::mac, c.mac); },
          [&](const MoveModule& c) {
            remove(air.modules, &Place::station, c.station);
            if (c.to) air.modules.push_back({c.station, *c.to});
          },
          [&](const SetDelays& c) { air.delays = c.delays; },
      },
      change);
}

}  // namespace bfq::sim

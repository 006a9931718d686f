#include "sim/air.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/ascii.h"
#include "base/overloaded.h"

namespace bfq::sim {
namespace {
// What those get that nobody gave an address: the last two bytes are a number that is free.
using Number = std::uint16_t;
constexpr MacAddress numbered(std::uint8_t kind, Number number) {
  return {{0x02, 0xbf, kind, 0x00, static_cast<std::uint8_t>(number >> 8U),
           static_cast<std::uint8_t>(number)}};
}
constexpr MacAddress numbered_bssid(Number number) { return numbered(0x44, number); }
constexpr MacAddress numbered_station(Number number) { return numbered(0x57, number); }
constexpr Ipv4 numbered_network(Number number) {
  return Ipv4(Ipv4(10, 44, 0, 0).bits + number * 256U);
}
constexpr Number kNetworks = 16 * 256;  ///< below 10.60.0.0

template <class All, class Key, class Value>
auto find_by(All& all, Key key, const Value& value) {
  return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.*key == value; });
}

template <class All, class Key, class Value>
bool has(const All& all, Key key, const Value& value) {
  return find_by(all, key, value) != all.end();
}

bool has_network(const Air& air, Ipv4 network, Ipv4 netmask) {
  return std::any_of(air.access_points.begin(), air.access_points.end(), [&](const AccessPoint& a) {
    return !a.network.is_none() && (same_network(a.network, network, a.netmask) ||
                                    same_network(a.network, network, netmask));
  });
}

/// The first number that an access point may have of which those two are still to be given; where
/// others have all the networks, one whose address is free.
Number free_number(const Air& air, bool needs_address, bool needs_network) {
  const auto has_address = [&](Number n) {
    return needs_address && has(air.access_points, &AccessPoint::bssid, numbered_bssid(n));
  };
  const auto has_its_network = [&](Number n) {
    return needs_network && has_network(air, numbered_network(n), AccessPoint{}.netmask);
  };
  Number number = 1;
  while (number < kNetworks && (has_address(number) || has_its_network(number))) ++number;
  if (number < kNetworks) return number;
  number = 1;
  while (has_address(number)) ++number;
  return number;
}

/// What an access point of that air, or one that is to be, still lacks.
void give_numbers(AccessPoint& ap, const Air& air) {
  const bool needs_address = ap.bssid == MacAddress{}, needs_network = ap.network.is_none();
  if (!needs_address && !needs_network) return;
  const Number number = free_number(air, needs_address, needs_network);
  if (needs_address) ap.bssid = numbered_bssid(number);
  if (needs_network) ap.network = numbered_network(number);
}

void give_number(SimulatedStation& station, const Air& air) {
  if (station.mac != MacAddress{}) return;
  Number number = 1;
  while (has(air.stations, &SimulatedStation::mac, numbered_station(number))) ++number;
  station.mac = numbered_station(number);
}

/// The one in `before` that `key` and the place among those with the same key say is the same.
template <class One, class Key>
const One* predecessor(const std::vector<One>& now, const One& one, const std::vector<One>& before,
                       Key key) {
  auto skip =
      std::count_if(now.data(), &one, [&](const One& other) { return other.*key == one.*key; });
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
  add_access_point(air,
                   {.ssid = "BFQ-OPEN", .security = Security::open, .channel = 1, .rssi = -58});
  add_access_point(air, {.ssid = "BFQ-HIDDEN",
                         .password = "hidden-lab-4004",
                         .channel = 11,
                         .rssi = -63,
                         .hidden = true});
  add_access_point(air, {.ssid = "BFQ-WPA",
                         .password = "legacy-lab-4004",
                         .security = Security::wpa_wpa2,
                         .channel = 3,
                         .rssi = -71});
  add_access_point(
      air, {.ssid = "BFQ-CORP", .security = Security::enterprise, .channel = 9, .rssi = -66});
  add_access_point(air, {.ssid = "BFQ-SILENT",
                         .password = "silent-lab-4004",
                         .channel = 4,
                         .rssi = -77,
                         .silent = true});
  return air;
}

AccessPoint& add_access_point(Air& air, AccessPoint added) {
  give_numbers(added, air);
  return air.access_points.emplace_back(std::move(added));
}

SimulatedStation& add_station(Air& air, SimulatedStation added) {
  give_number(added, air);
  return air.stations.emplace_back(std::move(added));
}

void complete(Air& air, const Air& before) {
  for (AccessPoint& ap : air.access_points) {
    const AccessPoint* old =
        predecessor(air.access_points, ap, before.access_points, &AccessPoint::ssid);
    if (old == nullptr) continue;
    if (ap.bssid == MacAddress{} && !has(air.access_points, &AccessPoint::bssid, old->bssid))
      ap.bssid = old->bssid;
    const bool is_the_same = ap.network.is_none() && ap.bssid == old->bssid;
    if (is_the_same && !has_network(air, old->network, ap.netmask)) ap.network = old->network;
  }
  for (SimulatedStation& station : air.stations) {
    const SimulatedStation* old =
        predecessor(air.stations, station, before.stations, &SimulatedStation::ssid);
    const bool may_keep = old != nullptr && !has(air.stations, &SimulatedStation::mac, old->mac);
    if (station.mac == MacAddress{} && may_keep) station.mac = old->mac;
  }
  for (AccessPoint& ap : air.access_points) give_numbers(ap, air);
  for (SimulatedStation& station : air.stations) give_number(station, air);
}

const AccessPoint* find_access_point(const Air& air, MacAddress bssid) {
  const auto at = find_by(air.access_points, &AccessPoint::bssid, bssid);
  return at == air.access_points.end() ? nullptr : &*at;
}

bool share_lan(const AccessPoint& a, const AccessPoint& b) {
  return a.ssid == b.ssid && a.netmask == b.netmask &&
         same_network(a.network, b.network, a.netmask);
}

const AccessPoint* head_of_lan(const Air& air, MacAddress bssid) {
  const AccessPoint* one = find_access_point(air, bssid);
  if (one == nullptr) return nullptr;
  return &*std::find_if(air.access_points.begin(), air.access_points.end(),
                        [one](const AccessPoint& other) { return share_lan(*one, other); });
}

namespace {
/// In digits of one case, where it is no passphrase.
std::string as_digits(radio::Security security, std::string_view key) {
  constexpr std::size_t kShortKey = 5, kLongKey = 13, kPsk = 32;  // bytes
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto has_bytes = [&](std::size_t n) {
    return security == radio::Security::wep ? n == kShortKey || n == kLongKey : n == kPsk;
  };
  std::string digits;
  if (security == radio::Security::wep && has_bytes(key.size())) {
    for (const char c : key) {
      digits += kHex[static_cast<unsigned char>(c) >> 4U];
      digits += kHex[static_cast<unsigned char>(c) & 15U];
    }
  } else if (key.size() % 2 == 0 && has_bytes(key.size() / 2)) {
    std::transform(key.begin(), key.end(), std::back_inserter(digits), lower);
  } else {
    digits = key;
  }
  return digits;
}
}  // namespace

bool is_same_key(radio::Security security, std::string_view key, std::string_view wanted) {
  return security == radio::Security::open ||
         as_digits(security, key) == as_digits(security, wanted);
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

// Fidelity (our decision, dialect 10.1): By position, the signal is -30 dBm at one metre and loses
// 30 dB with each tenfold distance, as indoors; below -95 dBm nothing is heard. Without positions
// it is -50 dBm.
int signal_at(Position from, Position to) {
  constexpr double kAtOneMetre = -30, kPathLossExponent = 3;
  const double metres = std::max(1.0, std::hypot(from.x - to.x, from.y - to.y));
  const double signal = kAtOneMetre - 10 * kPathLossExponent * std::log10(metres);
  return static_cast<int>(std::lround(std::max<double>(signal, INT8_MIN)));
}

int signal_of(const AccessPoint& ap, std::optional<Position> listener) {
  constexpr int kNear = -50;
  if (ap.off) return INT8_MIN;
  if (ap.rssi) return *ap.rssi - ap.weakened;
  const int signal = ap.position && listener ? signal_at(*ap.position, *listener) : kNear;
  return std::max<int>(signal - ap.weakened, INT8_MIN);
}

// Changes -----------------------------------------------------------------------------------------

std::vector<Change> difference(const Air& from, const Air& to) {
  std::vector<Change> changes;
  const auto compare = [&changes](const auto& old, const auto& wanted, auto key, auto removal,
                                  auto put_one) {
    for (const auto& one : old)
      if (!has(wanted, key, one.*key)) changes.emplace_back(removal(one));
    for (const auto& one : wanted) {
      const auto was = find_by(old, key, one.*key);
      if (was == old.end() || *was != one) changes.emplace_back(put_one(one));
    }
  };
  if (from.delays != to.delays) changes.emplace_back(SetDelays{to.delays});
  compare(
      from.access_points, to.access_points, &AccessPoint::bssid,
      [](const AccessPoint& ap) { return RemoveAccessPoint{ap.bssid}; },
      [](const AccessPoint& ap) { return PutAccessPoint{ap}; });
  compare(
      from.stations, to.stations, &SimulatedStation::mac,
      [](const SimulatedStation& s) { return RemoveStation{s.mac}; },
      [](const SimulatedStation& s) { return PutStation{s}; });
  compare(
      from.modules, to.modules, &ModulePosition::station,
      [](const ModulePosition& p) {
        return MoveModule{p.station, {}};
      },
      [](const ModulePosition& p) {
        return MoveModule{p.station, p.position};
      });
  return changes;
}

void change(Air& air, const Change& change) {
  std::visit(
      overloaded{
          [&](const PutAccessPoint& c) {
            put(air.access_points, &AccessPoint::bssid, c.access_point);
          },
          [&](const RemoveAccessPoint& c) {
            remove(air.access_points, &AccessPoint::bssid, c.bssid);
          },
          [&](const PutStation& c) { put(air.stations, &SimulatedStation::mac, c.station); },
          [&](const RemoveStation& c) { remove(air.stations, &SimulatedStation::mac, c.mac); },
          [&](const MoveModule& c) {
            remove(air.modules, &ModulePosition::station, c.station);
            if (c.to) air.modules.push_back({c.station, *c.to});
          },
          [&](const SetDelays& c) { air.delays = c.delays; },
          [](const OneOf<Happening> auto&) {},
      },
      change);
}

}  // namespace bfq::sim

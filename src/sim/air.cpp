#include "sim/air.h"

#include <algorithm>
#include <utility>

namespace bfq::sim {
namespace {
constexpr Ipv4 in_network(Ipv4 network, std::uint32_t host) { return Ipv4(network.bits | host); }

bool is_leased(const Air& air, Ipv4 address) {
  return std::any_of(air.leases.begin(), air.leases.end(),
                     [&](const Lease& l) { return l.address == address; });
}

/// The first number that no access point of this air carries yet.
std::uint8_t free_number(const Air& air) {
  for (std::uint8_t n = 1; n < 255; ++n) {
    const bool taken = std::any_of(
        air.access_points.begin(), air.access_points.end(),
        [n](const AccessPoint& a) { return a.bssid.bytes[5] == n || a.network == Ipv4(10, 44, n, 0); });
    if (!taken) return n;
  }
  return 255;
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
  if (added.bssid == MacAddress{}) added.bssid = {{0x02, 0xbf, 0x44, 0x00, 0x00, number}};
  if (added.network.is_none()) added.network = Ipv4(10, 44, number, 0);
  return air.access_points.emplace_back(std::move(added));
}

const AccessPoint* find_access_point(const Air& air, MacAddress bssid) {
  const auto at = std::find_if(air.access_points.begin(), air.access_points.end(),
                               [&](const AccessPoint& a) { return a.bssid == bssid; });
  return at == air.access_points.end() ? nullptr : &*at;
}

// Fidelity (our decision, see Air): A station gets .2 or the next free address, and the same one each
// time while the program runs.
Ipv4 lease_address(Air& air, const AccessPoint& from, MacAddress station) {
  for (const Lease& l : air.leases)
    if (l.network == from.network && l.station == station) return l.address;
  for (std::uint32_t host = 2; host < 255; ++host) {
    const Ipv4 address = in_network(from.network, host);
    if (is_leased(air, address)) continue;
    air.leases.push_back({from.network, station, address});
    return address;
  }
  return {};
}

}  // namespace bfq::sim

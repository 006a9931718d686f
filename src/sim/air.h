#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/mac.h"
#include "base/time.h"
#include "ports/radio.h"

namespace bfq::sim {

/// A place in the plane, in metres.
struct Position {
  double x = 0, y = 0;
  bool operator==(const Position&) const = default;
};

/// What becomes of who asks the LAN's DHCP server for an address.
enum class Dhcp : std::uint8_t { answers, is_silent, refuses };

/// One network in the air, and the LAN behind it.
struct AccessPoint {
  std::string ssid{}, password{};
  radio::Security security = radio::Security::wpa2;
  std::uint8_t channel = 1;
  std::int8_t rssi = -50;
  MacAddress bssid{};
  bool hidden = false;  ///< its name is seen only by those who ask for it
  bool silent = false;  ///< is seen, but never answers a join
  Dhcp dhcp = Dhcp::answers;
  Ipv4 network{};  ///< a /24; its gateway is .1
};

/// Which station has which address of which network: the same one each time that it asks.
struct Lease {
  Ipv4 network;
  MacAddress station;
  Ipv4 address;
};

// Fidelity (our decision, see Air): A scan takes 0.5 s, an association 0.3 s, an address 0.2 s, a wrong
// password 1 s; a real module takes longer.

/// How long things take in the air.
struct Delays {
  Duration scan = 500ms;
  Duration associate = 300ms;
  Duration address = 200ms;
  Duration reject_password = 1s;
};

/// What all radios share. A plain value: after a change, call Radio::update() of each radio.
struct Air {
  std::vector<AccessPoint> access_points;
  Delays delays;
  std::vector<Lease> leases;
};

/// The six access points that a module finds where nobody says otherwise; networks 10.44.1.0/24 to
/// 10.44.6.0/24.
Air default_air();

/// Adds an access point, with a bssid and a network of its own where it has none.
AccessPoint& add_access_point(Air&, AccessPoint);

/// The access point with that address, or nullptr when it isn't in the air.
const AccessPoint* find_access_point(const Air&, MacAddress bssid);

/// The address of `station` in the network of `from`: .2 for the first station, and so on. 0.0.0.0
/// when all are taken.
Ipv4 lease_address(Air&, const AccessPoint& from, MacAddress station);

}  // namespace bfq::sim

#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/mac.h"
#include "ports/network.h"

namespace bfq::sockets {

/// The name under which a module reaches the machine that it runs on, the gateway of its network.
inline constexpr std::string_view kThisMachine = "host.bfq.internal";

/// A network that a module is on: a virtual one, of which the machine's kernel knows nothing, or
/// one that a radio of this machine has joined or opened (Networks::are_real).
struct VirtualLan {
  MacAddress access_point{};  ///< identifies it: two networks may have the same addresses
  Ipv4 address{};             ///< the module's
  Ipv4 gateway{}, netmask{};
  /// True when its gateway is the machine, which routes to other networks. The network of a
  /// module's own access point has no route to others.
  bool leads_on = false;
  net::NameServers name_servers{};  ///< of a real one, by its DHCP server

  bool holds(Ipv4 other) const { return same_network(other, address, netmask); }
  Ipv4 broadcast() const { return Ipv4(address.bits | ~netmask.bits); }
  bool operator==(const VirtualLan&) const = default;
};

/// The networks that a module is on: as a station, and that of its own access point.
struct Networks {
  std::optional<VirtualLan> station{};
  std::optional<VirtualLan> soft_ap{};
  bool are_real = false;  ///< see RealInterfaces

  bool none() const { return !station && !soft_ap; }
  bool operator==(const Networks&) const = default;
};

/// A LAN, and the address of a module there.
struct LanPlace {
  MacAddress lan{};
  Ipv4 address{};
  bool operator==(const LanPlace&) const = default;
};

/// The side by which a link leaves the module; towards another module, also the place on the LAN
/// without which the link ends.
struct EgressPath {
  net::Interface through{};
  std::optional<LanPlace> place{};
};

/// True while the module has that side and, for a link that is bound to a place on a LAN, still has
/// that place.
bool still_has(const Networks& networks, const EgressPath& exit);

/// How one module reaches another on the same LAN.
struct Meeting {
  EgressPath exit;  ///< of the first
  Ipv4 theirs;      ///< address of the other
};

/// The LAN that both are on; of two, the one that is asked for, or the one of the station of
/// `mine`.
std::optional<Meeting> meet(const Networks& mine, const Networks& theirs,
                            std::optional<MacAddress> lan = std::nullopt);

/// True for the broadcast address of a network of the module, and for multicast addresses.
bool is_broadcast(const Networks& networks, Ipv4 remote);

/// The side by which the module reaches `remote`; the station, where both would do.
net::Interface side_towards(const Networks& networks, Ipv4 remote);

/// The loopback address of module `index`: 127.64.0.1 + index.
constexpr Ipv4 module_address(unsigned index) { return Ipv4(Ipv4(127, 64, 0, 1).bits + index); }

/// Where the first module of a process is reached too; others only have their own address.
inline constexpr Ipv4 kLocalhost{127, 0, 0, 1};

constexpr bool is_loopback(Ipv4 address) { return address.octet(0) == 127; }

/// The address that the module is shown for a peer that contacts it from `actual`.
constexpr Ipv4 shown_address(Ipv4 actual) {
  // Fidelity (our decision, dialect 11.14): This machine, where the module has not connected to it
  // under another address, is 127.0.0.1 in +IPD and AT+CIPSTATUS.
  return is_loopback(actual) ? kLocalhost : actual;
}
}  // namespace bfq::sockets

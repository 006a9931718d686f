#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/mac.h"
#include "ports/network.h"

namespace bfq::sockets {

/// The name by which a module reaches the machine that it runs on: the gateway of its network.
inline constexpr std::string_view kThisMachine = "host.bfq.internal";

/// A network that a module is on: a virtual one, which the machine does not know.
struct VirtualLan {
  MacAddress access_point{};  ///< whose it is: two may have the same numbers
  Ipv4 address{};             ///< the module's own
  Ipv4 gateway{}, netmask{};
  /// Its gateway is the machine, and leads on from there. A module's own access point leads
  /// nowhere.
  bool leads_on = false;

  bool holds(Ipv4 other) const { return same_network(other, address, netmask); }
  Ipv4 broadcast() const { return Ipv4(address.bits | ~netmask.bits); }
  bool operator==(const VirtualLan&) const = default;
};

/// The networks that a module is on: as a station, and that of its own access point.
struct Networks {
  std::optional<VirtualLan> station{};
  std::optional<VirtualLan> soft_ap{};

  bool none() const { return !station && !soft_ap; }
  bool operator==(const Networks&) const = default;
};

/// A module's place on a LAN.
struct LanPlace {
  MacAddress lan{};
  Ipv4 address{};
  bool operator==(const LanPlace&) const = default;
};

/// By which side a link leaves the module; towards another module, also the place that it lives and
/// dies with.
struct EgressPath {
  net::Interface through{};
  std::optional<LanPlace> place{};
};

/// True while the module has that side and, where the link is bound to a place, has it by that
/// side.
bool still_has(const Networks& networks, const EgressPath& exit);

/// What one module sees of another that is on the same LAN.
struct Meeting {
  EgressPath exit;  ///< its own
  Ipv4 theirs;      ///< the other's address
};

/// The LAN that both are on, or that of the two that is asked for; the station's of `mine`, where
/// there are two.
std::optional<Meeting> meet(const Networks& mine, const Networks& theirs,
                            std::optional<MacAddress> lan = std::nullopt);

/// True for an address that means everybody on a network of the module, or a group of them.
bool is_broadcast(const Networks& networks, Ipv4 remote);

/// The side of the module by which it gets to `remote`; its station's, where both would do.
net::Interface side_towards(const Networks& networks, Ipv4 remote);

/// Module `index`, as the machine's own programs see it: 127.64.0.1 + index.
constexpr Ipv4 module_address(unsigned index) { return Ipv4(Ipv4(127, 64, 0, 1).bits + index); }

/// Where a person looks for the first module of a process; the others have their own address alone.
inline constexpr Ipv4 kLocalhost{127, 0, 0, 1};

constexpr bool is_loopback(Ipv4 address) { return address.octet(0) == 127; }

/// How the module sees whoever comes to it from `actual` without having been asked.
constexpr Ipv4 shown_address(Ipv4 actual) {
  // Fidelity (our decision, see Networks): This machine, where the module has not connected to it
  // under another address, is 127.0.0.1 in +IPD and AT+CIPSTATUS.
  return is_loopback(actual) ? kLocalhost : actual;
}
}  // namespace bfq::sockets

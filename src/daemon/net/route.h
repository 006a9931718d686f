#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "ports/network.h"

namespace bfq::daemon {

/// A network that a module is on: a virtual one, which the machine does not know.
struct VirtualLan {
  Ipv4 address{};  ///< the module's own
  Ipv4 gateway{}, netmask{};

  bool holds(Ipv4 other) const { return same_network(other, address, netmask); }
  bool operator==(const VirtualLan&) const = default;
};

/// The networks that a module is on: as a station, and that of its own access point.
struct Networks {
  std::optional<VirtualLan> station{};
  std::optional<VirtualLan> soft_ap{};

  bool operator==(const Networks&) const = default;
};

/// The name by which a module reaches the machine that it runs on: the gateway of its network.
inline constexpr std::string_view kThisMachine = "host.bfq.internal";

/// The address that the machine must connect to for what a module calls `remote`; nothing where the
/// module cannot get: without a network, or to a neighbour that does not exist. The gateway is the
/// machine itself; a real network that happens to have the same numbers is never meant.
std::optional<Ipv4> route(const Networks& networks, Ipv4 remote);

/// True for an address that means everybody on a network of the module, or a group of them. A datagram
/// to it is sent and nobody hears it, since one program is one module.
bool is_broadcast(const Networks& networks, Ipv4 remote);

/// The side of the module by which it gets to `remote`; its station's, where both would do.
net::Interface side_towards(const Networks& networks, Ipv4 remote);

/// Module `index` of this process, as the machine's own programs see it: 127.64.0.1 + index.
constexpr Ipv4 module_address(unsigned index) { return Ipv4(Ipv4(127, 64, 0, 1).bits + index); }

/// Where a person looks for the first module of a process; the others have their own address alone.
inline constexpr Ipv4 kLocalhost{127, 0, 0, 1};
constexpr bool is_also_at_localhost(unsigned index) { return index == 0; }

constexpr bool is_loopback(Ipv4 address) { return address.octet(0) == 127; }

/// How the module sees whoever comes to it from `actual` without having been asked.
constexpr Ipv4 shown_address(Ipv4 actual) {
  // Fidelity (our decision, see route): This machine, where the module has not connected to it under another
  // address, is 127.0.0.1 in +IPD and AT+CIPSTATUS.
  return is_loopback(actual) ? kLocalhost : actual;
}
}  // namespace bfq::daemon

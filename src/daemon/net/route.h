#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ipv4.h"

namespace bfq::daemon {

/// The network that a module's station is on: a virtual one, which the machine does not know.
struct VirtualLan {
  Ipv4 gateway, netmask;
};

/// The name by which a module reaches the machine that it runs on: the gateway of its network.
inline constexpr std::string_view kThisMachine = "host.bfq.internal";

/// The address that the machine must connect to for what a module calls `remote`; nothing where the
/// module cannot get: without a network, or to a neighbour that does not exist. The gateway is the
/// machine itself; a real network that happens to have the same numbers is never meant.
std::optional<Ipv4> route(const std::optional<VirtualLan>& lan, Ipv4 remote);

/// Module `index` of this process, as the machine's own programs see it: 127.64.0.1 + index.
constexpr Ipv4 module_address(unsigned index) { return Ipv4(Ipv4(127, 64, 0, 1).bits + index); }

constexpr bool is_loopback(Ipv4 address) { return address.octet(0) == 127; }
}  // namespace bfq::daemon

#include "daemon/net/route.h"

namespace bfq::daemon {
std::optional<Ipv4> route(const Networks& networks, Ipv4 remote) {
  // An access point of one's own leads nowhere else.
  if (!networks.station) return std::nullopt;
  const VirtualLan& lan = *networks.station;
  // Fidelity (our decision, see route): The gateway of the network, and host.bfq.internal, are the machine
  // that the module runs on.
  // Fidelity (our decision, see route): Nobody else lives on the network: ERROR and CLOSED at once.
  if (remote == lan.gateway && !remote.is_none()) return kLocalhost;
  if (lan.holds(remote)) return std::nullopt;
  if (networks.soft_ap && networks.soft_ap->holds(remote)) return std::nullopt;
  // Linux takes 0.0.0.0 for itself; to a module it is no address. Above 223 are groups, not hosts.
  if (remote.octet(0) == 0 || remote.octet(0) >= 224) return std::nullopt;
  return remote;
}

bool is_broadcast(const Networks& networks, Ipv4 remote) {
  const auto ends = [remote](const std::optional<VirtualLan>& lan) {
    return lan && remote.bits == (lan->address.bits | ~lan->netmask.bits);
  };
  const bool is_group = remote.octet(0) >= 224 && remote.octet(0) < 240;
  return is_group || remote.bits == ~std::uint32_t{0} || ends(networks.station) || ends(networks.soft_ap);
}

net::Interface side_towards(const Networks& networks, Ipv4 remote) {
  const bool by_station = networks.station && (networks.station->holds(remote) || !networks.soft_ap ||
                                               !networks.soft_ap->holds(remote));
  return by_station ? net::Interface::station : net::Interface::soft_ap;
}
}  // namespace bfq::daemon

#include "daemon/net/route.h"

namespace bfq::daemon {
std::optional<Ipv4> route(const std::optional<VirtualLan>& lan, Ipv4 remote) {
  if (!lan) return std::nullopt;
  // Fidelity (our decision, see route): The gateway of the network, and host.bfq.internal, are the machine
  // that the module runs on.
  // Fidelity (our decision, see route): Nobody else lives on the network: ERROR and CLOSED at once.
  if (remote == lan->gateway) return Ipv4(127, 0, 0, 1);
  if (same_network(remote, lan->gateway, lan->netmask)) return std::nullopt;
  // Linux takes 0.0.0.0 for itself; to a module it is no address. Above 223 are groups, not hosts.
  if (remote.octet(0) == 0 || remote.octet(0) >= 224) return std::nullopt;
  return remote;
}
}  // namespace bfq::daemon

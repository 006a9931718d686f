#include "daemon/sockets/networks.h"

namespace bfq::sockets {
namespace {
const std::optional<VirtualLan>& side_of(const Networks& networks, net::Interface side) {
  return side == net::Interface::station ? networks.station : networks.soft_ap;
}

/// The address that `networks` has on the LAN of that access point.
std::optional<Ipv4> address_on(const Networks& networks, MacAddress lan) {
  for (const auto* side : {&networks.station, &networks.soft_ap})
    if (*side && (*side)->access_point == lan) return (*side)->address;
  return std::nullopt;
}
}  // namespace

bool still_has(const Networks& networks, const EgressPath& exit) {
  const auto& lan = side_of(networks, exit.through);
  return lan && (!exit.place || *exit.place == LanPlace{lan->access_point, lan->address});
}

std::optional<Meeting> meet(const Networks& mine, const Networks& theirs,
                            std::optional<MacAddress> lan) {
  for (const auto side : {net::Interface::station, net::Interface::soft_ap}) {
    const auto& here = side_of(mine, side);
    if (!here || (lan && *lan != here->access_point)) continue;
    if (const auto address = address_on(theirs, here->access_point))
      return Meeting{EgressPath{side, LanPlace{here->access_point, here->address}}, *address};
  }
  return std::nullopt;
}

bool is_broadcast(const Networks& networks, Ipv4 remote) {
  const auto ends = [remote](const std::optional<VirtualLan>& lan) {
    return lan && remote == lan->broadcast();
  };
  const bool is_group = remote.octet(0) >= 224 && remote.octet(0) < 240;
  return is_group || remote.bits == ~std::uint32_t{0} || ends(networks.station) ||
         ends(networks.soft_ap);
}

net::Interface side_towards(const Networks& networks, Ipv4 remote) {
  const bool by_station =
      networks.station &&
      (networks.station->holds(remote) || !networks.soft_ap || !networks.soft_ap->holds(remote));
  return by_station ? net::Interface::station : net::Interface::soft_ap;
}
}  // namespace bfq::sockets

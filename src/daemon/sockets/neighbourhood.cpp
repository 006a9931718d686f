#include "daemon/sockets/neighbourhood.h"

#include <algorithm>

#include "daemon/sockets/address.h"

namespace bfq::sockets {
namespace {
template <class Matches>
const Neighbour* first(const std::vector<const Neighbour*>& all, Matches matches) {
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const Neighbour* n) { return matches(*n); });
  return at == all.end() ? nullptr : *at;
}

const VirtualLan* on(const Networks& networks, MacAddress lan) {
  for (const auto* side : {&networks.station, &networks.soft_ap})
    if (*side && (*side)->access_point == lan) return &**side;
  return nullptr;
}
}  // namespace

void Neighbourhood::leave(const Neighbour& neighbour) {
  all_.erase(std::remove(all_.begin(), all_.end(), &neighbour), all_.end());
}

const Neighbour* Neighbourhood::owner_of(Ipv4 actual) const {
  return first(all_, [&](const Neighbour& n) { return module_address(n.index()) == actual; });
}

const Neighbour* Neighbourhood::find(MacAddress lan, Ipv4 address) const {
  return first(all_, [&](const Neighbour& n) {
    const Networks networks = n.networks();
    const VirtualLan* place = on(networks, lan);
    return place != nullptr && place->address == address;
  });
}

std::optional<Ipv4> Neighbourhood::find_announced(MacAddress lan, const HostName& name) const {
  std::optional<Ipv4> address;
  first(all_, [&](const Neighbour& n) {
    const Networks networks = n.networks();
    const VirtualLan* place = n.is_announced_as(name) ? on(networks, lan) : nullptr;
    if (place != nullptr) address = place->address;
    return place != nullptr;
  });
  return address;
}

bool Neighbourhood::exists(const VirtualLan& lan) const {
  return lan.leads_on ||
         first(all_, [&](const Neighbour& n) {
           const Networks networks = n.networks();
           return networks.soft_ap && networks.soft_ap->access_point == lan.access_point;
         }) != nullptr;
}

void Neighbourhood::for_each_on(MacAddress lan,
                                const std::function<void(const Neighbour&)>& visit) const {
  for (const Neighbour* neighbour : all_) {
    const Networks networks = neighbour->networks();
    if (on(networks, lan) != nullptr) visit(*neighbour);
  }
}

bool Neighbourhood::has_datagrams_at_localhost(std::uint16_t port) const {
  return first(all_, [&](const Neighbour& n) { return n.has_datagrams_at_localhost(port); }) !=
         nullptr;
}

bool Neighbourhood::has_port(std::uint16_t port) const {
  return first(all_, [&](const Neighbour& n) { return n.server(port) || n.datagram_port(port); }) !=
         nullptr;
}

void Neighbourhood::add_door(const boost::asio::ip::tcp::endpoint& at) {
  if (at.address().is_v4()) doors_.push_back(endpoint_of(at));
  // `::` takes connections by IPv4 too; another IPv6 address is none that a module can reach.
  if (at.address().is_v6() && at.address().is_unspecified()) doors_.push_back({{}, at.port()});
}

bool Neighbourhood::has_door(net::Endpoint at) const {
  return std::any_of(doors_.begin(), doors_.end(), [at](net::Endpoint door) {
    if (door.port != at.port) return false;
    return door.address == at.address || (door.address.is_none() && is_own_address(at.address));
  });
}
}  // namespace bfq::sockets

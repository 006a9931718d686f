#include "daemon/sockets/route.h"

namespace bfq::sockets {
namespace {
Route nowhere(const char* why) { return {.to = Route::To::nowhere, .why = why}; }

Route outside(Ipv4 address) {
  return {.to = Route::To::outside, .exit = {net::Interface::station}, .address = address};
}

// Fidelity (our decision, dialect 13.1): With a radio of this machine an address is what it says: a
// host on the network of the station or of the softAP, or behind the station's gateway. 127.0.0.0/8
// and host.bfq.internal do not exist.
Route real_route(const Networks& networks, Ipv4 remote) {
  const auto& [station, soft_ap, are_real] = networks;
  const bool is_own =
      (station && remote == station->address) || (soft_ap && remote == soft_ap->address);
  if (is_own) return nowhere("that is the module itself");
  if (!is_unicast(remote) || remote.octet(0) == 0) return nowhere("that is no host's address");
  const bool by_soft_ap = soft_ap && soft_ap->holds(remote) && !(station && station->holds(remote));
  if (by_soft_ap)
    return {.to = Route::To::outside, .exit = {net::Interface::soft_ap}, .address = remote};
  return station ? outside(remote) : nowhere("its network leads nowhere");
}

/// To an address of a LAN that the module is on.
Route within(const VirtualLan& lan, net::Interface side, Ipv4 remote,
             const Neighbourhood& neighbourhood, unsigned index) {
  // Fidelity (our decision, dialect 11.16): A module does not reach itself by its address on a LAN.
  if (remote == lan.address) return nowhere("that is the module itself");
  const Neighbour* neighbour =
      neighbourhood.exists(lan) ? neighbourhood.find(lan.access_point, remote) : nullptr;
  if (neighbour == nullptr || neighbour->index() == index)
    return {.to = Route::To::nobody, .exit = {side}, .why = "nobody has that address"};
  return {.to = Route::To::neighbour,
          .exit = {side, LanPlace{lan.access_point, lan.address}},
          .neighbour = neighbour};
}
}  // namespace

Route route(const Networks& networks, Ipv4 remote, const Neighbourhood& neighbourhood,
            unsigned index) {
  if (networks.are_real) return real_route(networks, remote);
  const auto& station = networks.station;
  const auto& soft_ap = networks.soft_ap;
  // Fidelity (our decision, dialect 11.17): The gateway of an access point's network, and
  // host.bfq.internal, are the machine that the module runs on.
  if (station && station->leads_on && remote == station->gateway && !remote.is_none())
    return outside(kLocalhost);
  // Fidelity (our decision, dialect 11.18): Where an address fits both networks of a module, the
  // station's is meant.
  if (station && station->holds(remote))
    return within(*station, net::Interface::station, remote, neighbourhood, index);
  if (soft_ap && soft_ap->holds(remote))
    return within(*soft_ap, net::Interface::soft_ap, remote, neighbourhood, index);
  // Linux takes 0.0.0.0 for itself; to a module it is no address. Above 223 are groups, not hosts.
  if (remote.octet(0) == 0 || remote.octet(0) >= 224) return nowhere("that is no host's address");
  // Fidelity (our decision, dialect 11.19): A module's access point is no router: from it, and for
  // a module that is only a station of it, there is no way to other networks, and no name is known.
  if (!station || !station->leads_on) return nowhere("its network leads nowhere");
  return outside(remote);
}
}  // namespace bfq::sockets

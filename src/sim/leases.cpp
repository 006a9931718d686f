#include "sim/leases.h"

#include <algorithm>

namespace bfq::sim {

// Fidelity (our decision, dialect 10.3): A station keeps its address while it stays, and gets it
// again for the time of the lease after it has left; then it is anybody's. Others get the lowest
// address that is free. Access points of one name and network have one DHCP server.
Ipv4 Leases::give(const AccessPoint& from, Reach reach, MacAddress station,
                  std::span<const Ipv4> in_use, Instant now) {
  const Pool pool = pool_of(from);
  const Ipv4 network(from.network.bits & from.netmask.bits);
  const std::string shared_name = reach == Reach::shared ? from.ssid : "";
  const auto is_here = [&](const Lease& l) {
    if (l.network != network) return false;
    return l.access_point == from.bssid || (!shared_name.empty() && l.shared_name == shared_name);
  };
  const auto is_in_use = [&](Ipv4 address) {
    return std::find(in_use.begin(), in_use.end(), address) != in_use.end();
  };
  std::erase_if(all_, [&](const Lease& l) {
    const bool outside = l.address < pool.first || l.address > pool.last;
    return l.ends.due(now) ||
           (is_here(l) && l.station == station && (outside || is_in_use(l.address)));
  });
  const auto had = std::find_if(all_.begin(), all_.end(),
                                [&](const Lease& l) { return is_here(l) && l.station == station; });
  if (had != all_.end()) {
    had->access_point = from.bssid;
    had->lasts = from.lease;
    had->ends = Deadline::never();
    return had->address;
  }
  // By their distance from the first of the pool: of so many one is free.
  std::vector<bool> taken(in_use.size() + all_.size() + 1);
  const auto take = [&](Ipv4 address) {
    const std::size_t at = address.bits - pool.first.bits;  // far out for one in front of the pool
    if (at < taken.size()) taken[at] = true;
  };
  for (const Ipv4 address : in_use) take(address);
  for (const Lease& l : all_)
    if (is_here(l)) take(l.address);
  const auto free = std::find(taken.begin(), taken.end(), false) - taken.begin();
  const std::uint64_t bits = pool.first.bits + static_cast<std::uint64_t>(free);
  if (bits > pool.last.bits) return {};
  const Ipv4 address(static_cast<std::uint32_t>(bits));
  all_.push_back(
      {from.bssid, shared_name, network, station, address, from.lease, Deadline::never()});
  return address;
}

void Leases::let_go(MacAddress access_point, MacAddress station, Instant now) {
  for (Lease& l : all_)
    if (l.access_point == access_point && l.station == station && l.ends.is_never())
      l.ends = now + l.lasts;
}

void Leases::forget(MacAddress access_point) {
  std::erase_if(all_, [&](const Lease& l) { return l.access_point == access_point; });
}

}  // namespace bfq::sim

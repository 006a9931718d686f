#include "sim/leases.h"

#include <algorithm>
#include <utility>

namespace bfq::sim {

bool Leases::Server::remembers(const Lease& l) const {
  if (l.network != network) return false;
  return l.access_point == access_point || (!shared_name.empty() && l.shared_name == shared_name);
}

template <class Ends>
void Leases::end_those(Ends ends) {
  std::erase_if(all_, ends);
  by_address_.clear();
  searches_.clear();
  next_end_ = Deadline::never();
  for (const auto& [station, lease] : all_) {
    by_address_.emplace(lease.address, &lease);
    next_end_ = earliest({next_end_, lease.ends});
  }
}

Leases::ByStation::iterator Leases::find(const Server& server, MacAddress station) {
  const auto [first, end] = all_.equal_range(station);
  const auto had =
      std::find_if(first, end, [&](const auto& each) { return server.remembers(each.second); });
  return had == end ? all_.end() : had;
}

bool Leases::is_leased(const Server& server, Ipv4 address) const {
  const auto [first, end] = by_address_.equal_range(address);
  return std::any_of(first, end, [&](const auto& each) { return server.remembers(*each.second); });
}

Ipv4 Leases::lowest_free(const Server& server, const IsInUse& is_in_use) {
  Search& search = searches_[server.access_point];
  if (search.server != server) search = {server, server.pool.first};
  std::uint64_t bits = search.next.bits;  // so that it may go beyond the highest address of all
  for (; bits <= server.pool.last.bits; ++bits) {
    search.next.bits = static_cast<std::uint32_t>(bits);
    if (!is_leased(server, search.next)) break;
  }
  for (; bits <= server.pool.last.bits; ++bits) {
    const Ipv4 address(static_cast<std::uint32_t>(bits));
    if (!is_in_use(address) && !is_leased(server, address)) return address;
  }
  return {};
}

// Fidelity (our decision, dialect 10.3): A station keeps its address while it stays, and gets it
// again for the time of the lease after it has left; then it is anybody's. Others get the lowest
// address that is free. Access points of one name and network have one DHCP server.
Ipv4 Leases::give(const AccessPoint& from, Reach reach, MacAddress station,
                  const IsInUse& is_in_use, Instant now) {
  const Server server{.access_point = from.bssid,
                      .shared_name = reach == Reach::shared ? from.ssid : "",
                      .network = Ipv4(from.network.bits & from.netmask.bits),
                      .pool = pool_of(from)};
  if (next_end_.due(now)) end_those([&](const auto& each) { return each.second.ends.due(now); });
  const auto is_good = [&](const Lease& l) {
    return l.address >= server.pool.first && l.address <= server.pool.last && !is_in_use(l.address);
  };
  auto had = find(server, station);
  if (had != all_.end() && !is_good(had->second)) {
    end_those([&](const auto& each) {
      return each.first == station && server.remembers(each.second) && !is_good(each.second);
    });
    had = find(server, station);
  }
  if (had == all_.end()) {
    const Ipv4 address = lowest_free(server, is_in_use);
    if (address.is_none()) return {};
    had = all_.emplace(station, Lease{.access_point = from.bssid,
                                      .shared_name = server.shared_name,
                                      .network = server.network,
                                      .address = address});
    by_address_.emplace(address, &had->second);
  }
  Lease& lease = had->second;
  if (std::exchange(lease.access_point, from.bssid) != from.bssid) searches_.clear();
  lease.lasts = from.lease;
  lease.ends = Deadline::never();
  return lease.address;
}

void Leases::let_go(MacAddress access_point, MacAddress station, Instant now) {
  const auto [first, end] = all_.equal_range(station);
  for (auto each = first; each != end; ++each) {
    Lease& lease = each->second;
    if (lease.access_point != access_point || !lease.ends.is_never()) continue;
    lease.ends = now + lease.lasts;
    next_end_ = earliest({next_end_, lease.ends});
  }
}

void Leases::forget(MacAddress access_point) {
  end_those([&](const auto& each) { return each.second.access_point == access_point; });
}

}  // namespace bfq::sim

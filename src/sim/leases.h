#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "sim/air.h"

namespace bfq::sim {

/// Which station has which address of which LAN: what all DHCP servers in the air remember.
class Leases {
 public:
  /// Whether the LAN of an access point is also that of others of its name and network (see
  /// share_lan()).
  enum class Reach : std::uint8_t { shared, alone };

  /// The address for `station`: the one that it had, while that lease lasts and is in the pool;
  /// else the lowest of the pool that nobody has. 0.0.0.0 when all are taken. `in_use` says which
  /// addresses are taken without a
  /// lease. Takes a time that grows with their number and that of the leases.
  Ipv4 give(const AccessPoint& from, Reach reach, MacAddress station, std::span<const Ipv4> in_use,
            Instant now);

  /// The station has left: what is left of its lease begins to run.
  void let_go(MacAddress access_point, MacAddress station, Instant now);

  /// That DHCP server has lost its memory.
  void forget(MacAddress access_point);

 private:
  struct Lease {
    MacAddress access_point{};  ///< the one that gave it last
    std::string shared_name{};  ///< of all those that may; empty: it alone
    Ipv4 network{};
    MacAddress station{};
    Ipv4 address{};
    Duration lasts{};
    Deadline ends{};  ///< never, while the station is there and renews it
  };
  std::vector<Lease> all_{};
};

}  // namespace bfq::sim

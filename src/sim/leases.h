#pragma once
#include <functional>
#include <map>
#include <string>

#include "base/time.h"
#include "sim/air.h"

namespace bfq::sim {

/// Which station has which address of which LAN: what all DHCP servers in the air remember.
class Leases {
 public:
  /// Whether the LAN of an access point is also that of others of its name and network (see
  /// share_lan()).
  enum class Reach : std::uint8_t { shared, alone };

  /// Whether an address is taken, by somebody else, without a lease.
  using IsInUse = std::function<bool(Ipv4)>;

  /// The address for `station`: the one that it had, while that lease lasts and is in the pool;
  /// else the lowest of the pool that nobody has. 0.0.0.0 when all are taken. Takes a time that
  /// grows with the logarithm of their number, and with the number of those that are in use without
  /// a lease; with that of the leases where one has ended since the last time.
  Ipv4 give(const AccessPoint& from, Reach reach, MacAddress station, const IsInUse& is_in_use,
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
    Ipv4 address{};
    Duration lasts{};
    Deadline ends{};  ///< never, while the station is there and renews it
  };
  /// One DHCP server: that of an access point, or of all that share its LAN.
  struct Server {
    MacAddress access_point{};
    std::string shared_name{};
    Ipv4 network{};
    Pool pool{};

    bool remembers(const Lease&) const;
    bool operator==(const Server&) const = default;
  };
  /// All of the server's pool in front of `next` is leased.
  struct Search {
    Server server{};
    Ipv4 next{};
  };
  using ByStation = std::multimap<MacAddress, Lease>;

  ByStation::iterator find(const Server&, MacAddress station);
  bool is_leased(const Server&, Ipv4) const;
  Ipv4 lowest_free(const Server&, const IsInUse&);
  template <class Ends>
  void end_those(Ends ends);

  ByStation all_{};
  std::multimap<Ipv4, const Lease*> by_address_{};
  Deadline next_end_{};
  std::map<MacAddress, Search> searches_{};  ///< by access point; none once a lease has ended
};

}  // namespace bfq::sim

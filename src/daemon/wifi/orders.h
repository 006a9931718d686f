#pragma once
#include <array>
#include <cstdint>

#include "base/ipv4.h"
#include "base/mac.h"
#include "ports/network.h"

namespace bfq::wifi {

/// What the program asks of its helper, as one packet of a socket between the two. The helper knows
/// everything else, such as which programs these are, from its start: an order names no file, no
/// interface and no program.
struct Order {
  enum class Kind : std::uint8_t {
    obtain_address,       ///< starts a DHCP client for the station
    use_address,          ///< the station has address, netmask and gateway
    forget_address,       ///< ends both
    serve_addresses,      ///< the softAP has address and netmask, and gives first to last where it
                          ///< gives
    stop_serving,         ///< ends that
    forget_leases,        ///< whom it has given which address
    make_access_point,    ///< makes the softAP's interface, with mac
    remove_access_point,  ///< and removes it
    restart_supplicant,   ///< which does not answer any more
    set_country,          ///< country; where that is empty, the one that there was
    last = set_country
  };
  Kind kind{};
  Ipv4 address{}, gateway{}, netmask{};
  bool gives_addresses = false;
  Ipv4 first{}, last{};
  std::uint16_t lease_minutes = 120;
  MacAddress mac{};
  unsigned number = 0;  ///< repeated in the report about it
  std::array<char, 2> country{};
};

/// What the helper tells the program, in the same way.
struct Report {
  enum class Kind : std::uint8_t {
    supplicant_is_there,   ///< for the first time, or again
    supplicant_is_gone,    ///< it will be there again
    addressed,             ///< by the DHCP server: address, gateway, netmask and name servers
    address_refused,       ///< by the DHCP server
    guest_addressed,       ///< the softAP's DHCP server has given mac that address
    access_point_made,     ///< the softAP's interface is there, as order `number` asked
    access_point_refused,  ///< it cannot be there; why is said already
    last = access_point_refused
  };
  Kind kind{};
  Ipv4 address{}, gateway{}, netmask{};
  net::NameServers name_servers{};
  MacAddress mac{};
  unsigned number = 0;
};
}  // namespace bfq::wifi

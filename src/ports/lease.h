#pragma once
#include <cstdint>
#include <variant>

#include "base/described.h"
#include "base/ipv4.h"
#include "ports/ticket.h"

/// The module's own addresses: those that it gets or sets as a station, and those that its access
/// point gives to others (DHCP client and server).
///
///                ObtainAddress, UseAddress               Addressed
///   no address ---------------------------> asked -----------------------> address
///    ^                                        |                               |
///    |  AddressFailed, end of the association |    end of the association     |
///    +----------------------------------------+<------------------------------+
///
/// Every ObtainAddress is answered by exactly one Addressed or AddressFailed, unless the
/// association ends or another address is asked for first; every UseAddress by one Addressed. A
/// server that never answers is given up on by the module.
namespace bfq::lease {

/// Asks the joined network's DHCP server for an address.
struct ObtainAddress {
  Ticket ticket{};
  static constexpr auto kDescription = describe("lease::ObtainAddress", "ticket");
};

/// The station has this address from now on: answered by Addressed with the same.
struct UseAddress {
  Ticket ticket{};
  Ipv4 address{}, gateway{}, netmask{};
  static constexpr auto kDescription =
      describe("lease::UseAddress", "ticket", "address", "gateway", "netmask");
};

/// Our own access point's address, and those that it gives to its stations. Not answered.
struct ServeAddresses {
  Ipv4 address{}, netmask{};
  bool gives_addresses = true;
  Ipv4 first{}, last{};
  std::uint16_t lease_minutes = 120;
  static constexpr auto kDescription =
      describe("lease::ServeAddresses", "address", "netmask", "gives_addresses", "first", "last",
               "lease_minutes");
};

/// The station's address from now on, asked for by that ticket.
struct Addressed {
  Ticket ticket{};
  Ipv4 address{}, gateway{}, netmask{};
  static constexpr auto kDescription =
      describe("lease::Addressed", "ticket", "address", "gateway", "netmask");
};

/// A server has refused to give an address, or has none left; the association lives on.
struct AddressFailed {
  Ticket ticket{};
  static constexpr auto kDescription = describe("lease::AddressFailed", "ticket");
};

/// All that the module asks about addresses.
using Request = std::variant<ObtainAddress, UseAddress, ServeAddresses>;

/// All that the module is told about them.
using Event = std::variant<Addressed, AddressFailed>;
}  // namespace bfq::lease

#pragma once
#include "daemon/sockets/neighbourhood.h"

namespace bfq::sockets {

/// Where the machine must go for an address of the module's.
struct Route {
  /// nobody: an address of a LAN that nobody has.
  enum class To : std::uint8_t { nowhere, nobody, neighbour, outside };
  To to = To::nowhere;
  EgressPath exit{};
  const Neighbour* neighbour = nullptr;  ///< with To::neighbour, for now
  Ipv4 address{};                        ///< with To::outside
  const char* why = "";                  ///< with To::nowhere and To::nobody
};

/// The way to what module `index` calls `remote`, as things are now. The gateway of a network that
/// leads on is the machine itself; a real network that happens to have the same numbers as a LAN is
/// never meant.
Route route(const Networks& networks, Ipv4 remote, const Neighbourhood& neighbourhood,
            unsigned index);
}  // namespace bfq::sockets

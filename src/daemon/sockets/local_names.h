#pragma once
#include <optional>
#include <string_view>

#include "base/host_name.h"
#include "daemon/sockets/networks.h"
#include "daemon/sockets/settings.h"

namespace bfq::sockets {

/// A name that this machine knows by itself.
struct LocalName {
  Ipv4 address;
  std::string_view source;  ///< who knows it, for the log
};

/// Looks a name up without asking anybody outside: this machine's own name, the names of the world,
/// the hosts file, and localhost with all names below it, which are loopback (RFC 6761, 6.3).
std::optional<LocalName> find_local_name(std::string_view name, const SocketsSetup& settings,
                                         const Networks& networks);

/// True for an address that DNS has given for that name: the name is none that this machine knows
/// under it, and no address itself.
bool is_from_dns(const HostName& name, Ipv4 address, const SocketsSetup& settings,
                 const Networks& networks);
}  // namespace bfq::sockets

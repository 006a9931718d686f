#include "daemon/sockets/local_names.h"

#include <algorithm>
#include <string>

#include "daemon/process/name_query.h"

namespace bfq::sockets {
std::optional<LocalName> find_local_name(std::string_view name, const SocketsSetup& settings,
                                         const Networks& networks) {
  if (!networks.are_real && is_same_name(name, kThisMachine)) {
    if (!networks.station) return std::nullopt;
    return LocalName{networks.station->gateway, "this machine"};
  }
  const auto known = std::find_if(settings.names.begin(), settings.names.end(),
                                  [&](const KnownName& k) { return is_same_name(k.name, name); });
  if (known != settings.names.end()) return LocalName{known->address, "the world"};
  if (networks.are_real) return std::nullopt;  // what this machine knows is not on its network
  if (const auto address = process::NameQuery::in_hosts_file(std::string(name)))
    return LocalName{*address, "the hosts file"};
  // Fidelity (our decision, dialect 11.13): localhost, and each name below it, is 127.0.0.1 where
  // the hosts file does not say otherwise.
  if (is_loopback_name(name)) return LocalName{kLocalhost, "RFC 6761"};
  return std::nullopt;
}

bool is_from_dns(const HostName& name, Ipv4 address, const SocketsSetup& settings,
                 const Networks& networks) {
  if (name.empty() || name.address()) return false;
  const auto local = find_local_name(name.view(), settings, networks);
  return !local || local->address != address;
}
}  // namespace bfq::sockets

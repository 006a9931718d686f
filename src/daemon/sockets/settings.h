#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/time.h"
#include "ports/network.h"

namespace bfq::sockets {
class TlsCredentials;

/// A port of the module's server that is also reached at another endpoint of this machine.
struct Forward {
  std::uint16_t port = 0;  ///< the module's
  std::string host;        ///< IPv4 address at which the machine listens
  std::uint16_t at = 0;
};

/// A name that all modules resolve without asking a name server.
struct KnownName {
  std::string name;  ///< in lower case
  Ipv4 address;
};

/// The interfaces of this machine by which a module with a real radio is on its networks. What it
/// sends and hears goes through these, and nothing else of the machine is reached or reaches it.
struct RealInterfaces {
  std::string station{}, soft_ap{};  ///< the latter exists while the softAP is open

  const std::string& of(net::Interface side) const {
    return side == net::Interface::station ? station : soft_ap;
  }
};

/// Where something that is sent comes from.
struct SocketOrigin {
  Ipv4 source{};             ///< 0.0.0.0: where the kernel takes it from
  std::string interface {};  ///< empty: by the machine's routes
};

/// What the network of one module is set up with.
struct SocketsSetup {
  unsigned index = 0;                    ///< its address is module_address(index)
  bool is_at_localhost = false;          ///< it is at 127.0.0.1 too: the first module of a process
  std::optional<RealInterfaces> real{};  ///< of a module with a real radio
  std::vector<Forward> forwards{};
  std::vector<KnownName> names{};
  std::shared_ptr<const TlsCredentials> tls{};  ///< nullptr: no certificate at all
  Duration delay{};  ///< how long what comes from a link takes to the module, see DelayLine
  std::string update_server{};  ///< "host:port" of images of the firmware; empty: none
};
}  // namespace bfq::sockets

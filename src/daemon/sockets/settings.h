#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/time.h"

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

/// What the network of one module is set up with.
struct SocketsSetup {
  unsigned index = 0;            ///< its address is module_address(index)
  bool is_at_localhost = false;  ///< it is at 127.0.0.1 too: the first module of a process
  std::vector<Forward> forwards{};
  std::vector<KnownName> names{};
  std::shared_ptr<const TlsCredentials> tls{};  ///< nullptr: no certificate at all
  Duration delay{};  ///< how long what comes from a link takes to the module, see DelayLine
  std::string update_server{};  ///< "host:port" of images of the firmware; empty: none
};
}  // namespace bfq::sockets

#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ipv4.h"

namespace bfq::sockets {

/// A port of the module's server that is also reached at another place of this machine.
struct Forward {
  std::uint16_t port = 0;  ///< as the module knows it
  std::string host;        ///< where the machine listens for it: an IPv4 address
  std::uint16_t at = 0;
};

/// A name that all modules know, whatever a name server says.
struct KnownName {
  std::string name;
  Ipv4 address;
};

/// What one module's network on this machine is told once.
struct SocketsSetup {
  unsigned index = 0;            ///< its address is module_address(index)
  bool is_at_localhost = false;  ///< it is at 127.0.0.1 too: the first module of a process
  std::vector<Forward> forwards{};
  std::vector<KnownName> names{};
};
}  // namespace bfq::sockets

#include "daemon/sockets/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>

#include "daemon/sockets/networks.h"

namespace bfq::sockets {
std::string text_of(Ipv4 address) {
  return fmt::format("{}.{}.{}.{}", address.octet(0), address.octet(1), address.octet(2),
                     address.octet(3));
}

std::string text_of(net::Endpoint endpoint) {
  return fmt::format("{}:{}", text_of(endpoint.address), endpoint.port);
}

sockaddr_in socket_address(net::Endpoint endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(endpoint.address.bits);
  address.sin_port = htons(endpoint.port);
  return address;
}

net::Endpoint endpoint_of(const sockaddr_in& address) {
  return {Ipv4(ntohl(address.sin_addr.s_addr)), ntohs(address.sin_port)};
}

bool is_own_address(Ipv4 address) {
  if (is_loopback(address)) return true;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return false;
  bool found = false;
  for (const ifaddrs* at = all; at != nullptr && !found; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    found = endpoint_of(*reinterpret_cast<const sockaddr_in*>(at->ifa_addr)).address == address;
  }
  freeifaddrs(all);
  return found;
}
}  // namespace bfq::sockets

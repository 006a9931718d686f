#include "daemon/sockets/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

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

bool bind_to_interface(int socket, const std::string& interface) {
  return interface.empty() || setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                                         static_cast<socklen_t>(interface.size() + 1)) == 0;
}

/// The kernel is asked from which address it would send there: to an address of its own, from that
/// itself. No packet is sent. Not getifaddrs(): its socket is none that the sandbox lets be opened.
bool is_own_address(Ipv4 address) {
  if (is_loopback(address)) return true;
  const int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return true;
  sockaddr_in there = socket_address({address, 9}), here{};
  socklen_t size = sizeof here;
  const bool is_known = ::connect(probe, reinterpret_cast<sockaddr*>(&there), sizeof there) == 0 &&
                        getsockname(probe, reinterpret_cast<sockaddr*>(&here), &size) == 0;
  close(probe);
  return is_known && here.sin_addr.s_addr == there.sin_addr.s_addr;
}
}  // namespace bfq::sockets

#pragma once
#include <netinet/in.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <string>
#include <type_traits>

#include "ports/network.h"

namespace bfq::sockets {

std::string text_of(Ipv4 address);
std::string text_of(net::Endpoint endpoint);

sockaddr_in socket_address(net::Endpoint endpoint);
net::Endpoint endpoint_of(const sockaddr_in& address);

/// The same as an endpoint of Asio, for a socket of that protocol.
template <class Protocol>
typename Protocol::endpoint asio_endpoint(net::Endpoint endpoint) {
  return {boost::asio::ip::address_v4(endpoint.address.bits), endpoint.port};
}
template <class AsioEndpoint>
net::Endpoint endpoint_of(const AsioEndpoint& endpoint) {
  return {Ipv4(endpoint.address().to_v4().to_uint()), endpoint.port()};
}

/// What the socket sends leaves by that interface, and only what comes by it is heard; nothing
/// changes for an empty name. False, with errno, where there is no such interface.
bool bind_to_interface(int socket, const std::string& interface);

/// True for loopback and for each address that this machine has now; also where it cannot be told,
/// for want of a file descriptor.
bool is_own_address(Ipv4 address);

/// Ports from here on are anybody's; below, they are those of services.
inline constexpr std::uint16_t kFirstFreePort = 1024;

/// True when a socket of that protocol, of whatever program, has that port at any address of this
/// machine. A TCP socket counts when it listens.
template <class Protocol>
bool is_port_in_use(boost::asio::any_io_executor executor, std::uint16_t port) {
  boost::system::error_code error;
  typename Protocol::socket probe(executor);
  probe.open(Protocol::v4(), error);
  if constexpr (std::is_same_v<Protocol, boost::asio::ip::tcp>)
    probe.set_option(boost::asio::socket_base::reuse_address(true), error);
  probe.bind(asio_endpoint<Protocol>({Ipv4(), port}), error);
  return error == boost::system::errc::address_in_use;
}

/// Binds an open socket of Asio to the module's `at`, or, where the machine refuses that port, to
/// 10000 + port. Returns the port that it was bound to. A port below 1024 that a service has at
/// another address of the machine counts as taken, unless this program `has_it` itself.
template <class Socket>
std::uint16_t bind_or_move(Socket& socket, net::Endpoint at, bool has_it,
                           boost::system::error_code& error) {
  using Protocol = typename Socket::protocol_type;
  const bool is_a_services = at.port != 0 && at.port < kFirstFreePort && !has_it;
  // Fidelity (our decision, dialect 11.1): A port below 1024 that a service of this machine
  // has, at whatever address, is not to be had: ERROR.
  if (is_a_services && is_port_in_use<Protocol>(socket.get_executor(), at.port)) {
    error = boost::asio::error::address_in_use;
    return 0;
  }
  socket.bind(asio_endpoint<Protocol>(at), error);
  if (error == boost::system::errc::permission_denied && at.port < kFirstFreePort) {
    at.port = static_cast<std::uint16_t>(10000 + at.port);
    socket.bind(asio_endpoint<Protocol>(at), error);
  }
  return error ? std::uint16_t{0} : socket.local_endpoint().port();
}
}  // namespace bfq::sockets

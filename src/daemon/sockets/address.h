#pragma once
#include <netinet/in.h>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/system/error_code.hpp>
#include <string>

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

/// Binds an open socket of Asio to the module's `at`, or, where the machine refuses that port, to
/// 10000 + port. Returns the port that it was bound to.
template <class Socket>
std::uint16_t bind_or_move(Socket& socket, net::Endpoint at, boost::system::error_code& error) {
  using Protocol = typename Socket::protocol_type;
  socket.bind(asio_endpoint<Protocol>(at), error);
  if (error == boost::system::errc::permission_denied && at.port < 1024) {
    at.port = static_cast<std::uint16_t>(10000 + at.port);
    socket.bind(asio_endpoint<Protocol>(at), error);
  }
  return error ? std::uint16_t{0} : socket.local_endpoint().port();
}
}  // namespace bfq::sockets

#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <optional>
#include <string>

#include "daemon/sockets/networks.h"
#include "daemon/sockets/settings.h"
#include "ports/network.h"

namespace bfq::sockets {
/// What a link that the module asks for does before its bytes begin to flow, with TLS or without.

/// Where a link that the module asks for leads.
struct Directions {
  net::Endpoint actual{};  ///< what the machine connects to
  SocketOrigin origin{};   ///< where it connects from, where that matters
  EgressPath exit{};
  std::string reason{};  ///< why it may, for the log
};

/// Opens `socket` as `open` wants it, and connects it as `to` says. `done` is told how it went,
/// never from within this call.
void connect(boost::asio::ip::tcp::socket& socket, const net::Open& open, const Directions& to,
             std::function<void(boost::system::error_code)> done);

/// What holds for every stream, whoever has opened it: a small buffer for sending, no delay,
/// segments of Ethernet's size (see send_segment(), too), and urgent bytes in line.
void set_usual_options(int socket);

/// True for a connection whose two ends are this one socket: TCP makes it where a socket happens to
/// connect from the very port that nobody listens at.
bool is_connected_to_itself(const boost::asio::ip::tcp::socket& socket);

/// Why an Open failed, in the module's words.
net::OpenFailure failure_of(const boost::system::error_code& error);

/// The peer as people know it: "example.test:443 (192.0.2.1)". Where the machine connects to
/// another place, that too: "10.44.1.1:80, which is 127.0.0.1:80".
std::string describe(const net::Open& open, std::optional<net::Endpoint> actual = std::nullopt);
}  // namespace bfq::sockets

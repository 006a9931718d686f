#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>

#include "ports/network.h"

namespace bfq::daemon {
/// What a link that the module asks for does before its bytes begin to flow, with TLS or without.

/// Opens `socket` as `open` wants it, and connects it to `actual`, from `source` where that is given.
/// `done` is told how it went, never from within this call.
void connect(boost::asio::ip::tcp::socket& socket, const net::Open& open, net::Endpoint actual, Ipv4 source,
             std::function<void(boost::system::error_code)> done);

/// What holds for every stream, whoever has opened it: a small buffer for sending, and no delay.
void set_usual_options(int socket);

/// Why an Open failed, in the module's words.
net::OpenFailure failure_of(const boost::system::error_code& error);

/// The peer as people know it: "example.test:443 (192.0.2.1)".
std::string describe(const net::Open& open);
}  // namespace bfq::daemon

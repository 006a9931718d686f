#pragma once
#include <boost/asio/ip/tcp.hpp>

namespace bfq::sockets {
/// Closes a connection so that bytes in flight still arrive. A plain close() with unread input
/// would reset the connection and discard them; so input is read and dropped until the peer closes
/// its side too, for ten seconds at most.
void close_lingering(boost::asio::ip::tcp::socket socket);
}  // namespace bfq::sockets

#pragma once
#include <boost/asio/ip/tcp.hpp>

namespace bfq::sockets {
/// Closes a connection so that bytes on their way still arrive. A plain close() with unread input
/// would reset the connection and throw them away, so the input is read and dropped until the peer
/// ends its side too, for ten seconds at most.
void close_lingering(boost::asio::ip::tcp::socket socket);
}  // namespace bfq::sockets

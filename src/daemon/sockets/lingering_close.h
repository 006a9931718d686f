#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <deque>
#include <memory>

#include "daemon/sockets/stream_session.h"

namespace bfq::sockets {

/// The connections that a module has closed while bytes were in flight. A plain close() with unread
/// input would reset the connection and discard what was sent last. So each of them sends
/// close_notify where its session has one, then its end, and drops what still comes until the peer
/// closes its side too, for ten seconds at most.
class LingeringCloses {
 public:
  /// How many there are at most. Of more, the oldest is reset: a peer that never closes its side
  /// must not use up the program's file descriptors.
  // Fidelity (our decision, dialect 11.12): Of the connections that a module has closed, 256
  // wait for their peers; of more, the oldest is reset.
  static constexpr std::size_t kMost = 256;

  LingeringCloses();
  ~LingeringCloses();

  /// Closes a connection. `session` is what it was used by, or nothing where it never opened.
  void add(boost::asio::ip::tcp::socket socket, std::unique_ptr<StreamSession> session);

 private:
  class Closing;
  std::deque<std::weak_ptr<Closing>> all_;  ///< the oldest first; some may be over
};
}  // namespace bfq::sockets

#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <optional>
#include <string>

#include "daemon/process/lock_file.h"
#include "daemon/serial/door.h"
#include "daemon/serial/listener.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// A socket in the file system, for its owner alone, at which each client is a host.
///
/// Beside it, while the program runs, lies PATH.lock. A socket that a crash has left behind, at
/// which nobody listens any more, is replaced; anything else that is in the way is left alone.
class UnixDoor final : public Door {
 public:
  /// Throws Failure when something that is in use, or no socket, is in the way.
  UnixDoor(boost::asio::io_context& io, Wire& wire, std::string path);
  ~UnixDoor() override;

  std::string place() const override { return "unix " + path_; }
  std::string url() const override { return {}; }

 private:
  using Protocol = boost::asio::local::stream_protocol;

  void make_room(boost::asio::io_context& io) const;
  Protocol::acceptor listen(boost::asio::io_context& io);
  void welcome(Protocol::socket client);
  bool is_still_ours() const;

  Wire& wire_;
  std::string path_;
  process::LockFile lock_;
  unsigned long device_ = 0, inode_ = 0;  ///< of the socket that we made
  unsigned hosts_ = 0;
  std::optional<ClientListener<Protocol>> listener_;
};
}  // namespace bfq::serial

#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/serial/client_listener.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/door_spec.h"

namespace bfq::serial {

/// A socket in the file system at which each client is a host. It is for its owner alone, unless
/// the door says otherwise.
///
/// While it is opened the program holds PATH.lock. A stale socket that a crash left behind is
/// replaced; anything else at that path, such as a socket where somebody listens, is left alone.
class UnixDoor final : public Door {
 public:
  /// Throws process::Failure when a socket that is in use, or another file, is at its path.
  UnixDoor(DoorSide& side, const DoorSpec& spec);
  ~UnixDoor() override;

  std::string place() const override { return "unix " + path_; }
  std::string url() const override { return {}; }

 private:
  using Protocol = boost::asio::local::stream_protocol;

  void make_room() const;
  Protocol::acceptor listen(const process::FileAccess& access);
  std::shared_ptr<SerialHost> welcome(Protocol::socket client);
  bool is_still_ours() const;

  DoorSide& side_;
  std::string path_;
  bool xon_xoff_;
  unsigned long device_ = 0, inode_ = 0;  ///< of the socket that we made
  unsigned hosts_ = 0;
  std::optional<ClientListener<Protocol>> listener_;
};
}  // namespace bfq::serial

#include "daemon/serial/unix_door.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/datagram_protocol.hpp>
#include <memory>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/lock_file.h"
#include "daemon/serial/counting_host.h"
#include "daemon/serial/gathering_host.h"
#include "daemon/serial/stream_host.h"

namespace bfq::serial {
namespace {
constexpr mode_t kAllButOwners = 0177;
}  // namespace

UnixDoor::UnixDoor(DoorSide& side, const DoorSpec& spec)
    : side_(side), path_(spec.path), xon_xoff_(spec.xon_xoff) {
  // Whoever listens shows that the path is taken: only the steps up to there need a lock, and
  // thousands of modules have no file descriptors for more.
  const process::LockFile lock(
      path_ + ".lock", process::LockFile::AtEnd::remove,
      "--serial unix:" + path_ + ": another program starts there; choose another path");
  make_room();
  listener_.emplace(side.log(), "unix:" + path_, listen(spec.access),
                    [this](Protocol::socket client) { return welcome(std::move(client)); });
}

UnixDoor::~UnixDoor() {
  if (is_still_ours()) unlink(path_.c_str());
}

void UnixDoor::make_room() const {
  struct stat there {};
  if (lstat(path_.c_str(), &there) != 0) return;
  if (!S_ISSOCK(there.st_mode)) {
    throw process::Failure(
        "--serial unix:" + path_ +
        ": there is a file that is no socket; remove it, or choose another path");
  }
  // A socket of another type is refused by who listens there without being told of it.
  boost::system::error_code error;
  boost::asio::local::datagram_protocol::socket probe(side_.io(),
                                                      boost::asio::local::datagram_protocol());
  probe.connect(path_, error);
  if (error != boost::asio::error::connection_refused) {
    throw process::Failure(
        "--serial unix:" + path_ +
        ": the socket belongs to a program that is running; stop that, or choose another path");
  }
  if (unlink(path_.c_str()) != 0)
    process::fail_with_errno("cannot replace the old socket " + path_);
}

UnixDoor::Protocol::acceptor UnixDoor::listen(const process::FileAccess& access) {
  Protocol::acceptor acceptor(side_.io(), Protocol());
  boost::system::error_code error;
  const mode_t before = umask(kAllButOwners);
  acceptor.bind(path_, error);
  umask(before);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) {
    throw process::Failure("--serial unix:" + path_ + ": cannot listen there: " + error.message() +
                           "; choose another path");
  }
  process::Caller::current().give(path_);
  try {
    access.apply(path_);
  } catch (const process::Failure&) {
    unlink(path_.c_str());
    throw;
  }
  struct stat made {};
  if (lstat(path_.c_str(), &made) != 0)
    process::fail_with_errno("cannot find the new socket " + path_);
  device_ = made.st_dev;
  inode_ = made.st_ino;
  return acceptor;
}

bool UnixDoor::is_still_ours() const {
  struct stat there {};
  return lstat(path_.c_str(), &there) == 0 && there.st_dev == device_ && there.st_ino == inode_;
}

std::shared_ptr<SerialHost> UnixDoor::welcome(Protocol::socket client) {
  const std::string name = path_ + " #" + std::to_string(++hosts_);
  std::shared_ptr<SerialHost> host;
  if (side_.is_paced()) {
    host = std::make_shared<CountingHost>(side_, client.release(), name);
  } else {
    host = make_socket_host(side_, client.release(), name);
  }
  host->use_xon_xoff(xon_xoff_);
  side_.attach(host);
  return host;
}
}  // namespace bfq::serial

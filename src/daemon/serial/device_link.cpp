#include "daemon/serial/device_link.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"

namespace bfq::serial {
DeviceLink::DeviceLink(std::string path, const std::string& target)
    : path_(std::move(path)),
      lock_(
          path_ + ".lock", process::LockFile::AtEnd::remove,
          path_ +
              " belongs to a module that is running; stop it, or choose another link with --serial "
              "pty:LINK") {
  make_room();
  make(target);
}

DeviceLink::~DeviceLink() {
  if (target_now() == target_) unlink(path_.c_str());
}

/// Removes a link that a crash has left behind; refuses all else.
void DeviceLink::make_room() const {
  struct stat there {};
  if (lstat(path_.c_str(), &there) != 0) return;
  const std::string left_behind = lock_.read();
  const bool ours = S_ISLNK(there.st_mode) && !left_behind.empty() && target_now() == left_behind;
  if (!ours)
    throw process::Failure(
        path_ +
        " exists and is not ours; remove it, or choose another link with --serial pty:LINK");
  if (unlink(path_.c_str()) != 0) process::fail_with_errno("cannot replace the old link " + path_);
}

void DeviceLink::make(const std::string& target) {
  lock_.write(target);
  if (symlink(target.c_str(), path_.c_str()) != 0)
    process::fail_with_errno("cannot make the link " + path_);
  target_ = target;
  process::Caller::current().give(path_);
}

void DeviceLink::point_to(const std::string& target) {
  if (target_now() != target_) return;  // somebody else's by now
  unlink(path_.c_str());
  make(target);
}

std::string DeviceLink::target_now() const {
  std::array<char, 512> target{};
  const ssize_t n = readlink(path_.c_str(), target.data(), target.size());
  return n > 0 ? std::string(target.data(), static_cast<std::size_t>(n)) : std::string();
}
}  // namespace bfq::serial

#include "daemon/process/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"

namespace bfq::process {
namespace {
constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;

/// Two steps, as Linux refuses O_CREAT on other users' files in /tmp.
int open_or_create(const std::string& path) {
  int descriptor = open(path.c_str(), kFlags);
  if (descriptor < 0 && errno == ENOENT)
    descriptor = open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
  if (descriptor < 0 && errno == EEXIST) descriptor = open(path.c_str(), kFlags);
  return descriptor;
}
}  // namespace

LockFile::LockFile(std::string path, AtEnd at_end, const std::string& if_taken)
    : path_(std::move(path)), at_end_(at_end) {
  while (true) {
    descriptor_ = open_or_create(path_);
    if (descriptor_ < 0) fail_with_errno("cannot open the lock file " + path_);
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const bool taken = errno == EWOULDBLOCK;
      if (!taken) fail_with_errno("cannot lock " + path_);
      close(descriptor_);
      throw Taken(if_taken);
    }
    if (is_still_there()) break;
    close(descriptor_);  // its owner removed it between our two steps
  }
  Caller::current().give(descriptor_);
}

LockFile::~LockFile() {
  if (at_end_ == AtEnd::remove) unlink(path_.c_str());
  close(descriptor_);
}

bool LockFile::is_still_there() const {
  struct stat ours {
  }, there{};
  return fstat(descriptor_, &ours) == 0 && stat(path_.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

std::string LockFile::read() const {
  std::array<char, 512> text{};
  const ssize_t n = pread(descriptor_, text.data(), text.size(), 0);
  return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string();
}

void LockFile::write(const std::string& text) {
  const bool written =
      ftruncate(descriptor_, 0) == 0 &&
      pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!written) fail_with_errno("cannot write " + path_);
}
}  // namespace bfq::process

#include "daemon/process/lock_file.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"

namespace bfq::process {
namespace {
constexpr int kFlags = O_RDWR | kOwnFile;
constexpr std::string_view kFirstLine = "lock of bfq4004\n";

struct OpenedLock {
  int descriptor = -1;
  bool created = false;
};

/// True for what is left where the first line was not written to its end: a part of it after a full
/// disk or a limit of files' sizes, zeros after a power cut.
bool is_begun(std::string_view content) {
  return kFirstLine.starts_with(content) ||
         content.find_first_not_of('\0') == std::string_view::npos;
}

/// Two steps, as Linux refuses O_CREAT on other users' files in /tmp.
OpenedLock open_or_create(const std::string& path) {
  int descriptor = open(path.c_str(), kFlags);
  if (descriptor >= 0 || errno != ENOENT) return {descriptor};
  descriptor = open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
  if (descriptor >= 0 || errno != EEXIST) return {descriptor, descriptor >= 0};
  return {open(path.c_str(), kFlags)};
}
}  // namespace

LockFile::LockFile(std::string path, AtEnd at_end, const std::string& if_taken)
    : path_(std::move(path)), at_end_(at_end) {
  try {
    const bool created = lock(if_taken);
    if (at_end_ == AtEnd::remove) make_ours(created);
    Caller::current().give(descriptor_);
  } catch (const Failure&) {
    if (descriptor_ >= 0) close(descriptor_);
    throw;
  }
}

/// True when the file did not exist before.
bool LockFile::lock(const std::string& if_taken) {
  while (true) {
    const OpenedLock opened = open_or_create(path_);
    descriptor_ = opened.descriptor;
    if (descriptor_ < 0 && errno == EMFILE) fail_with_errno("cannot open a lock file");
    if (descriptor_ < 0)
      throw Failure("cannot open the lock file " + path_ + ": " + why_not_opened(path_));
    if (!is_regular(descriptor_))
      throw Failure("the lock file " + path_ + " is not a regular file; remove it");
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) throw Taken(if_taken);
      fail_with_errno("cannot lock " + path_);
    }
    if (is_still_there()) return opened.created;
    close(descriptor_);  // its owner removed it between our two steps
  }
}

/// Whoever has created it writes the first line while it is locked.
void LockFile::make_ours(bool created) {
  const std::string before = content();
  if (before.starts_with(kFirstLine)) return;
  if (!is_begun(before))
    throw Failure(path_ + " exists and is no lock file of ours; remove it, or choose another path");
  was_there_ = !created && before.empty();
  try {
    write({});
  } catch (const Failure&) {
    if (created) unlink(path_.c_str());
    throw;
  }
}

LockFile::~LockFile() {
  if (at_end_ == AtEnd::remove && !was_there_ && is_still_there()) unlink(path_.c_str());
  [[maybe_unused]] const bool emptied = was_there_ && ftruncate(descriptor_, 0) == 0;
  close(descriptor_);
}

bool LockFile::is_still_there() const {
  struct stat ours {
  }, there{};
  return fstat(descriptor_, &ours) == 0 && lstat(path_.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

std::string LockFile::read() const {
  const std::string all = content();
  return all.starts_with(kFirstLine) ? all.substr(kFirstLine.size()) : std::string();
}

std::string LockFile::content() const {
  std::array<char, 512> text{};
  const ssize_t n = pread(descriptor_, text.data(), text.size(), 0);
  return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string();
}

void LockFile::write(const std::string& text) {
  const std::string all = std::string(kFirstLine) + text;
  const bool written =
      pwrite(descriptor_, all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()) &&
      ftruncate(descriptor_, static_cast<off_t>(all.size())) == 0;
  if (!written) fail_with_errno("cannot write " + path_);
}
}  // namespace bfq::process

#include "daemon/process/files.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"

namespace bfq::process {
namespace {
constexpr std::size_t kPiece = 64 * 1024;

/// Closes a file at the end of a scope.
struct OpenFile {
  explicit OpenFile(int file) : descriptor(file) {}
  ~OpenFile() {
    if (descriptor >= 0) close(descriptor);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int descriptor;
};

std::string name_of(uid_t user) {
  const passwd* entry = getpwuid(user);
  return entry != nullptr ? entry->pw_name : std::to_string(user);
}

bool is_ours(uid_t owner, const std::string& path) {
  if (owner == geteuid() || owner == Caller::current().user()) return true;
  struct stat directory {};
  const auto parent = std::filesystem::absolute(path).parent_path();
  return geteuid() == 0 && stat(parent.c_str(), &directory) == 0 && owner == directory.st_uid;
}
}  // namespace

std::string read_file(const std::string& path, std::size_t longest, Readable readable) {
  const bool may_wait = readable == Readable::anything;
  const OpenFile file(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (may_wait ? 0 : O_NONBLOCK)));
  if (file.descriptor < 0) fail_with_errno(path);
  if (!may_wait && !is_regular(file.descriptor))
    throw Failure(path + ": this is not a regular file");
  std::string text;
  while (text.size() <= longest) {
    const std::size_t before = text.size();
    text.resize(before + std::min(kPiece, longest + 1 - before));
    const ssize_t n = read(file.descriptor, text.data() + before, text.size() - before);
    if (n < 0 && errno != EINTR) fail_with_errno(path);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n == 0) return text;
  }
  throw Failure(fmt::format("{}: this has more than {} bytes", path, longest));
}

bool is_regular(int file) {
  struct stat about {};
  return fstat(file, &about) == 0 && S_ISREG(about.st_mode);
}

void refuse_of_others(int file, const std::string& path) {
  struct stat about {};
  if (fstat(file, &about) != 0) fail_with_errno(path);
  const auto refuse = [&](std::string_view why, const std::string& command) {
    throw Failure(
        fmt::format("{} has owner {} and mode {:04o}: {}; remove it, or, if you trust "
                    "what it holds: {} {}",
                    path, name_of(about.st_uid), about.st_mode & 07777U, why, command, path));
  };
  if (!is_ours(about.st_uid, path))
    refuse("it belongs to somebody else", "chown " + name_of(geteuid()));
  if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) refuse("others may write to it", "chmod go-w");
}
}  // namespace bfq::process

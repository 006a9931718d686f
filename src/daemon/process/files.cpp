#include "daemon/process/files.h"

#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/printable.h"

namespace bfq::process {
namespace {
constexpr std::size_t kReadAtOnce = 64 * 1024;
constexpr int kSilenceMs = 1000;

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

/// Returns when there are bytes, or the end; says so where neither comes. A FIFO that nobody has
/// opened for writing yet has none.
void wait_for_bytes(int file, const std::string& path, bool& is_told) {
  pollfd look{.fd = file, .events = POLLIN, .revents = 0};
  for (int n = 0; n <= 0;) {
    n = poll(&look, 1, is_told ? -1 : kSilenceMs);
    if (n < 0 && errno != EINTR) fail_with_errno(path);
    if (n != 0) continue;
    is_told = true;
    fmt::print(stderr, "bfq4004: waiting for {}: this is no file, and nobody writes to it\n",
               printable(path));
  }
}

std::string name_of(uid_t user) {
  const passwd* entry = getpwuid(user);
  return entry != nullptr ? entry->pw_name : std::to_string(user);
}

/// Of what is neither a file nor a link to one.
std::string_view name_of_kind(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISFIFO(mode)) return "a FIFO";
  return S_ISCHR(mode) || S_ISBLK(mode) ? "a device" : "";
}

bool is_ours(uid_t owner, const std::string& path) {
  if (owner == geteuid() || owner == Caller::current().user()) return true;
  struct stat directory {};
  const auto parent = std::filesystem::absolute(path).parent_path();
  return geteuid() == 0 && stat(parent.c_str(), &directory) == 0 && owner == directory.st_uid;
}
}  // namespace

std::string read_file(const std::string& path, std::size_t longest, Readable readable) {
  const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat about {};
  if (file.descriptor < 0 || fstat(file.descriptor, &about) != 0) fail_with_errno(path);
  const bool is_file = S_ISREG(about.st_mode);
  if (readable == Readable::regular_file && !is_file)
    throw Failure(path + ": this is not a regular file");
  if (is_file && static_cast<std::uintmax_t>(about.st_size) > longest)
    throw Failure(
        fmt::format("{}: this has {} bytes; the limit is {}", path, about.st_size, longest));
  std::string text;
  for (bool is_told = false; text.size() <= longest;) {
    if (!is_file) wait_for_bytes(file.descriptor, path, is_told);
    const std::size_t before = text.size();
    text.resize(before + std::min(kReadAtOnce, longest + 1 - before));
    const ssize_t n = read(file.descriptor, text.data() + before, text.size() - before);
    if (n < 0 && errno != EINTR && errno != EAGAIN) fail_with_errno(path);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n == 0) return text;
  }
  throw Failure(fmt::format("{}: this has more than {} bytes, the limit", path, longest));
}

std::string why_not_opened(const std::string& path) {
  const int error = errno;
  struct stat about {};
  if (lstat(path.c_str(), &about) != 0) return std::strerror(error);
  if (error == ELOOP && S_ISLNK(about.st_mode))
    return "it is a symbolic link, which is not followed here; put the file itself in its place, "
           "or give the path that the link leads to";
  const std::string_view what = name_of_kind(about.st_mode);
  if (what.empty()) return std::strerror(error);
  return fmt::format("it is {}, where a file is expected; remove it, or choose another path", what);
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

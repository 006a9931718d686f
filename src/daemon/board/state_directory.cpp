#include "daemon/board/state_directory.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"

namespace bfq::board {
namespace {
void make_one(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return process::Caller::current().give(path);
  struct stat there {};
  const bool is_directory =
      errno == EEXIST && stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
  if (is_directory) return;
  if (errno == EEXIST)
    throw process::Failure("the state directory " + path +
                           " is not a directory; choose another with --state");
  process::fail_with_errno("cannot make the state directory " + path +
                           " (choose another with --state, or --state none)");
}
/// Files that others may write to are refused; a directory of theirs still lets them take our files
/// away and put older ones of ours back. Root acts for whoever has the directory, as in a
/// container.
void warn_of_others(const std::string& path) {
  struct stat there {};
  if (stat(path.c_str(), &there) != 0) return;
  const bool is_foreign = geteuid() != 0 && there.st_uid != geteuid() && there.st_uid != 0;
  const bool is_open = (there.st_mode & S_IWOTH) != 0 && (there.st_mode & S_ISVTX) == 0;
  if (is_foreign || is_open)
    spdlog::warn(
        "others may remove or replace files in the state directory {}: {}; to end that: {}", path,
        is_foreign ? "it belongs to somebody else" : "everybody may write to it",
        is_foreign ? "choose another with --state" : "chmod go-w " + path);
}
}  // namespace

std::string make_state_directory(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    make_one(path.substr(0, slash));
  }
  make_one(path);
  warn_of_others(path);
  return path;
}

std::string temporary_directory() {
  const char* directory = std::getenv("TMPDIR");
  return directory != nullptr && directory[0] == '/' ? directory : "/tmp";
}
}  // namespace bfq::board

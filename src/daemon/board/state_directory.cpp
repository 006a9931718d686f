#include "daemon/board/state_directory.h"

#include <sys/stat.h>

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
}  // namespace

std::string make_state_directory(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    make_one(path.substr(0, slash));
  }
  make_one(path);
  return path;
}

std::string temporary_directory() {
  const char* directory = std::getenv("TMPDIR");
  return directory != nullptr && directory[0] == '/' ? directory : "/tmp";
}
}  // namespace bfq::board

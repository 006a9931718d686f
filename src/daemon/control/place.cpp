#include "daemon/control/place.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"

namespace bfq::control {
namespace {
constexpr std::string_view kUnix = "unix:";
}  // namespace

std::size_t longest_socket_path() { return sizeof(sockaddr_un::sun_path) - 1; }

ControlPlace parse_control(const std::string& text) {
  if (text.empty()) return {};
  if (text == "none") return {.kind = ControlPlace::Kind::none};
  if (!text.starts_with(kUnix) || text.size() == kUnix.size())
    throw process::UsageError("--control " + text + ": write unix:PATH, or none");
  const std::string path = text.substr(kUnix.size());
  if (path.size() > longest_socket_path())
    throw process::UsageError("--control " + text + ": the path has " +
                              std::to_string(path.size()) + " bytes, of at most " +
                              std::to_string(longest_socket_path()));
  return {.kind = ControlPlace::Kind::unix_socket, .path = path};
}

std::vector<std::string> usual_folders(const std::optional<std::string>& state_directory) {
  std::vector<std::string> folders;
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && runtime[0] == '/') folders.push_back(std::string(runtime) + "/bfq4004");
  if (state_directory) folders.push_back(*state_directory);
  folders.push_back("/tmp/bfq4004-" + std::to_string(process::Caller::current().user()));
  return folders;
}

std::vector<std::string> sockets_in(const std::vector<std::string>& folders) {
  std::vector<std::string> found;
  for (const std::string& folder : folders) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
      std::error_code ignored;
      if (at->path().extension() == ".sock" && at->is_socket(ignored))
        found.push_back(at->path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}
}  // namespace bfq::control

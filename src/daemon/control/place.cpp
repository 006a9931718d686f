#include "daemon/control/place.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/number.h"

namespace bfq::control {
namespace {
constexpr std::string_view kUnix = "unix:", kHttp = "http:";
constexpr std::string_view kLoopback = "127.0.0.1";

ControlPlace parse_socket(const std::string& text) {
  if (text == "none") return {.kind = ControlPlace::Kind::none};
  const std::string path = text.substr(kUnix.size());
  if (path.size() > longest_socket_path())
    throw process::UsageError("--control " + text + ": the path has " +
                              std::to_string(path.size()) + " bytes, of at most " +
                              std::to_string(longest_socket_path()));
  return {.kind = ControlPlace::Kind::unix_socket, .path = path};
}

/// "8080", "localhost:8080", "[::1]:8080"; nothing where it is none of these.
std::optional<HttpPlace> parse_place(std::string_view place, std::string_view option) {
  const std::size_t colon = place.rfind(':');
  const std::string_view digits = place.substr(colon == std::string_view::npos ? 0 : colon + 1);
  std::string_view host = colon == std::string_view::npos ? kLoopback : place.substr(0, colon);
  const auto port = process::whole_number<std::uint16_t>(digits);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (!port || host.empty() || (!is_bracketed && host.find(':') != std::string_view::npos))
    return std::nullopt;
  return HttpPlace{.host = std::string(host), .port = *port, .option = option};
}

HttpPlace parse_http(const std::string& text) {
  auto place = parse_place(std::string_view(text).substr(kHttp.size()), "--control http:");
  if (!place)
    throw process::UsageError("--control " + text +
                              ": write http:PORT, http:HOST:PORT or http:[IPV6]:PORT");
  return *std::move(place);
}
}  // namespace

std::size_t longest_socket_path() { return sizeof(sockaddr_un::sun_path) - 1; }

ControlPlaces parse_control(const std::vector<std::string>& texts) {
  ControlPlaces places;
  for (const std::string& text : texts) {
    if (text.starts_with(kHttp)) {
      places.http.push_back(parse_http(text));
    } else if (text == "none" || (text.starts_with(kUnix) && text.size() > kUnix.size())) {
      if (places.socket.kind != ControlPlace::Kind::usual)
        throw process::UsageError("--control " + text + ": there is one Unix socket, or none");
      places.socket = parse_socket(text);
    } else {
      throw process::UsageError("--control " + text +
                                ": write unix:PATH, http:[HOST:]PORT, or none");
    }
  }
  return places;
}

DashboardPlace parse_dashboard(const std::string& text) {
  if (text == "on" || text == "off") return {.is_wanted = text == "on"};
  auto place = parse_place(text, "--dashboard ");
  if (!place)
    throw process::UsageError("--dashboard " + text +
                              ": write on, off, PORT, HOST:PORT or [IPV6]:PORT");
  return {.is_wanted = true, .at = std::move(place)};
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

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bfq::control {

/// Where the socket of the control channel is to be.
struct ControlPlace {
  enum class Kind : unsigned char { usual, unix_socket, none } kind = Kind::usual;
  std::string path{};  ///< of unix_socket
};

/// Where HTTP clients are to connect.
struct HttpPlace {
  std::string host{};                           ///< an address or a name
  std::uint16_t port = 0;                       ///< 0: one that is free
  std::string_view option = "--control http:";  ///< what asks for it, for messages
};

/// Whether the dashboard is wanted, and where.
struct DashboardPlace {
  bool is_wanted = false;
  std::optional<HttpPlace> at{};  ///< left out: at the first HTTP door, or one of its own
};
/// Where the dashboard is that was not told otherwise; where that is taken, at a port that is free.
inline constexpr std::uint16_t kUsualDashboardPort = 8404;

/// All places at which clients reach a program.
struct ControlPlaces {
  ControlPlace socket{};
  std::vector<HttpPlace> http{};
  DashboardPlace dashboard{};
};

/// Parses what --control takes, several times: "unix:PATH", "http:[HOST:]PORT", or "none", which
/// stands for no socket. Throws process::UsageError.
ControlPlaces parse_control(const std::vector<std::string>& texts);

/// Parses what --dashboard takes: "on", "off", or "[HOST:]PORT". Throws process::UsageError.
DashboardPlace parse_dashboard(const std::string& text);

/// The longest path of a Unix socket, in bytes.
std::size_t longest_socket_path();

/// Where the sockets of programs that were not told otherwise are: $XDG_RUNTIME_DIR/bfq4004, the
/// state directory, and a folder of the user's own in /tmp, as far as there are such.
std::vector<std::string> usual_folders(const std::optional<std::string>& state_directory);

/// The sockets in those folders.
std::vector<std::string> sockets_in(const std::vector<std::string>& folders);
}  // namespace bfq::control

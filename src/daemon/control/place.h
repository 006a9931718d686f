#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bfq::control {

/// Where the control channel of a program is to be.
struct ControlPlace {
  enum class Kind : unsigned char { usual, unix_socket, none } kind = Kind::usual;
  std::string path{};  ///< of unix_socket
};

/// Parses what --control takes: "unix:PATH" or "none". Throws process::UsageError.
ControlPlace parse_control(const std::string& text);

/// The longest path of a Unix socket, in bytes.
std::size_t longest_socket_path();

/// Where the sockets of programs that were not told otherwise are: $XDG_RUNTIME_DIR/bfq4004, the
/// state directory, and a folder of the user's own in /tmp, as far as there are such.
std::vector<std::string> usual_folders(const std::optional<std::string>& state_directory);

/// The sockets in those folders.
std::vector<std::string> sockets_in(const std::vector<std::string>& folders);
}  // namespace bfq::control

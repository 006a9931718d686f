#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/command.h"

namespace bfq::control {

/// A connection to the control socket of a running program, for a program that does nothing else:
/// it waits.
class Client {
 public:
  /// Throws process::Failure where nobody answers at that path.
  explicit Client(const std::string& path);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Throws process::Failure when the program has gone.
  void send(const json::object& request);
  /// The next line, without its end; empty once the program has gone.
  std::string read_line();

 private:
  int socket_ = -1;
  std::string read_;
};

/// True when a program answers at that socket.
bool answers(const std::string& path);

/// The request that ARG=VALUE (or --ARG VALUE) words mean: what each value is follows from the
/// command's row. A word @FILE stands for what the file says, a JSON object or TOML. Throws
/// process::UsageError for another word.
json::object request_of(const ControlCommand& command, const std::vector<std::string>& words);

/// The bytes of a text in base64. Throws process::Failure for another text.
std::string from_base64(const std::string& text);

/// A value for people: "name: value" lines, indented.
std::string for_people(const json::object& object);
/// An event for people, in one line.
std::string line_for_people(const json::object& event);
}  // namespace bfq::control

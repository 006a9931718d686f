#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/command.h"

namespace bfq::control {

/// A connection to a running program, for a program that does nothing else: it waits.
class ProgramConnection {
 public:
  ProgramConnection() = default;
  virtual ~ProgramConnection() = default;
  ProgramConnection(const ProgramConnection&) = delete;
  ProgramConnection& operator=(const ProgramConnection&) = delete;

  /// Throws process::Failure when the program has gone.
  virtual void send(const json::object& request) = 0;
  /// The next line, without its end; empty once the program has gone.
  virtual std::string read_line() = 0;
};

/// One to its Unix socket. Throws process::Failure where nobody answers at that path.
std::unique_ptr<ProgramConnection> connect_to_socket(const std::string& path);

/// True when a program answers at that socket.
bool answers(const std::string& path);

/// The request that ARG=VALUE (or --ARG VALUE) words mean: what each value is follows from the
/// command's row. A word @FILE stands for what the file says, a JSON object or TOML. Throws
/// process::UsageError for another word.
json::object request_of(const ControlCommand& command, const std::vector<std::string>& words);

/// A value for people: "name: value" lines, indented.
std::string for_people(const json::object& object);
/// An event for people, in one line.
std::string line_for_people(const json::object& event);
}  // namespace bfq::control

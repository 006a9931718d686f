#pragma once
#include <string>
#include <string_view>

#include "daemon/control/command.h"

/// What people read of the rows: help, reference and completion.
namespace bfq::control {
/// All commands, a line for each.
std::string command_list();
/// All about one command: arguments, what it returns, errors.
std::string command_page(const ControlCommand& command);
/// Commands, events and errors as Markdown, for docs/control.md.
std::string control_reference();
/// The same as JSON, for generators of clients such as tools/python_rows.py.
json::object control_rows();
/// A script that completes `bfq4004 ctl` in "bash", "zsh" or "fish"; empty for another shell.
std::string completion(std::string_view shell);
}  // namespace bfq::control

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/call.h"
#include "daemon/control/command.h"

/// The rows of all commands, by what they act on; commands() has them one behind the other.
namespace bfq::control {
std::vector<ControlCommand> program_commands();
std::vector<ControlCommand> module_commands();
std::vector<ControlCommand> air_commands();
std::vector<ControlCommand> event_commands();
std::vector<ControlCommand> fault_commands();
std::vector<ControlCommand> trace_commands();

/// Arguments of a command that acts on one module.
struct ModuleArguments {
  std::string module;  ///< empty: the first one
};
const world::Keys<ModuleArguments>& module_arguments();

/// The row of an argument that names a module.
template <class Arguments>
world::WorldKey<Arguments> module_key() {
  return world::key<Arguments>("module", &Arguments::module, world::module_name(),
                               "(the first one)", "which module");
}

Refusal<ErrorCode::no_such_module> no_such_module(const Call& call, const std::string& name);
}  // namespace bfq::control

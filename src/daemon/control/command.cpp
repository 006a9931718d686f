#include "daemon/control/command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/control/chapters.h"

namespace bfq::control {
namespace rows {
std::optional<CommandError> refusal_of(const world::Problems& problems) {
  if (problems.empty()) return std::nullopt;
  return CommandError{ErrorCode::bad_arguments,
                      fmt::format("{}", fmt::join(problems.lines(), "\n"))};
}
}  // namespace rows

const std::vector<ControlCommand>& commands() {
  static const std::vector<ControlCommand> all = [] {
    std::vector<ControlCommand> rows;
    for (auto chapter : {program_commands, module_commands, air_commands, event_commands,
                         fault_commands, trace_commands})
      for (ControlCommand& row : chapter()) rows.push_back(std::move(row));
    return rows;
  }();
  return all;
}

const ControlCommand* find_command(std::string_view name) {
  const auto& all = commands();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const ControlCommand& row) { return row.name == name; });
  return at == all.end() ? nullptr : &*at;
}

CommandError unknown_command(std::string_view name) {
  std::vector<std::string> known;
  for (const ControlCommand& row : commands()) known.emplace_back(row.name);
  return {ErrorCode::unknown_command,
          fmt::format("{}: {}", world::in_quotes(name),
                      world::nearest_of(name, known, "there is no such command"))};
}

bool has(const board::Board& board, Need need) {
  switch (need) {
    case Need::simulated_air: return board.has_simulated_air();
    case Need::paced_wire: return board.is_paced();
    case Need::nothing:
    case Need::real_sockets: break;  // each board has them
  }
  return true;
}

std::optional<CommandError> lack_of(const board::Board& board, Need need) {
  if (has(board, need)) return std::nullopt;
  const std::string_view what = kNeeds[static_cast<std::size_t>(need)];
  return CommandError{
      need == Need::paced_wire ? ErrorCode::not_with_this_door : ErrorCode::not_with_this_radio,
      fmt::format("{} has no {}; capabilities tells what each module has", board.name(), what)};
}

board::Board* RunningProgram::find(std::string_view module) const {
  if (module.empty()) return boards.front().get();
  const auto at = std::find_if(boards.begin(), boards.end(),
                               [&](const auto& board) { return board->name() == module; });
  return at == boards.end() ? nullptr : at->get();
}

const world::Keys<ModuleArguments>& module_arguments() {
  static const world::Keys<ModuleArguments> keys = {module_key<ModuleArguments>()};
  return keys;
}

Refusal<ErrorCode::no_such_module> no_such_module(const Call& call, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& board : call.program().boards) names.push_back(board->name());
  return {fmt::format("there is no module {}; there is {}", world::in_quotes(name),
                      fmt::join(names, ", "))};
}
}  // namespace bfq::control

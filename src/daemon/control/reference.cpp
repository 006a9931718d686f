#include "daemon/control/reference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "daemon/control/events.h"
#include "daemon/control/hints.h"
#include "daemon/control/waits.h"
#include "daemon/world/faults.h"

namespace bfq::control {
namespace {
/// At the shell dots are also spaces.
std::string shell_name(const ControlCommand& command) {
  std::string name(command.name);
  std::replace(name.begin(), name.end(), '.', ' ');
  return name;
}

/// Calls `visit(path, key)` for each argument, those of tables by their path.
template <class Visit>
void for_each_argument(const std::vector<world::KeyInfo>& keys, const std::string& prefix,
                       Visit visit) {
  for (const world::KeyInfo& key : keys) {
    if (key.inner.empty())
      visit(prefix + key.name, key);
    else
      for_each_argument(key.inner, prefix + key.name + '.', visit);
  }
}

template <class Visit>
void for_each_field(const std::vector<FieldInfo>& fields, const std::string& prefix, Visit visit) {
  for (const FieldInfo& field : fields) {
    const std::string path = prefix + std::string(field.name);
    visit(path, field);
    for_each_field(field.inner, path + (field.type.starts_with("array") ? "[]." : "."), visit);
  }
}

/// What holds without the argument; a default in parentheses is prose.
std::string otherwise(const world::KeyInfo& key) {
  return key.otherwise.empty() ? "must be given" : key.otherwise;
}

/// Escaped for a table in Markdown, where a bar would end the cell.
std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

std::string default_cell(const world::KeyInfo& key) {
  if (key.otherwise.empty()) return "must be given";
  if (key.otherwise.front() == '(') return key.otherwise.substr(1, key.otherwise.size() - 2);
  return '`' + key.otherwise + '`';
}

std::string command_section(const ControlCommand& command) {
  std::string out = fmt::format("\n#### `{}`\n\n{}", command.name, command.summary);
  if (command.need != Need::nothing)
    out += fmt::format(" Needs `{}`.", kNeeds[static_cast<std::size_t>(command.need)]);
  out += '\n';
  if (!command.arguments.empty()) {
    out += "\n| argument | meaning | allowed | where it is left out |\n|---|---|---|---|\n";
    for_each_argument(command.arguments, "", [&](const std::string& path, const auto& key) {
      out += fmt::format("| `{}` | {} | {} | {} |\n", path, cell(key.meaning), cell(key.allowed),
                         cell(default_cell(key)));
    });
  }
  if (!command.returns.empty()) {
    out += "\n| returned | type | meaning |\n|---|---|---|\n";
    for_each_field(command.returns, "", [&](const std::string& path, const FieldInfo& field) {
      out +=
          fmt::format("| `{}` | {}{} | {} |\n", path, field.type,
                      field.may_lack ? ", may be missing" : "", cell(std::string(field.meaning)));
    });
  }
  if (command.errors.empty()) return out;
  std::vector<std::string> errors;
  for (const ErrorCode code : command.errors)
    errors.push_back(fmt::format("`{}`", info_of(code).name));
  out += fmt::format("\nErrors of its own: {}.\n", fmt::join(errors, ", "));
  return out;
}

std::string event_section(const EventInfo& event) {
  std::string out = fmt::format(
      "\n#### `{}`\n\n{} Topic `{}`.\n\n| member | type | meaning |\n"
      "|---|---|---|\n",
      event.name, event.summary, kTopics[static_cast<std::size_t>(event.topic)].name);
  for (const FieldInfo& field : event.fields)
    out += fmt::format("| `{}` | {} | {} |\n", field.name, field.type,
                       cell(std::string(field.meaning)));
  return out;
}
}  // namespace

std::string command_list() {
  std::string out;
  for (const ControlCommand& command : commands())
    out += fmt::format("  {:<14} {}\n", shell_name(command), command.summary);
  return out;
}

std::string command_page(const ControlCommand& command) {
  std::string out = fmt::format("bfq4004 ctl {}", shell_name(command));
  for_each_argument(command.arguments, "", [&](const std::string& path, const auto& key) {
    out += key.otherwise.empty() ? fmt::format(" {}=…", path) : fmt::format(" [{}=…]", path);
  });
  out += fmt::format("\n\n{}\n", command.summary);
  for_each_argument(command.arguments, "", [&](const std::string& path, const auto& key) {
    out += fmt::format("\n  {}\n      {}\n      {} [{}]\n", path, key.meaning, key.allowed,
                       otherwise(key));
  });
  if (!command.returns.empty()) out += "\nIt returns:\n";
  for_each_field(command.returns, "", [&](const std::string& path, const FieldInfo& field) {
    out += fmt::format("  {}: {}\n", path, field.meaning);
  });
  if (!command.errors.empty()) out += "\nIts errors:\n";
  for (const ErrorCode code : command.errors)
    out += fmt::format("  {}: {}\n", info_of(code).name, info_of(code).meaning);
  return out;
}

std::string control_reference() {
  std::string out = "### Commands\n";
  for (const ControlCommand& command : commands()) out += command_section(command);
  out += "\n### States that `wait` knows\n\n| state | holds while |\n|---|---|\n";
  for (const StateInfo& state : states())
    out += fmt::format("| `{}` | {} |\n", state.name, state.meaning);
  out += "\n### Topics\n\n| topic | events | in a summary |\n|---|---|---|\n";
  for (const TopicInfo& topic : kTopics)
    out += fmt::format("| `{}` | {} | {} |\n", topic.name, topic.meaning,
                       topic.in_summary == InSummary::all ? "all" : "some");
  out += "\n### Events\n";
  for (const EventInfo& event : event_rows()) out += event_section(event);
  out +=
      "\n### Faults\n\n| fault | what it does | its own arguments | reproduces | the host sees |\n"
      "|---|---|---|---|---|\n";
  for (const world::FaultInfo& row : world::kFaults)
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.name, row.summary,
                       row.own.empty() ? "none" : row.own, cell(std::string(row.reproduces)),
                       cell(std::string(row.host_sees)));
  out +=
      "\n### Driver hints\n\n| hint | what is looked for | why it fails on hardware | source |\n"
      "|---|---|---|---|\n";
  for (const HintInfo& hint : kHints)
    out +=
        fmt::format("| `{}` | {} | {} | {} |\n", hint.name, hint.looked_for, hint.why, hint.source);
  out += "\n### Errors\n\n| code | meaning | status over HTTP |\n|---|---|---|\n";
  for (const ErrorInfo& error : kErrors)
    out += fmt::format("| `{}` | {} | {} |\n", error.name, error.meaning, error.http_status);
  return out;
}

// Completion --------------------------------------------------------------------------------------

namespace {
std::string arguments_of(const ControlCommand& command) {
  std::string out;
  for_each_argument(command.arguments, "", [&](const std::string& path, const auto&) {
    out += (out.empty() ? "" : " ") + path + '=';
  });
  return out;
}

/// The words that a name like "ap.change" begins with, each with those that may follow it.
std::map<std::string, std::string> groups() {
  std::map<std::string, std::string> out;
  for (const ControlCommand& command : commands()) {
    const std::string_view name = command.name;
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) continue;
    std::string& words = out[std::string(name.substr(0, dot))];
    words += (words.empty() ? "" : " ") + std::string(name.substr(dot + 1));
  }
  return out;
}

/// For each argument of which there are words to choose from, a case that has them.
std::string value_cases(const ControlCommand& command) {
  std::string out;
  for_each_argument(command.arguments, "", [&](const std::string& path, const auto& key) {
    std::vector<std::string> words = key.limits.words;
    if (words.empty() && key.type == "boolean") words = {"true", "false"};
    if (!words.empty())
      out += fmt::format("    {}.{}) words=\"{}\" ;;\n", command.name, path, fmt::join(words, " "));
  });
  return out;
}

std::string bash_completion() {
  std::string names, cases, values;
  for (const auto& [group, words] : groups())
    cases += fmt::format("      {0}) command={0} words=\"{1}\" ;;\n", group, words);
  for (const ControlCommand& command : commands()) {
    names += (names.empty() ? "" : " ") + std::string(command.name);
    cases += fmt::format("      {0}) command={0} words=\"{1}\" ;;\n", command.name,
                         arguments_of(command));
    values += value_cases(command);
  }
  return fmt::format(R"(# bfq4004 ctl --completion bash
_bfq4004_ctl() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  local words="{}" command='' argument='' word
  COMPREPLY=()
  [[ ${{COMP_WORDS[1]}} == ctl ]] || return
  for word in "${{COMP_WORDS[@]:2:COMP_CWORD-2}}"; do
    case ${{command:+$command.}}$word in
{}    esac
  done
  # Bash takes NAME=VALUE for three words.
  if [[ $current == = ]]; then
    argument=$before current=''
  elif [[ $before == = ]]; then
    argument=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  [[ -z $argument ]] || words=''
  case $command.$argument in
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  [[ ${{COMPREPLY[0]-}} != *= ]] || compopt -o nospace
}}
complete -o default -F _bfq4004_ctl bfq4004
)",
                     names, cases, values);
}

/// Quoted for zsh and fish: their descriptions are in single quotation marks.
std::string in_quotes(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? "’" : std::string(1, c);
  return out;
}

std::string zsh_completion() {
  std::string names, cases;
  for (const ControlCommand& command : commands()) {
    names += fmt::format("    '{}:{}'\n", command.name, in_quotes(command.summary));
    cases += fmt::format("    {}) compadd -S '' -- {} ;;\n", command.name, arguments_of(command));
  }
  return fmt::format(R"(#compdef bfq4004
# bfq4004 ctl --completion zsh
_bfq4004() {{
  [[ $words[2] == ctl ]] || {{ _default; return }}
  local -a names=(
{}  )
  local word
  for word in $words[3,CURRENT-1]; do
    case $word in
{}    *) continue ;;
    esac
    return
  done
  _describe command names
}}
compdef _bfq4004 bfq4004
)",
                     names, cases);
}

std::string fish_completion() {
  std::string out = "# bfq4004 ctl --completion fish\n";
  std::string names;
  for (const ControlCommand& command : commands())
    names += (names.empty() ? "" : " ") + std::string(command.name);
  for (const ControlCommand& command : commands())
    out += fmt::format(
        "complete -c bfq4004 -f -n '__fish_seen_subcommand_from ctl; and not "
        "__fish_seen_subcommand_from {}' -a '{}' -d '{}'\n",
        names, command.name, in_quotes(command.summary));
  for (const ControlCommand& command : commands())
    for_each_argument(command.arguments, "", [&](const std::string& path, const auto& key) {
      out += fmt::format(
          "complete -c bfq4004 -f -n '__fish_seen_subcommand_from {}' -a '{}=' -d '{}'\n",
          command.name, path, in_quotes(key.meaning));
    });
  return out;
}
}  // namespace

std::string completion(std::string_view shell) {
  if (shell == "bash") return bash_completion();
  if (shell == "zsh") return zsh_completion();
  if (shell == "fish") return fish_completion();
  return {};
}
}  // namespace bfq::control

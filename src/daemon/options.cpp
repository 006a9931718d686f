#include "daemon/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

#include "daemon/caller.h"
#include "daemon/failure.h"
#include "daemon/version.h"
#include "manual/manual.h"

namespace bfq::daemon {
namespace {
constexpr std::array<std::string_view, 7> kLevels = {"trace", "debug", "info", "warning",
                                                     "warn",  "error", "off"};

// Both a module's loopback address and its MAC addresses hold its number in 16 bits.
constexpr unsigned kLastModuleBase = 65000;

void refuse_what_is_not_there_yet(const std::string& world, const std::string& speed) {
  if (!world.empty()) {
    throw UsageError("world files are not there yet: leave out '" + world +
                     "' and the built-in access points are used");
  }
  if (speed == "baud") throw UsageError("--speed baud is not there yet: use --speed fast");
}

std::optional<std::string> state_directory(const std::string& given) {
  if (given == "none") return std::nullopt;
  return given.empty() ? default_state_directory() : given;
}

/// The words of the command line, before they are understood.
struct Words {
  std::string world, state, speed = "fast", net, log_level = "info";
  std::vector<std::string> serial;
  unsigned module_base = 0;
};

void declare(CLI::App& app, CLI::App& run, Words& words) {
  app.set_version_flag("--version", std::string("bfq4004 ") + std::string(kVersion));
  app.require_subcommand(1);
  run.set_version_flag("--version", std::string("bfq4004 ") + std::string(kVersion));
  run.add_option("world", words.world, "a file that describes access points and modules (not there yet)")
      ->type_name("WORLD.toml");
  run.add_option("--serial", words.serial,
                 "where hosts attach: pty[:LINK], tcp:[HOST:]PORT, stdio; may be given several times\n"
                 "(later: rfc2217:[HOST:]PORT, unix:PATH, tty:DEVICE[,BAUD]) [pty:/tmp/bfq0]")
      ->type_name("DOOR")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(1)
      ->allow_extra_args(false);
  run.add_option("--state", words.state,
                 "directory of what the module remembers, or none [" + default_state_directory() + "]")
      ->type_name("DIR");
  run.add_option("--speed", words.speed, "fast: bytes move as they come; baud: not there yet")
      ->check(CLI::IsMember({"fast", "baud"}))
      ->type_name("fast|baud");
  run.add_option("--net", words.net,
                 "where the module may connect, such as 'allow=*.test,10.0.0.0/8:80;deny=*:25'")
      ->type_name("POLICY");
  run.add_option("--module-base", words.module_base,
                 "number of the first module, where several programs run: module N is at 127.64.0.1 + N [0]")
      ->check(CLI::Range(0U, kLastModuleBase))
      ->type_name("N");
  run.add_option("--log", words.log_level, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember(std::vector<std::string>(kLevels.begin(), kLevels.end())))
      ->type_name("LEVEL");
}

/// Prints the page about one command, or, where no name is given, which there are.
void show_commands(const std::string& name) {
  if (name.empty()) return void(std::cout << manual::index(manual::Style::terminal));
  const at::Command* command = manual::find(name);
  if (command != nullptr) return void(std::cout << manual::page(*command, manual::Style::terminal));
  std::string hint;
  for (const std::string& other : manual::nearest(name)) hint += (hint.empty() ? "" : ", ") + other;
  throw UsageError("there is no command '" + name + "'" + (hint.empty() ? "" : "; near it are " + hint) +
                   "\nbfq4004 commands lists them all.");
}

Options understand(const Words& words) {
  refuse_what_is_not_there_yet(words.world, words.speed);
  Options options;
  ModuleSpec& module = options.modules.emplace_back();
  for (const std::string& door : words.serial) module.doors.push_back(parse_door(door));
  if (module.doors.empty()) module.doors.push_back(parse_door("pty:/tmp/bfq0"));
  const auto is_stdio = [](const DoorSpec& door) { return door.kind == DoorSpec::Kind::stdio; };
  if (std::count_if(module.doors.begin(), module.doors.end(), is_stdio) > 1) {
    throw UsageError("--serial stdio was given twice: there is only one standard input");
  }
  options.state_directory = state_directory(words.state);
  options.first_module = words.module_base;
  options.policy = NetPolicy::parse(words.net);
  options.log_level = words.log_level;
  return options;
}
}  // namespace

std::optional<Options> parse_command_line(int count, const char* const* arguments) {
  CLI::App app("A serial Wi-Fi module in software.", "bfq4004");
  CLI::App& run = *app.add_subcommand("run", "Start a module and keep it running until SIGINT or SIGTERM");
  CLI::App& commands =
      *app.add_subcommand("commands", "Tell which commands the module speaks, or all about one");
  std::string command;
  commands.add_option("name", command, "one of them, such as CWJAP_CUR or AT+CWJAP_CUR")->type_name("NAME");
  Words words;
  declare(app, run, words);
  try {
    app.parse(count, arguments);
  } catch (const CLI::Success& done) {
    app.exit(done);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw UsageError(std::string(error.what()) + "\nbfq4004 run --help tells what there is.");
  }
  if (commands.parsed()) return show_commands(command), std::nullopt;
  return understand(words);
}

std::string default_state_directory() {
  const char* state_home = std::getenv("XDG_STATE_HOME");
  if (state_home != nullptr && state_home[0] == '/') return std::string(state_home) + "/bfq4004";
  return Caller::current().home() + "/.local/state/bfq4004";
}
}  // namespace bfq::daemon

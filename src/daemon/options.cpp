#include "daemon/options.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "commands/personalities.h"
#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/printable.h"
#include "daemon/process/sandbox.h"
#include "daemon/world/checks.h"

namespace bfq::daemon {
namespace {
constexpr std::array<std::string_view, 7> kLevels = {"trace", "debug", "info", "warning",
                                                     "warn",  "error", "off"};

// Both a module's loopback address and its MAC addresses hold its number in 16 bits.
constexpr unsigned kLastModuleBase = 65000;

std::optional<std::string> state_directory(const std::string& given) {
  if (given == "none") return std::nullopt;
  return given.empty() ? default_state_directory() : given;
}

/// The arguments as typed.
struct CommandLine {
  std::string world, state, personality, speed, log_level = "info";
  std::optional<std::string> net{};
  std::vector<std::string> serial, overrides, control;
  std::string dashboard = "off";
  std::string sandbox = process::kSandboxByDefault ? "on" : "off";
  unsigned module_base = 0;
  std::string wait, radio;
  JournalWords journal;
  std::string trace;
  std::uint64_t longest_trace = std::uint64_t{64} << 20U;
};

void declare_trace_file(CLI::App& run, CommandLine& words) {
  run.add_option(
         "--trace", words.trace,
         "write every byte and event with its time to FILE, a JSON object a line, passwords "
         "masked; for\nbfq4004 trace convert")
      ->type_name("FILE");
  run.add_option("--trace-size", words.longest_trace,
                 "a trace that would become longer is renamed to FILE.1, and begun anew [64M]")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::uint64_t{1} << 16U, std::uint64_t{1} << 40U))
      ->type_name("BYTES");
}

void declare_control(CLI::App& run, CommandLine& words) {
  run.add_option(
         "--control", words.control,
         "where bfq4004 ctl and tests ask and change what the wire cannot say; may be given "
         "several times;\nnone: no socket [NAME.sock in $XDG_RUNTIME_DIR/bfq4004, in the "
         "directory of --state, or in /tmp]")
      ->type_name("unix:PATH|http:[HOST:]PORT|none")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(1)
      ->allow_extra_args(false);
  run.add_option("--dashboard", words.dashboard,
                 "a page that shows what happens and makes things go wrong, by HTTP as --control "
                 "http: has it;\non: at that place, or at 127.0.0.1:8404 or a port that is free [" +
                     words.dashboard + "]")
      ->type_name("on|off|[HOST:]PORT")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void declare(CLI::App& run, CommandLine& words) {
  run.add_option("WORLD.toml", words.world,
                 "a file that describes access points and modules [what bfq4004 world prints]");
  declare_overrides(run, words.overrides);
  run.add_option("--serial", words.serial,
                 "where hosts attach [those of the world, or pty:/tmp/NAME]; may be given several "
                 "times, but "
                 "not where\nthe world has several modules:\n" +
                     serial::syntax_of_doors())
      ->type_name("DOOR")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(1)
      ->allow_extra_args(false);
  run.add_option("--radio", words.radio,
                 "a radio of this machine, such as wifi:wlan0, instead of the simulated one; for a "
                 "world with\none module")
      ->type_name("wifi:INTERFACE[,ctrl=DIR]");
  run.add_option("--state", words.state,
                 "directory of what modules remember, a file for each by its name, or none [" +
                     default_state_directory() + "]")
      ->type_name("DIR");
  declare_personality(run, words.personality,
                      "which firmware all modules behave like [that of the world, or bfq4004]");
  run.add_option("--speed", words.speed,
                 "fast: bytes move as they come; baud: at the rate that the UART is set to; for "
                 "all modules")
      ->check(CLI::IsMember({"fast", "baud"}))
      ->type_name("fast|baud");
  run.add_option("--wait", words.wait,
                 "at the door stdio, type each line when the one before has been answered")
      ->check(CLI::IsMember({"answers"}))
      ->type_name("answers");
  run.add_option("--net", words.net,
                 "where modules may connect, such as 'allow=*.test,10.0.0.0/8:80;deny=*:25'; "
                 "replaces [net] allow\n"
                 "and deny of the world")
      ->type_name("POLICY");
  run.add_option("--module-base", words.module_base,
                 "number of the first module, where several programs run: module N is at "
                 "127.64.0.1 + N [0]")
      ->check(CLI::Range(0U, kLastModuleBase))
      ->type_name("N");
  run.add_option("--log", words.log_level, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember(std::vector<std::string>(kLevels.begin(), kLevels.end())))
      ->type_name("LEVEL");
  declare_journal(run, words.journal);
  declare_trace_file(run, words);
  declare_control(run, words);
  run.add_option("--sandbox", words.sandbox,
                 "on: once started, the program gives up what it does not need any more [" +
                     words.sandbox + "]")
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("on|off");
}

void put_doors(std::vector<board::ModuleSpec>& modules, const std::vector<std::string>& doors) {
  if (modules.size() > 1) {
    throw process::UsageError(
        "--serial: the world has " + std::to_string(modules.size()) +
        " modules; write their doors into the file, or --set 'module.NAME.serial=[\"DOOR\"]'");
  }
  modules.front().doors.clear();
  for (const std::string& door : doors) modules.front().doors.push_back(serial::parse_door(door));
  const auto is_stdio = [](const serial::DoorSpec& door) {
    return door.kind == serial::DoorSpec::Kind::stdio;
  };
  if (std::count_if(modules.front().doors.begin(), modules.front().doors.end(), is_stdio) > 1)
    throw process::UsageError("--serial stdio was given twice: there is only one standard input");
}

void put_radio(std::vector<board::ModuleSpec>& modules, const std::string& text) {
  const auto radio = wifi::parse_radio(text);
  if (!radio) throw process::UsageError("expected wifi:INTERFACE, such as wifi:wlan0");
  if (modules.size() > 1)
    throw process::UsageError("the world has " + std::to_string(modules.size()) +
                              " modules; write radio = \"" + text + "\" for one into the file");
  modules.front().radio = radio;
}

void wait_for_answers(std::vector<board::ModuleSpec>& modules) {
  bool any = false;
  for (board::ModuleSpec& module : modules) {
    for (serial::DoorSpec& door : module.doors) {
      if (door.kind != serial::DoorSpec::Kind::stdio) continue;
      any = door.waits_for_answers = true;
    }
  }
  if (!any) throw process::UsageError("--wait answers is for the door stdio: --serial stdio");
}

/// Of --net, which must make sense in that air.
sockets::NetPolicy parse_policy(const std::string& text, const sim::Air& air) {
  if (text.find('=') == std::string::npos)  // such as the unset variable of a script
    throw process::UsageError("--net '" + text +
                              "': expected allow=... or deny=...; without --net there is no limit");
  sockets::NetPolicy policy = sockets::NetPolicy::parse(text);
  const auto mistakes = world::useless_entries(policy, air);
  if (!mistakes.empty()) throw process::UsageError("--net allow: " + mistakes.front());
  return policy;
}

Options understand(const CommandLine& words) {
  world::WorldReader reader(words.world, words.overrides);
  const world::WorldFile& world = reader.world();
  Options options{.world = reader,
                  .modules = world.modules,
                  .first_module = words.module_base,
                  .state_directory = state_directory(words.state),
                  .policy = words.net ? parse_policy(*words.net, world.air) : world.policy,
                  .names = world.names,
                  .link_delay = world.link_delay,
                  .update_server = world.update_server,
                  .log_level = words.log_level};
  if (!words.serial.empty()) put_doors(options.modules, words.serial);
  try {
    if (!words.radio.empty()) put_radio(options.modules, words.radio);
  } catch (const process::UsageError& error) {
    throw process::UsageError("--radio '" + process::printable(words.radio) + "': " + error.what());
  }
  if (!words.wait.empty()) wait_for_answers(options.modules);
  if (!words.speed.empty()) {
    const auto speed =
        words.speed == "baud" ? serial::UartPhysics::Speed::baud : serial::UartPhysics::Speed::fast;
    for (board::ModuleSpec& module : options.modules) module.uart.speed = speed;
  }
  if (!words.personality.empty())
    for (board::ModuleSpec& module : options.modules)
      module.personality = commands::personality(words.personality);
  options.journal = understand_journal(words.journal, options.modules);
  options.trace = words.trace;
  options.longest_trace = words.longest_trace;
  options.control = control::parse_control(words.control);
  options.control.dashboard = control::parse_dashboard(words.dashboard);
  options.sandbox = words.sandbox == "on";
  return options;
}

}  // namespace

void declare_personality(CLI::App& command, std::string& name, const std::string& about) {
  std::vector<std::string> names;
  std::string shown;
  for (const at::Dialect* dialect : commands::kPersonalities) {
    names.emplace_back(dialect->name);
    shown += (shown.empty() ? "" : "|") + names.back();
  }
  command.add_option("--personality", name, about)->check(CLI::IsMember(names))->type_name(shown);
}

void declare_overrides(CLI::App& command, std::vector<std::string>& overrides) {
  command
      .add_option(
          "--set", overrides,
          "overrides a key of the world, such as ap.BFQ-LAB.rssi=-80; may be given several times")
      ->type_name("TABLE.NAME.KEY=VALUE")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(1)
      ->allow_extra_args(false);
}

std::function<Options()> declare_options(CLI::App& run) {
  const auto words = std::make_shared<CommandLine>();
  declare(run, *words);
  return [words] { return understand(*words); };
}

std::string default_state_directory() {
  const char* state_home = std::getenv("XDG_STATE_HOME");
  if (state_home != nullptr && state_home[0] == '/') return std::string(state_home) + "/bfq4004";
  return process::Caller::current().home() + "/.local/state/bfq4004";
}
}  // namespace bfq::daemon

// bfq4004: a serial Wi-Fi module that lives in this machine.
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "daemon/ctl_command.h"
#include "daemon/doctor_command.h"
#include "daemon/manual_command.h"
#include "daemon/process/disk_writer.h"
#include "daemon/process/failure.h"
#include "daemon/process/inherited.h"
#include "daemon/process/memory.h"
#include "daemon/process/printable.h"
#include "daemon/process/version.h"
#include "daemon/replay_command.h"
#include "daemon/run_command.h"
#include "daemon/subcommand.h"
#include "daemon/trace_command.h"
#include "daemon/wifi/helper.h"
#include "daemon/world_commands.h"

namespace bfq::daemon {
namespace {
constexpr int kUsage = 2;

constexpr Subcommand kSubcommands[] = {
    {"run", "Start a module and keep it running until SIGINT or SIGTERM", declare_run},
    {"ctl", "Ask a running program, and change what the wire cannot say", declare_ctl},
    {"commands", "Tell which commands the module speaks, or all about one", declare_manual},
    {"lint", "Tell all that is wrong with a world file, with its lines", declare_lint},
    {"world", "Print the default world, ready to be edited", declare_world},
    {"doctor", "Tell what a module with a radio of this machine lacks", declare_doctor},
    {"trace", "Convert a trace for Wireshark, sigrok, GTKWave or asciinema", declare_trace},
    {"replay", "Live through a journal again, and show what was said", declare_replay},
};

/// Parses the command line and does what it asks for; returns the program's status.
int dispatch(int count, char** arguments) {
  CLI::App app("A serial Wi-Fi module in software.", "bfq4004");
  app.set_version_flag("--version", "bfq4004 " + std::string(process::kVersion));
  app.require_subcommand(1);
  Action asked_for;
  for (const Subcommand& row : kSubcommands) {
    CLI::App& command = *app.add_subcommand(std::string(row.name), std::string(row.summary));
    command.parse_complete_callback(
        [&asked_for, action = row.declare(command)] { asked_for = action; });
  }
  try {
    app.parse(count, arguments);
  } catch (const CLI::Success& done) {  // --help or --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    throw process::UsageError(std::string(error.what()) + "\nbfq4004 " +
                              (chosen.empty() ? "" : chosen.front()->get_name() + " ") +
                              "--help tells what there is.");
  }
  return asked_for();
}

/// Under the name of the DHCP client's hook the program is that.
bool is_lease_hook(std::string_view path) {
  return path.substr(path.rfind('/') + 1) == wifi::kLeaseHook;
}

/// What people are told when the program ends for a reason: names in it may come from anywhere.
int fail(const std::exception& error, int status) {
  std::fprintf(stderr, "bfq4004: %s\n", process::printable_lines(error.what()).c_str());
  if (!process::DiskWriter::has_given_up()) return status;
  std::_Exit(status);  // its thread still uses what a proper end would destroy
}
}  // namespace
}  // namespace bfq::daemon

int main(int count, char** arguments) {
  using namespace bfq;
  if (count == 2 && daemon::is_lease_hook(arguments[0]))
    return wifi::tell_lease(arguments[0], arguments[1]);
  process::open_missing_standard_descriptors();
  umask(umask(0) & (S_IRWXG | S_IRWXO));  // what we make can be opened by us, whatever is inherited
  try {
    process::forbid_core_dumps();
    process::end_when_out_of_memory();
    return daemon::dispatch(count, arguments);
  } catch (const process::UsageError& error) {
    return daemon::fail(error, daemon::kUsage);
  } catch (const std::exception& error) {
    return daemon::fail(error, EXIT_FAILURE);
  }
}

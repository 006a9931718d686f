#include "daemon/run_command.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "daemon/banner.h"
#include "daemon/later_acts.h"
#include "daemon/loop.h"
#include "daemon/options.h"
#include "daemon/process/disk_writer.h"
#include "daemon/process/log.h"
#include "daemon/process/printable.h"
#include "daemon/process/version.h"

namespace bfq::daemon {
namespace {
void set_up_log(const std::string& level) {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("bfq4004", std::make_shared<process::StderrSink>()));
  spdlog::set_pattern("%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

/// Where the banner goes: to standard error when standard output is a serial port.
std::FILE* for_people(const Options& options) {
  const bool is_wire =
      std::any_of(options.modules.begin(), options.modules.end(), [](const auto& module) {
        return std::any_of(module.doors.begin(), module.doors.end(),
                           [](const serial::DoorSpec& door) {
                             return door.kind == serial::DoorSpec::Kind::stdio;
                           });
      });
  return is_wire ? stderr : stdout;
}

int run(const Options& options) {
  set_up_log(options.log_level);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // write(2) fails with EFBIG instead
  {
    Loop loop(options);
    std::fputs(process::printable_lines(banner(loop, options)).c_str(), for_people(options));
    std::fflush(nullptr);
    if (options.sandbox) loop.enter_sandbox(later_acts(options));
    loop.run();
  }
  if (!process::DiskWriter::has_given_up()) return EXIT_SUCCESS;
  std::_Exit(EXIT_FAILURE);  // its thread still uses what a proper end would destroy
}
}  // namespace

Action declare_run(CLI::App& command) {
  command.set_version_flag("--version", "bfq4004 " + std::string(process::kVersion));
  return [read = declare_options(command)] { return run(read()); };
}
}  // namespace bfq::daemon

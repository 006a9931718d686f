// bfq4004: a serial Wi-Fi module that lives in this machine.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "daemon/banner.h"
#include "daemon/loop.h"
#include "daemon/options.h"
#include "daemon/process/failure.h"
#include "daemon/replay_command.h"

namespace {
using namespace bfq;
using namespace bfq::daemon;

constexpr int kUsage = 2;

void set_up_log(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("bfq4004"));
  spdlog::set_pattern("%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

/// Where standard output is the wire, people are spoken to on standard error.
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

void run(const Options& options) {
  set_up_log(options.log_level);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of write(2), not the end
  Loop loop(options);
  std::fputs(banner(loop, options).c_str(), for_people(options));
  std::fflush(nullptr);
  loop.run();
}
}  // namespace

int main(int count, char** arguments) {
  try {
    const auto options = parse_command_line(count, arguments);
    if (options && options->replay) return replay(*options->replay);
    if (options) run(*options);
    return EXIT_SUCCESS;
  } catch (const process::UsageError& error) {
    std::fprintf(stderr, "bfq4004: %s\n", error.what());
    return kUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bfq4004: %s\n", error.what());
    return EXIT_FAILURE;
  }
}

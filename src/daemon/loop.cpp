#include "daemon/loop.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>

namespace bfq::daemon {
namespace {
/// A terminal that is closed sends SIGHUP too: then nobody is there any more to end the program.
bool has_terminal() {
  return isatty(STDIN_FILENO) == 1 || isatty(STDOUT_FILENO) == 1 || isatty(STDERR_FILENO) == 1;
}

const char* name_of(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "the terminal is closed";
}
}  // namespace

Loop::Loop(const Options& options)
    : signals_(io_, SIGINT, SIGTERM, SIGHUP),
      had_terminal_(has_terminal()),
      medium_(options.world.world().air),
      world_(options.world) {
  wait_for_signals();
  unsigned index = options.first_module;
  for (const ModuleSpec& module : options.modules)
    boards_.push_back(std::make_unique<Board>(io_, clock_, options, module, medium_, neighbourhood_,
                                              index++, [this] { io_.stop(); }));
}

void Loop::wait_for_signals() {
  signals_.async_wait([this](auto error, int signal) {
    if (!error) handle_signal(signal);
  });
}

void Loop::handle_signal(int signal) {
  const bool hangs_up = signal == SIGHUP && had_terminal_ && !has_terminal();
  if (signal != SIGHUP || hangs_up) {
    spdlog::info("ending: {}", name_of(signal));
    return io_.stop();
  }
  world_.read_again(medium_, clock_.now());
  wait_for_signals();
}
}  // namespace bfq::daemon

#include "daemon/loop.h"

#include <spdlog/spdlog.h>

#include <csignal>

namespace bfq::daemon {
Loop::Loop(const Options& options) : signals_(io_, SIGINT, SIGTERM, SIGHUP), medium_(options.air) {
  signals_.async_wait([this](auto error, int signal) {
    if (error) return;
    spdlog::info("ending: {}", signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "SIGHUP");
    io_.stop();
  });
  unsigned index = options.first_module;
  for (const ModuleSpec& module : options.modules)
    boards_.push_back(std::make_unique<Board>(io_, clock_, options, module, medium_, neighbourhood_, index++,
                                              [this] { io_.stop(); }));
}
}  // namespace bfq::daemon

#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <vector>

#include "daemon/board.h"
#include "daemon/options.h"
#include "sim/medium.h"

namespace bfq::daemon {

/// The program's one event loop and clock, the air, and the boards in it.
class Loop {
 public:
  explicit Loop(const Options& options);

  const std::vector<std::unique_ptr<Board>>& boards() const { return boards_; }
  const sim::Air& air() const { return medium_.air(); }

  /// Runs until SIGINT, SIGTERM or SIGHUP, or until a door's end ends the program.
  void run() { io_.run(); }

 private:
  boost::asio::io_context io_{1};  // one thread runs it
  boost::asio::signal_set signals_;
  Clock clock_;
  sim::Medium medium_;
  Neighbourhood neighbourhood_;
  std::vector<std::unique_ptr<Board>> boards_;
};
}  // namespace bfq::daemon

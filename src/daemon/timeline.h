#pragma once
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <vector>

#include "daemon/board/board.h"
#include "daemon/process/alarm.h"
#include "daemon/world/world_file.h"

namespace bfq::daemon {

/// Lets the events of a world happen, each at its time after the program's start, and logs them.
class Timeline {
 public:
  /// `events` are in the order of their time; they, and all else, must outlive this. What is to
  /// happen at the start happens now.
  Timeline(boost::asio::io_context& io, const board::ProgramClock& clock, sim::Medium& medium,
           const std::vector<world::TimedHappening>& events);

 private:
  void play();

  process::Alarm alarm_;
  const board::ProgramClock& clock_;
  sim::Medium& medium_;
  const std::vector<world::TimedHappening>& events_;
  std::size_t next_ = 0;
};
}  // namespace bfq::daemon

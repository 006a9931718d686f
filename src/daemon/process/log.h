#pragma once
#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/process/inherited.h"

namespace bfq::process {

/// Decides which lines of a log are said, so that nobody who can cause a line can fill a disk with
/// it: lines that differ in their numbers alone are one kind, and of each kind a burst is said and
/// then so many a second. What is left out is counted, and the count is said as soon as there may
/// be a line of that kind again.
class LogLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr double kBurst = 200;
  static constexpr double kPerSecond = 10;
  /// How many lines were left out, in words, and the level of the first of them.
  struct Count {
    spdlog::level::level_enum level{};
    std::string text;
  };
  /// Kinds that are told apart; what comes beyond them is one kind.
  static constexpr std::size_t kKinds = 256;

  /// True when that line may be said; otherwise it was counted.
  bool admits(spdlog::level::level_enum level, std::string_view line, Time now);

  /// What is to be said of the lines that were left out, now or, at the end, in any case.
  std::vector<Count> counts(Time now, bool at_the_end = false);

 private:
  struct Kind {
    double could_say = kBurst;  ///< at that time
    Time last{};
    std::uint64_t left_out = 0;
    std::string example{};  ///< the first line that was left out
    spdlog::level::level_enum level{};
  };
  static double may_say(const Kind& kind, Time now);

  std::map<std::string, Kind, std::less<>> kinds_;
  bool any_left_out_ = false;
};

/// Standard error as a log that never blocks and never speaks to the terminal in control
/// characters. Where it takes no more (an unread pipe, a stopped terminal, a disk that does not
/// answer), lines are dropped and counted; the count is said with the next line that is taken.
/// Lines of info and above are limited as LogLimit says: whoever asks for more wants to see all.
/// Thread-safe, as spdlog wants it.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  StderrSink();
  ~StderrSink() override;

  /// Says what was left out, and waits as flush_log() does. To be called at the end of the program.
  void end();
  /// As Inherited::why_it_may_block().
  const std::string& why_it_may_block() const { return out_.why_it_may_block(); }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  void say(const spdlog::details::log_msg& message, spdlog::level::level_enum level,
           std::string_view text);
  bool say_dropped();
  bool write(std::string_view line);

  Inherited out_;
  bool is_colored_;
  LogLimit limit_;
  std::uint64_t dropped_ = 0;
};

/// Waits until what was logged has reached standard error, for DiskWriter::patience() at most;
/// returns false when that takes longer. Allocates nothing and takes no lock of the log: for a
/// program that is about to abort.
bool flush_log();
}  // namespace bfq::process

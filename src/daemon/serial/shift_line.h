#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/time.h"
#include "base/uart_format.h"

namespace bfq::serial {

/// One direction of a serial line, without the bytes: how many of those that have begun to move
/// have arrived, and when the next will. Each takes its start bit, data, parity and stop bits; they
/// follow each other without a pause for as long as there are some.
class ShiftLine {
 public:
  /// Bytes that were there at `since` move in this format, behind those that move already.
  void start(std::size_t bytes, const UartFormat& format, Instant since);
  /// How many have arrived by `now`, besides those that were taken.
  std::size_t arrived(Instant now) const;
  void take(std::size_t bytes);

  /// How many have been started and not been taken.
  std::size_t moving() const { return moving_; }
  /// When as many have arrived; never while less than one is on its way.
  Deadline arrival_of(std::size_t bytes) const;
  /// When the line is, or was, free.
  Instant free_at() const { return free_at_; }
  /// All that moves is gone.
  void clear();

 private:
  /// Bytes back to back, in one format.
  struct Run {
    Instant began;
    std::uint64_t half_bits;  ///< of a character
    std::uint64_t baud;
    std::size_t bytes;
    std::size_t taken = 0;

    Instant end_of(std::size_t byte) const;
    std::size_t ended_by(Instant now) const;
  };

  std::deque<Run> runs_;
  std::size_t moving_ = 0;
  Instant free_at_{};
};

/// How many bytes fit a line of this format into a time, at least one.
std::size_t bytes_in(Duration time, const UartFormat& format);
}  // namespace bfq::serial

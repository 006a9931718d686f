#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/time.h"
#include "base/uart_format.h"

namespace bfq::serial {

/// The timing of one direction of a serial line, without the bytes: how many of those sent have
/// arrived, and when the next will. Each takes its start bit, data, parity and stop bits; they are
/// sent back to back.
class ShiftLine {
 public:
  /// Sends bytes in this format, from `since` on or as soon as those before have arrived.
  void start(std::size_t bytes, const UartFormat& format, Instant since);
  /// How many have arrived by `now`, without those that were taken.
  std::size_t arrived(Instant now) const;
  void take(std::size_t bytes);

  /// How many were sent and not taken yet.
  std::size_t moving() const { return moving_; }
  /// When that many bytes have arrived, or all; never while none is on its way.
  Deadline arrival_of(std::size_t bytes) const;
  /// When the line becomes idle, or did.
  Instant free_at() const { return free_at_; }
  /// Discards all that is on its way.
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

/// How many bytes a line of this format carries in a time; at least one.
std::size_t bytes_in(Duration time, const UartFormat& format);
}  // namespace bfq::serial

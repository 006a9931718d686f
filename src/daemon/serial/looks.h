#pragma once
#include <chrono>
#include <cstddef>

#include "base/time.h"
#include "base/uart_format.h"
#include "daemon/serial/pace.h"
#include "daemon/serial/shift_line.h"
#include "daemon/serial/uart_physics.h"

namespace bfq::serial {

/// When a wire at the speed of baud looks at its lines: rarely enough to cost little, and often
/// enough that the FIFO of a host that reads at once does not fill up.
class Looks {
 public:
  static constexpr Duration kFastest = std::chrono::microseconds(500);

  /// `pace` outlives this; null: always the usual one.
  Looks(const UartPhysics& physics, Pace* pace) : physics_(physics), pace_(pace) {}

  /// How much lies between two looks at a line of that format: a quarter of the smaller FIFO at
  /// most, or, where the pace is slower, half of what the module, and the host that can have least
  /// unread (`smallest`, in bytes), have room for.
  Duration every(const UartFormat& format, std::size_t smallest) const;
  /// The next look at that line; never while nothing is on it.
  Deadline next_on(const ShiftLine& line, const UartFormat& format, std::size_t smallest) const;

  /// What a look takes of the program's time, from its making to its end.
  class Measured {
   public:
    Measured(const Looks& looks, Instant now);
    ~Measured();
    Measured(const Measured&) = delete;
    Measured& operator=(const Measured&) = delete;

   private:
    Pace* pace_;
    Instant now_;
    std::chrono::steady_clock::time_point began_{};
  };

 private:
  bool are_slowed() const { return pace_ != nullptr && pace_->between_looks() > Pace::kUsual; }

  UartPhysics physics_;
  Pace* pace_;
};
}  // namespace bfq::serial

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
  /// most, or, where the pace is slower, a quarter of what the module, and the host that can have
  /// least unread (`smallest`, in bytes), have room for.
  Duration every(const UartFormat& format, std::size_t smallest) const;
  /// The next look at that line; never while nothing is on it.
  Deadline next_on(const ShiftLine& line, const UartFormat& format, std::size_t smallest) const;

  /// Whether a turn at that time is a look, which it is then: any is while the pace is the usual
  /// one, and otherwise the first from the next common moment on. What the network brings, or a
  /// host types, would make it look as often as there are turns.
  bool begins_at(Instant now, const UartFormat& format, std::size_t smallest);

  /// A turn of the module, in which it looked at its lines, has taken so long.
  void note_turn(Instant began, Instant ended) {
    if (pace_ != nullptr) pace_->looked(ended - began, began);
  }

 private:
  bool are_slowed() const { return pace_ != nullptr && pace_->between_looks() > Pace::kUsual; }

  UartPhysics physics_;
  Pace* pace_;
  Instant next_{};  ///< no turn is a look before that
};
}  // namespace bfq::serial

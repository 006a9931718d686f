#include "daemon/serial/looks.h"

#include <algorithm>

namespace bfq::serial {
namespace {
constexpr Duration kSlowestLook = std::chrono::milliseconds(4);
// A host that measures pauses sees lumps of as long as it takes to carry some bytes, or as long as
// the pace has it.
constexpr std::int64_t kBytesPerLook = 4;

/// How long a line takes to carry so many bytes.
Duration time_of(std::int64_t bytes, const UartFormat& format) {
  return kSlowestLook * bytes / static_cast<std::int64_t>(bytes_in(kSlowestLook, format));
}

/// The first moment from then on at which all look that look so often.
Instant next_common(Instant from, Duration every) {
  const Duration since = from.time_since_epoch();
  return Instant((since + every - Duration(1)) / every * every);
}
}  // namespace

Duration Looks::every(const UartFormat& format, std::size_t smallest) const {
  const std::size_t fifo = std::min(physics_.receive_fifo, physics_.transmit_fifo);
  const Duration few = time_of(kBytesPerLook, format);
  const Duration many =
      time_of(std::max<std::int64_t>(1, static_cast<std::int64_t>(fifo) / 4), format);
  const Duration usual =
      std::clamp(std::min(std::max(few, Pace::kUsual), many), kFastest, kSlowestLook);
  if (!are_slowed()) return usual;
  const std::size_t quarter = std::min(physics_.receive_fifo, smallest) / 4;
  return std::max(
      usual, std::min(pace_->between_looks(), time_of(static_cast<std::int64_t>(quarter), format)));
}

Deadline Looks::next_on(const ShiftLine& line, const UartFormat& format,
                        std::size_t smallest) const {
  const Duration between = every(format, smallest);
  if (!are_slowed()) return line.arrival_of(bytes_in(between, format));
  const Deadline first = line.arrival_of(1);
  if (first.is_never()) return first;
  // Where a host's format is another, its moments are: a turn before the look would move nothing.
  return Deadline(std::max(next_common(first.at(), between), next_));
}

bool Looks::begins_at(Instant now, const UartFormat& format, std::size_t smallest) {
  if (now < next_ && are_slowed()) return false;
  next_ = are_slowed() ? next_common(now + Duration(1), every(format, smallest)) : Instant{};
  return true;
}
}  // namespace bfq::serial

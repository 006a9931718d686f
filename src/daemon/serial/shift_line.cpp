#include "daemon/serial/shift_line.h"

#include <algorithm>

namespace bfq::serial {
namespace {
constexpr std::uint64_t kHalfBit = 500'000;  // in microseconds, at 1 baud

/// Start bit, data, parity; 1, 1.5 or 2 stop bits.
std::uint64_t half_bits_of(const UartFormat& format) {
  const unsigned whole = 1U + format.data_bits + (format.parity != 0 ? 1U : 0U);
  return 2U * whole + 1U + format.stop_bits;
}
}  // namespace

Instant ShiftLine::Run::end_of(std::size_t byte) const {
  const std::uint64_t scaled = byte * half_bits * kHalfBit;
  return began + Duration(static_cast<std::int64_t>((scaled + baud - 1) / baud));
}

std::size_t ShiftLine::Run::ended_by(Instant now) const {
  if (now <= began) return 0;
  const auto passed = static_cast<std::uint64_t>((now - began).count());
  return std::min<std::size_t>(bytes, passed * baud / (half_bits * kHalfBit));
}

void ShiftLine::start(std::size_t bytes, const UartFormat& format, Instant since) {
  if (bytes == 0) return;
  const std::uint64_t half_bits = half_bits_of(format);
  const bool goes_on = !runs_.empty() && since <= free_at_ && runs_.back().half_bits == half_bits &&
                       runs_.back().baud == format.baud;
  if (goes_on) {
    runs_.back().bytes += bytes;
  } else {
    runs_.push_back({.began = std::max(since, free_at_),
                     .half_bits = half_bits,
                     .baud = format.baud,
                     .bytes = bytes});
  }
  moving_ += bytes;
  free_at_ = runs_.back().end_of(runs_.back().bytes);
}

std::size_t ShiftLine::arrived(Instant now) const {
  std::size_t all = 0;
  for (const Run& run : runs_) all += run.ended_by(now) - std::min(run.taken, run.ended_by(now));
  return all;
}

void ShiftLine::take(std::size_t bytes) {
  moving_ -= bytes;
  for (Run& run : runs_) {
    const std::size_t n = std::min(bytes, run.bytes - run.taken);
    run.taken += n;
    bytes -= n;
  }
  // The last run stays: what comes without a pause is counted from where it began, so nothing adds
  // up.
  while (runs_.size() > 1 && runs_.front().taken == runs_.front().bytes) runs_.pop_front();
}

Deadline ShiftLine::arrival_of(std::size_t bytes) const {
  bytes = std::min(bytes, moving_);
  if (bytes == 0) return Deadline::never();
  for (const Run& run : runs_) {
    const std::size_t left = run.bytes - run.taken;
    if (bytes <= left) return run.end_of(run.taken + bytes);
    bytes -= left;
  }
  return Deadline::never();
}

void ShiftLine::clear() {
  runs_.clear();
  moving_ = 0;
  free_at_ = Instant{};
}

std::size_t bytes_in(Duration time, const UartFormat& format) {
  const auto microseconds = static_cast<std::uint64_t>(time.count());
  return std::max<std::size_t>(1, microseconds * format.baud / (half_bits_of(format) * kHalfBit));
}
}  // namespace bfq::serial

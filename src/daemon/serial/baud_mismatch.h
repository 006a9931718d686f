#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/uart_format.h"

namespace bfq::serial {

/// What a UART receives from one whose format differs: the levels of the line are generated, and
/// sampled as a receiver samples them.
///
/// A receiver waits for the falling edge of a start bit, samples again after half of its own bit
/// time, and gives up if the line is high then. Otherwise it samples its data bits, a parity bit
/// that it does not check, and one stop bit, each in the middle. Then it waits for the line to be
/// high, and to fall again. So the same bytes always become the same garbage, and a receiver with
/// the sender's format receives every byte. So does one whose rate is up to 5 % off, since it finds
/// its place again with each start bit.
class BaudMismatch {
 public:
  BaudMismatch(const UartFormat& sender, const UartFormat& receiver);

  /// Sends characters back to back. Appends to the result what the receiver has received so far.
  void pass(std::span<const std::byte> sent, std::vector<std::byte>& heard);
  /// The line is idle for a while: a receiver in the middle of a character completes it.
  void rest(std::vector<std::byte>& heard);
  /// Both, for bytes with an idle line before and after.
  std::vector<std::byte> burst(std::span<const std::byte> sent);

 private:
  void line(bool high, std::int64_t duration, std::vector<std::byte>& heard);
  void sample(bool high, std::vector<std::byte>& heard);

  UartFormat sender_, receiver_;
  // Half a bit of each, in units of 1 / (2 * rate * other rate) seconds.
  std::int64_t sent_half_bit_, heard_half_bit_;
  bool was_high_ = true, listens_ = false;
  std::int64_t next_sample_ = 0;  ///< from where the line is now
  unsigned samples_ = 0;          ///< of this character
  std::uint8_t value_ = 0;
};

/// True where a receiver of one format samples exactly what a sender of the other sends: the same
/// rate, data bits and parity. (Elsewhere it may still receive every byte, see BaudMismatch.)
bool sample_alike(const UartFormat& one, const UartFormat& other);
}  // namespace bfq::serial

#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/uart_format.h"

namespace bfq::serial {

/// What a UART hears that is not set as the one that sends: the line's levels are played, and
/// sampled as a receiver does it.
///
/// A receiver waits for the line to fall, looks again after half of its own bit, and gives up if
/// the line is high then. Else it samples its data bits, a parity bit that nobody checks, and one
/// stop bit, in the middle of each. Then it waits for the line to be high, and to fall again. So
/// the same bytes always become the same garbage, and a receiver that is set like the sender hears
/// every byte.
class BaudMismatch {
 public:
  BaudMismatch(const UartFormat& sender, const UartFormat& receiver);

  /// Characters that follow each other without a pause. Appends what the receiver has made of them
  /// so far.
  void pass(std::span<const std::byte> sent, std::vector<std::byte>& heard);
  /// The line rests for a while: a receiver that is in a character comes to its end.
  void rest(std::vector<std::byte>& heard);
  /// Both, for a text of its own.
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

/// Whether two UARTs understand each other: rates at most 3 % apart, the same data bits and parity.
bool are_tuned(const UartFormat& one, const UartFormat& other);
}  // namespace bfq::serial

#include "daemon/serial/baud_mismatch.h"

namespace bfq::serial {
namespace {
bool odd_number_of_ones(unsigned value) {
  bool odd = false;
  for (; value != 0; value &= value - 1) odd = !odd;
  return odd;
}
}  // namespace

BaudMismatch::BaudMismatch(const UartFormat& sender, const UartFormat& receiver)
    : sender_(sender),
      receiver_(receiver),
      sent_half_bit_(receiver.baud),
      heard_half_bit_(sender.baud) {}

void BaudMismatch::pass(std::span<const std::byte> sent, std::vector<std::byte>& heard) {
  const std::int64_t bit = 2 * sent_half_bit_;
  for (const std::byte byte : sent) {
    const unsigned value = std::to_integer<unsigned>(byte) & ((1U << sender_.data_bits) - 1U);
    line(false, bit, heard);
    for (unsigned i = 0; i < sender_.data_bits; ++i) line((value >> i & 1U) != 0, bit, heard);
    const bool odd_parity = sender_.parity == 1;
    if (sender_.parity != 0) line(odd_number_of_ones(value) != odd_parity, bit, heard);
    line(true, sent_half_bit_ * (sender_.stop_bits + 1), heard);
  }
}

void BaudMismatch::rest(std::vector<std::byte>& heard) {
  constexpr int kLongestCharacter = 13;  // in bits
  line(true, 2 * heard_half_bit_ * kLongestCharacter, heard);
}

std::vector<std::byte> BaudMismatch::burst(std::span<const std::byte> sent) {
  std::vector<std::byte> heard;
  pass(sent, heard);
  rest(heard);
  return heard;
}

void BaudMismatch::line(bool high, std::int64_t duration, std::vector<std::byte>& heard) {
  if (!listens_ && was_high_ && !high) {
    listens_ = true;
    samples_ = 0;
    value_ = 0;
    next_sample_ = heard_half_bit_;
  }
  while (listens_ && next_sample_ < duration) {
    duration -= next_sample_;
    next_sample_ = 2 * heard_half_bit_;
    sample(high, heard);
  }
  if (listens_) next_sample_ -= duration;
  was_high_ = high;
}

void BaudMismatch::sample(bool high, std::vector<std::byte>& heard) {
  const unsigned place = samples_++;
  const unsigned data = receiver_.data_bits, parity = receiver_.parity != 0 ? 1 : 0;
  if (place == 0) {
    listens_ = !high;  // a spike, and no start bit
  } else if (place <= data) {
    if (high) value_ |= static_cast<std::uint8_t>(1U << (place - 1));
  } else if (place > data + parity) {
    listens_ = false;
    heard.push_back(std::byte{value_});
  }
}

bool sample_alike(const UartFormat& one, const UartFormat& other) {
  return one.baud == other.baud && one.data_bits == other.data_bits && one.parity == other.parity;
}
}  // namespace bfq::serial

#include "daemon/serial/ip232_line.h"

#include <utility>

namespace bfq::serial {
namespace {
constexpr std::byte kEscape{0xff}, kOff{0}, kOn{1};
}  // namespace

void Ip232Line::take(std::span<const std::byte> bytes, std::vector<std::byte>& typed) {
  for (const std::byte byte : bytes) {
    if (!std::exchange(escaped_, false)) {
      escaped_ = byte == kEscape;
      if (!escaped_) typed.push_back(byte);
    } else if (byte == kEscape) {
      typed.push_back(byte);
    } else if (byte == kOff || byte == kOn) {
      dtr_ = byte == kOn;
    }
  }
}

void Ip232Line::say(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    output_ += static_cast<char>(byte);
    if (byte == kEscape) output_ += static_cast<char>(byte);
  }
}

void Ip232Line::show_carrier(bool on) {
  output_ += {static_cast<char>(kEscape), static_cast<char>(on ? kOn : kOff)};
}
}  // namespace bfq::serial

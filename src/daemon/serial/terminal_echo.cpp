#include "daemon/serial/terminal_echo.h"

#include <algorithm>
#include <string_view>

namespace bfq::serial {
namespace {
/// As Linux does it (n_tty.c). Of the characters that a terminal acts upon, CR and LF alone are
/// known.
std::string echo_of(char byte, const EchoSettings& settings) {
  const std::string_view newline = settings.nl_to_cr_nl ? "\r\n" : "\n";
  if (byte == '\r' && settings.ignores_cr) return {};
  if (byte == '\r' && settings.cr_to_nl) return std::string(newline);
  if (byte == '\n' && settings.nl_to_cr) {
    byte = '\r';
  } else if (byte == '\n' && settings.is_canonical) {
    return std::string(newline);
  }
  const auto code = static_cast<unsigned char>(byte);
  const bool is_control = (code < 0x20 && byte != '\t') || code == 0x7f;
  if (is_control && settings.shows_controls) return {'^', static_cast<char>(code ^ 0x40U)};
  return byte == '\n' ? std::string(newline) : std::string(1, byte);
}
}  // namespace

void TerminalEcho::printed(std::span<const std::byte> bytes, const EchoSettings& settings) {
  for (const std::byte byte : bytes) expected_ += echo_of(static_cast<char>(byte), settings);
  if (expected_.size() > kMost) forget();  // the kernel does not hold that much: some of it is lost
}

std::size_t TerminalEcho::echoed(std::span<const std::byte> bytes) {
  const std::size_t most = std::min(bytes.size(), expected_.size());
  std::size_t n = 0;
  while (n < most && bytes[n] == static_cast<std::byte>(expected_[n])) ++n;
  if (n < bytes.size()) {
    forget();
  } else {
    expected_.erase(0, n);
  }
  return n;
}
}  // namespace bfq::serial

#include "daemon/serial/terminal_echo.h"

#include <algorithm>
#include <string_view>

namespace bfq::serial {
namespace {
bool is_control(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return (code < 0x20 && byte != '\t') || code == 0x7f;
}

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
  if (is_control(byte) && settings.shows_controls) return {'^', static_cast<char>(code ^ 0x40U)};
  return byte == '\n' ? std::string(newline) : std::string(1, byte);
}

/// True when there are settings with which the echo of these bytes begins with this one.
bool may_begin_echo(char first, std::string_view printed) {
  for (const char byte : printed) {
    const bool is_newline = byte == '\r' || byte == '\n';
    if (first == byte || (first == '^' && is_control(byte))) return true;
    if (is_newline && (first == '\r' || first == '\n')) return true;
    if (byte != '\r') return false;  // a CR may be ignored
  }
  return false;
}
}  // namespace

void TerminalEcho::printed(std::span<const std::byte> bytes) {
  if (lost_) return;
  if (bytes.size() <= kMost)
    printed_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (bytes.size() <= kMost && printed_.size() <= kMost) return;
  forget();
  lost_ = true;
}

bool TerminalEcho::needs_look(std::span<const std::byte> bytes) const {
  return !bytes.empty() && may_begin_echo(static_cast<char>(bytes.front()), printed_);
}

void TerminalEcho::settings(const std::optional<EchoSettings>& settings) {
  echoes_ = settings.has_value();
  if (settings)
    for (const char byte : printed_) expected_ += echo_of(byte, *settings);
  printed_.clear();
  if (expected_.size() <= kMost) return;
  forget();
  lost_ = true;
}

void TerminalEcho::forget() {
  printed_.clear();
  expected_.clear();
  lost_ = false;
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

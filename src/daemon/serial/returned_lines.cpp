#include "daemon/serial/returned_lines.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace bfq::serial {
namespace {
constexpr std::size_t kLongestLine = 80;
}  // namespace

template <class OnLine>
void ReturnedLines::Cutter::add(std::span<const std::byte> bytes, OnLine on_line) {
  while (!bytes.empty()) {
    const void* const end = std::memchr(bytes.data(), '\n', bytes.size());
    const std::size_t n =
        end == nullptr
            ? bytes.size()
            : static_cast<std::size_t>(static_cast<const std::byte*>(end) - bytes.data()) + 1;
    const std::size_t kept = std::min(n, kLongestLine - std::min(kLongestLine, line_.size()));
    line_.append(reinterpret_cast<const char*>(bytes.data()), kept);
    if (end != nullptr) {
      on_line(std::string_view(line_));
      line_.clear();
    }
    bytes = bytes.subspan(n);
  }
}

void ReturnedLines::printed(std::span<const std::byte> bytes) {
  printed_.add(bytes, [this](std::string_view line) { line_printed(line); });
}

void ReturnedLines::typed(std::span<const std::byte> bytes) {
  typed_.add(bytes, [this](std::string_view line) { line_typed(line); });
}

bool ReturnedLines::take_notice() {
  return std::exchange(noticed_, false) && !std::exchange(told_, true);
}

void ReturnedLines::line_printed(std::string_view line) {
  if (line.ends_with("\r\r\n")) return;  // the echo of what was typed
  line = line.substr(0, line.find_last_not_of("\r\n") + 1);
  if (line.empty()) return;
  recent_.at(std::exchange(next_, (next_ + 1) % recent_.size())) = line;
  if (line != "ERROR" || !is_returned_) {
    errors_ = 0;
  } else if (++errors_ == kErrors) {
    noticed_ = true;
  }
}

/// A command may well be typed again and again.
void ReturnedLines::line_typed(std::string_view line) {
  line = line.substr(0, line.find_last_not_of("\r\n") + 1);
  if (line.empty()) return;  // returned lines have one in front of them
  is_returned_ =
      !line.starts_with("AT") && std::find(recent_.begin(), recent_.end(), line) != recent_.end();
}
}  // namespace bfq::serial

#include "daemon/serial/returned_lines.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace bfq::serial {
namespace {
constexpr std::size_t kLongestLine = 80;
// How much of what was printed is remembered: at least this, at most twice as much.
constexpr std::size_t kRemembered = 1024;
// Of how many lines one may be typed.
constexpr int kLinesBack = 16;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_echo(std::string_view line) { return line.ends_with("\r\r\n"); }

std::string_view without_end(std::string_view line) {
  line = line.substr(0, kLongestLine);
  return line.substr(0, line.find_last_not_of("\r\n") + 1);
}
}  // namespace

/// Nothing is returned as a rule, and then no line matters.
void ReturnedLines::printed(std::span<const std::byte> bytes) {
  std::string_view text = text_of(bytes);
  if (!is_returned_) {
    errors_ = 0;
    return remember(text);
  }
  while (!text.empty()) {
    const std::string_view part = up_to_line_end(text);
    remember(part);
    if (part.ends_with('\n'))
      line_printed(std::string_view(recent_).substr(recent_.rfind('\n', recent_.size() - 2) + 1));
    text.remove_prefix(part.size());
  }
}

void ReturnedLines::remember(std::string_view text) {
  text.remove_prefix(text.size() - std::min(text.size(), kRemembered));
  if (recent_.size() + text.size() > 2 * kRemembered)
    recent_.erase(0, recent_.size() - kRemembered);
  recent_ += text;
}

void ReturnedLines::typed(std::span<const std::byte> bytes) {
  std::string_view text = text_of(bytes);
  while (!text.empty()) {
    const std::string_view part = up_to_line_end(text);
    const bool is_whole = typed_.empty() && part.ends_with('\n');
    if (!is_whole) typed_ += part.substr(0, kLongestLine - std::min(kLongestLine, typed_.size()));
    if (part.ends_with('\n')) {
      line_typed(is_whole ? part : typed_);
      typed_.clear();
    }
    text.remove_prefix(part.size());
  }
}

bool ReturnedLines::take_notice() {
  return std::exchange(noticed_, false) && !std::exchange(told_, true);
}

void ReturnedLines::line_printed(std::string_view line) {
  if (is_echo(line)) return;  // of what was typed
  line = without_end(line);
  if (line.empty()) return;
  if (line != "ERROR") {
    errors_ = 0;
  } else if (++errors_ == kErrors) {
    noticed_ = true;
  }
}

/// A command may well be typed again and again.
void ReturnedLines::line_typed(std::string_view line) {
  if (line.starts_with("AT")) return void(is_returned_ = false);
  line = without_end(line);
  if (!line.empty()) is_returned_ = was_printed(line);  // returned lines have an empty one in front
}

bool ReturnedLines::was_printed(std::string_view line) const {
  std::string_view rest = recent_;
  rest = rest.substr(0, rest.rfind('\n') + 1);
  for (int lines = 0; lines < kLinesBack && !rest.empty();) {
    const std::size_t begin = rest.rfind('\n', rest.size() - 2) + 1;
    const std::string_view last = rest.substr(rest.size() == 1 ? 0 : begin);
    rest.remove_suffix(last.size());
    if (is_echo(last) || without_end(last).empty()) continue;
    if (without_end(last) == line) return true;
    ++lines;
  }
  return false;
}
}  // namespace bfq::serial

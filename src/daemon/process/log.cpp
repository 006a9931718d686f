#include "daemon/process/log.h"

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <iterator>
#include <span>

#include "daemon/process/disk_writer.h"
#include "daemon/process/printable.h"

namespace bfq::process {
namespace {
/// Lines whose words are the same are of one kind, whatever their numbers.
std::string kind_of(std::string_view line) {
  std::string kind;
  std::copy_if(line.begin(), line.end(), std::back_inserter(kind),
               [](char c) { return c < '0' || c > '9'; });
  return kind;
}

/// Where lines go; for flush_log().
std::atomic<Inherited*>& the_log() {
  static std::atomic<Inherited*> log = nullptr;
  return log;
}

std::string_view color_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace: return "\033[37m";
    case spdlog::level::debug: return "\033[36m";
    case spdlog::level::info: return "\033[32m";
    case spdlog::level::warn: return "\033[33m\033[1m";
    default: return "\033[31m\033[1m";
  }
}
}  // namespace

double LogLimit::may_say(const Kind& kind, Time now) {
  const double seconds = std::chrono::duration<double>(now - kind.last).count();
  return std::min(kBurst, kind.could_say + kPerSecond * seconds);
}

bool LogLimit::admits(spdlog::level::level_enum level, std::string_view line, Time now) {
  std::string name = kind_of(line);
  if (kinds_.size() >= kKinds && !kinds_.contains(name)) {
    std::erase_if(kinds_, [&](const auto& k) {
      return k.second.left_out == 0 && may_say(k.second, now) >= kBurst;
    });
    if (kinds_.size() >= kKinds) name = "(others)";
  }
  Kind& kind = kinds_.try_emplace(name, Kind{.last = now}).first->second;
  kind.could_say = may_say(kind, now);
  kind.last = now;
  if (kind.could_say >= 1) return kind.could_say -= 1, true;
  if (kind.left_out++ == 0) {
    kind.example = line;
    kind.level = level;
  }
  return any_left_out_ = true, false;
}

std::vector<LogLimit::Count> LogLimit::counts(Time now, bool at_the_end) {
  std::vector<Count> said;
  if (!any_left_out_) return said;
  any_left_out_ = false;
  for (auto& [name, kind] : kinds_) {
    if (kind.left_out == 0) continue;
    // A second's worth: while the flood goes on, this is the only line of its kind.
    if (may_say(kind, now) >= kPerSecond || at_the_end) {
      said.push_back(
          {kind.level, fmt::format("{} lines left out like: {}", kind.left_out, kind.example)});
      kind.left_out = 0;
      kind.could_say = 0;
      kind.last = now;
    } else {
      any_left_out_ = true;
    }
  }
  return said;
}

StderrSink::StderrSink()
    : out_(STDERR_FILENO, Inherited::Use::telling), is_colored_(isatty(STDERR_FILENO) == 1) {
  the_log() = &out_;
}

StderrSink::~StderrSink() { the_log() = nullptr; }

void StderrSink::end() {
  const std::lock_guard lock(mutex_);
  for (const LogLimit::Count& count : limit_.counts(std::chrono::steady_clock::now(), true))
    write(count.text + "\n");
  say_dropped();
  flush_log();
}

bool flush_log() {
  Inherited* const log = the_log();
  return log == nullptr || log->wait(DiskWriter::patience());
}

/// True when the line was taken. The rest of one that was taken in part is lost: a line that waited
/// would block.
bool StderrSink::write(std::string_view line) {
  bool is_taken = false;
  while (!line.empty()) {
    const ssize_t n = out_.write(std::as_bytes(std::span(line)));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    is_taken = true;
    line.remove_prefix(static_cast<std::size_t>(n));
  }
  return is_taken;
}

void StderrSink::sink_it_(const spdlog::details::log_msg& message) {
  const std::string text = printable({message.payload.data(), message.payload.size()});
  if (message.level >= spdlog::level::info) {
    const auto now = std::chrono::steady_clock::now();
    for (const LogLimit::Count& count : limit_.counts(now)) say(message, count.level, count.text);
    if (!limit_.admits(message.level, text, now)) return;
  }
  say(message, message.level, text);
}

/// False when not even that is taken.
bool StderrSink::say_dropped() {
  const bool is_said =
      dropped_ == 0 ||
      write(fmt::format("{} lines of the log were dropped: standard error did not take them\n",
                        dropped_));
  if (is_said) dropped_ = 0;
  return is_said;
}

void StderrSink::say(const spdlog::details::log_msg& message, spdlog::level::level_enum level,
                     std::string_view text) {
  if (!say_dropped()) return void(++dropped_);
  spdlog::details::log_msg shown = message;
  shown.payload = text;
  shown.level = level;
  spdlog::memory_buf_t formatted;
  formatter_->format(shown, formatted);
  std::string line(formatted.data(), formatted.size());
  if (is_colored_ && shown.color_range_end > shown.color_range_start) {
    line.insert(shown.color_range_end, "\033[m");
    line.insert(shown.color_range_start, color_of(level));
  }
  if (!write(line)) ++dropped_;
}
}  // namespace bfq::process

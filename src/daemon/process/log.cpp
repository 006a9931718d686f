#include "daemon/process/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

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

StderrSink::StderrSink() : is_colored_(isatty(STDERR_FILENO) == 1) {
  struct stat it = {};
  // A file has one position for all who share it, and does not block.
  if (fstat(STDERR_FILENO, &it) == 0 && S_ISREG(it.st_mode)) return;
  // Reopened, because O_NONBLOCK on standard error itself would be seen by everybody who shares
  // it, the shell for one.
  descriptor_ = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

StderrSink::~StderrSink() {
  for (const LogLimit::Count& count : limit_.counts(std::chrono::steady_clock::now(), true))
    write(count.text + "\n");
  if (descriptor_ >= 0) close(descriptor_);
}

/// True when the line was taken. Where standard error could not be reopened (a socket), it is
/// asked first: what poll() promises for a line of this size, it keeps.
bool StderrSink::write(std::string_view line) {
  int to = descriptor_;
  if (to < 0) {
    to = STDERR_FILENO;
    pollfd ready{.fd = to, .events = POLLOUT, .revents = 0};
    if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
  }
  // The rest of a line that was taken in part is lost: a line that waited would block.
  return ::write(to, line.data(), line.size()) > 0;
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

void StderrSink::say(const spdlog::details::log_msg& message, spdlog::level::level_enum level,
                     std::string_view text) {
  if (dropped_ > 0) {
    const auto count = fmt::format("{} lines of the log were dropped: nobody read it\n", dropped_);
    if (!write(count)) return void(++dropped_);
    dropped_ = 0;
  }
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

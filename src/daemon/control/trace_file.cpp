#include "daemon/control/trace_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <mutex>
#include <span>
#include <utility>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/version.h"

namespace bfq::control {
namespace {
constexpr std::size_t kFlushAt = std::size_t{64} << 10U;
constexpr mode_t kOwnersAlone = 0600;

/// When the program's clock was zero, in microseconds since 1970.
std::int64_t epoch_of(const board::ProgramClock& clock) {
  const auto today = std::chrono::system_clock::now().time_since_epoch();
  return (std::chrono::duration_cast<Duration>(today) - clock.now().time_since_epoch()).count();
}
}  // namespace

/// What the writer's thread shares, and may outlive the trace.
struct TraceFile::Output {
  struct Piece {
    std::string bytes{};
    bool begins_part = false;
  };

  Output(std::string its_path, int its_file) : path(std::move(its_path)), file(its_file) {}
  ~Output() { close(file); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write();
  void begin_part();

  const std::string path;
  int file;
  std::mutex mutex;
  std::deque<Piece> waiting;  ///< a job is posted that writes them, unless there is none
  std::size_t size = 0;       ///< bytes of those
  bool has_failed = false;
};

/// Runs in the writer's thread.
void TraceFile::Output::write() {
  std::deque<Piece> pieces;
  {
    const std::lock_guard lock(mutex);
    pieces.swap(waiting);
    size = 0;
    if (has_failed) return;
  }
  for (const Piece& piece : pieces) {
    if (piece.begins_part) begin_part();
    if (board::write_all(file, std::as_bytes(std::span(piece.bytes)))) continue;
    spdlog::warn("cannot write the trace {}: {}; it ends here, and the module goes on", path,
                 std::strerror(errno));
    const std::lock_guard lock(mutex);
    has_failed = true;
    return;
  }
}

/// Where the old file cannot be renamed, it goes on.
void TraceFile::Output::begin_part() {
  const std::string before = path + ".1";
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  if (std::rename(path.c_str(), before.c_str()) == 0) {
    const int next = open(path.c_str(), kFlags, kOwnersAlone);
    if (next >= 0) {
      process::Caller::current().give(next);
      close(std::exchange(file, next));
      return;
    }
  }
  spdlog::warn("cannot begin the trace {} anew: {}; it goes on in the old file", path,
               std::strerror(errno));
}

TraceBegun begin_trace(const board::ProgramClock& clock, TraceFile::Program program) {
  return {.version = std::string(process::kVersion),
          .part = 1,
          .epoch = epoch_of(clock),
          .modules = std::move(program.modules),
          .paced = std::move(program.paced)};
}

int TraceFile::make_file(const Place& place) {
  if (!place.is_new) return board::make_own_file(place.path, kTrace);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  const int file = open(place.path.c_str(), kFlags, kOwnersAlone);
  if (file < 0) process::fail_with_errno("cannot make " + place.path);
  process::Caller::current().give(file);
  return file;
}

TraceFile::TraceFile(boost::asio::io_context& io, const board::ProgramClock& clock,
                     EventLog& events, Program program, const Place& place)
    : io_(io),
      events_(events),
      begun_(begin_trace(clock, std::move(program))),
      longest_(place.longest),
      writer_(process::DiskWriter::shared()),
      output_(std::make_shared<Output>(place.path, make_file(place))) {
  events_.enter(*this);
  events_.look_what_is_wanted();
  events_.add(clock.now(), begun_);
}

TraceFile::~TraceFile() {
  events_.leave(*this);
  flush();
}

std::uint32_t TraceFile::wanted_topics() const { return has_ended_ ? 0 : kAllButGathered; }

void TraceFile::on_event(const Event& event, Line& line) {
  if ((wanted_topics() >> static_cast<unsigned>(topic_of(event.body)) & 1U) == 0) return;
  const std::string& text = *line.text();
  if (size_ > 0 && size_ + text.size() > longest_) begin_part(event);
  add(text);
}

void TraceFile::begin_part(const Event& event) {
  flush();
  ++begun_.part;
  first_line_ = json::serialize(object_of(Event{event.number, event.time, begun_})) + '\n';
  size_ = first_line_.size();
}

void TraceFile::add(std::string_view line) {
  size_ += line.size();
  if (gathered_.empty())
    boost::asio::post(io_, [this, alive = std::weak_ptr(is_alive_)] {
      if (!alive.expired()) flush();
    });
  gathered_ += line;
  if (gathered_.size() >= kFlushAt) flush();
}

/// From now on no event is made for its sake.
void TraceFile::end() {
  has_ended_ = true;
  events_.look_what_is_wanted();
}

std::string TraceFile::loss() const {
  if (lost_ == 0) return {};
  json::object out;
  out["event"] = "lost";
  out["count"] = lost_;
  return json::serialize(out) + '\n';
}

void TraceFile::flush() {
  if (gathered_.empty() && lost_ == 0) return;
  const std::string events = std::exchange(gathered_, {});
  const std::lock_guard lock(output_->mutex);
  if (output_->has_failed) return end();
  if (output_->size + events.size() > kMostWaiting) {
    lost_ += static_cast<std::uint64_t>(std::count(events.begin(), events.end(), '\n'));
    size_ -= events.size();
    return;
  }
  const bool begins_part = !first_line_.empty();
  std::string bytes = std::exchange(first_line_, {}) + loss() + events;
  lost_ = 0;
  const bool is_first = output_->waiting.empty();
  output_->size += bytes.size();
  output_->waiting.push_back({std::move(bytes), begins_part});
  if (is_first)
    writer_->post("the end of the trace " + output_->path, [out = output_] { out->write(); });
}
}  // namespace bfq::control

#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/control/call.h"
#include "daemon/control/trace_file.h"

namespace bfq::control {

/// The trace of a program, at most one at a time: a file, or the events that are kept, of which
/// there are all topics then. And what is kept, in other formats.
class Traces final : private EventListener {
 public:
  /// How much is kept while a trace is in memory, in bytes.
  static constexpr std::size_t kMostInMemory = std::size_t{8} << 20U;

  /// Both must outlive this.
  Traces(const RunningProgram& program, EventLog& events) : program_(program), events_(events) {}
  ~Traces() { stop(); }
  Traces(const Traces&) = delete;
  Traces& operator=(const Traces&) = delete;

  bool is_running() const { return file_ || is_in_memory_; }
  /// Begins one in a file. Throws process::Failure.
  void write_to(const TraceFile::Place& place);
  /// Begins one in memory.
  void keep();
  /// Ends it; returns the path of its file, or nothing where it was in memory or there was none.
  std::string stop();

  /// The events behind that number which are kept, in that format, of that module or of all.
  WrittenTrace write(std::uint64_t since, std::string_view format, const std::string& module);

 private:
  void on_event(const Event& /*event*/, Line& /*line*/) override {}
  std::uint32_t wanted_topics() const override { return kAllButGathered; }
  TraceFile::Program about() const;

  const RunningProgram& program_;
  EventLog& events_;
  std::optional<TraceFile> file_;
  std::string path_;
  bool is_in_memory_ = false;
};
}  // namespace bfq::control

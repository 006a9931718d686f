#include "daemon/trace/source.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <span>
#include <string_view>

#include "commands/personalities.h"
#include "daemon/board/journals.h"
#include "daemon/board/observer.h"
#include "daemon/control/module_watch.h"
#include "daemon/control/trace_file.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"
#include "daemon/process/printable.h"
#include "journal/replay.h"

namespace bfq::trace {
namespace {
// It is held in memory, as journals are.
constexpr std::size_t kLongest = std::size_t{1} << 30U;

/// Gives a reader the events that a replay makes.
class Collector final : private control::EventListener {
 public:
  Collector(control::EventLog& events, RecordingReader& reader) : events_(events), reader_(reader) {
    events_.enter(*this);
    events_.look_what_is_wanted();
  }
  ~Collector() { events_.leave(*this); }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

 private:
  void on_event(const control::Event& event, Line& /*line*/) override {
    reader_.add(control::object_of(event));
  }
  /// Gathered payload needs a clock that runs.
  std::uint32_t wanted_topics() const override { return control::kAllButGathered; }

  control::EventLog& events_;
  RecordingReader& reader_;
};

journal::Build build_for(std::span<const std::byte> file) {
  journal::Records records(file);
  if (records.at_end())
    throw journal::Unreadable(records.offset(), "a journal without its beginning");
  const std::size_t offset = records.offset();
  const std::string name = journal::read_beginning(records.next()).dialect;
  if (const at::Dialect* dialect = commands::personality(name)) return board::this_build(*dialect);
  throw journal::Unreadable(offset, "this program does not have the personality \"" + name + "\"");
}

void replay(std::span<const std::byte> file, const std::string& path, RecordingReader& reader,
            control::Disclosure secrets) {
  static const std::string kName = "module";  // a journal does not say what it was called
  journal::ReplayThrough<board::Observed<runtime::Doors>> replay(file, build_for(file));
  boost::asio::io_context io;  // which never runs
  const board::ProgramClock clock;
  control::EventLog events;
  const Collector collector(events, reader);
  control::ModuleWatch watch(
      {.io = io, .clock = clock, .is_paced = true}, kName, replay.module(), events, [] {}, secrets);
  events.add(
      replay.beginning().at,
      control::TraceBegun{.version = replay.beginning().version, .part = 1, .modules = {kName}});
  replay.doors().observe(&watch);
  std::size_t different = 0;
  while (const auto step = replay.next()) {
    watch.turn_ended(step->record.at);
    if (step->difference.empty() || ++different > 1) continue;
    fmt::print(stderr, "{}: from byte {} on this program does something else: {}\n", path,
               step->record.offset, step->difference);
  }
  watch.end_lines();
}

void read_lines(std::string_view content, const std::string& path, RecordingReader& reader) {
  std::size_t line = 0;
  while (!content.empty()) {
    ++line;
    const std::size_t end = std::min(content.find('\n'), content.size());
    const control::JsonReading reading = control::read_json(content.substr(0, end));
    const bool is_last = end == content.size();  // it may have been cut off
    content.remove_prefix(std::min(end + 1, content.size()));
    if (is_last && !reading.value) return;
    try {
      if (!reading.value) throw std::invalid_argument(reading.why);
      reader.add(reading.value->as_object());
    } catch (const std::exception& error) {
      throw process::Failure(fmt::format("{}: line {} is no record of a trace: {}", path, line,
                                         process::printable(error.what())));
    }
  }
}
}  // namespace

Recording read_recording(const std::string& path, const std::string& module,
                         control::Disclosure secrets) {
  const std::string content = process::read_file(path, kLongest, process::Readable::anything);
  RecordingReader reader(module);
  try {
    if (content.starts_with(board::kJournal.first_bytes))
      replay(std::as_bytes(std::span(content)), path, reader, secrets);
    else if (content.starts_with(control::kTrace.first_bytes))
      read_lines(content, path, reader);
    else
      throw process::Failure(path + ": neither a trace of run --trace nor a journal");
  } catch (const journal::Unreadable& error) {
    throw process::Failure(path + ": " + process::printable(error.what()));
  }
  return reader.finish();
}
}  // namespace bfq::trace

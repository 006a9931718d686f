#include "daemon/control/traces.h"

#include <utility>

#include "daemon/process/failure.h"

namespace bfq::control {
TraceFile::Program Traces::about() const {
  TraceFile::Program about;
  for (const auto& board : program_.boards) {
    about.modules.push_back(board->name());
    if (board->is_paced()) about.paced.push_back(board->name());
  }
  return about;
}

void Traces::write_to(const TraceFile::Place& place) {
  if (!program_.write_trace) throw process::Failure("this program writes no traces");
  file_.emplace(program_.io, program_.clock, events_, about(), place);
  path_ = place.path;
}

void Traces::keep() {
  is_in_memory_ = true;
  events_.keep(kMostInMemory);
  events_.enter(*this);
  events_.look_what_is_wanted();
}

std::string Traces::stop() {
  file_.reset();
  if (std::exchange(is_in_memory_, false)) {
    events_.leave(*this);
    events_.keep(EventLog::kMost);
  }
  events_.look_what_is_wanted();
  return std::exchange(path_, {});
}

WrittenTrace Traces::write(std::uint64_t since, std::string_view format,
                           const std::string& module) {
  if (!program_.write_trace) return {.why = "this program writes no traces"};
  std::vector<json::object> events;
  const auto& kept = events_.kept();
  const Event begun{since, program_.clock.now(), begin_trace(program_.clock, about())};
  events.push_back(object_of(begun));
  for (const Event& event : kept)
    if (event.number > since) events.push_back(object_of(event));
  return program_.write_trace(events, format, module);
}
}  // namespace bfq::control

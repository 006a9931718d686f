#include "daemon/trace/events.h"

#include <exception>

#include "daemon/trace/formats.h"

namespace bfq::trace {
control::WrittenTrace write_events(const std::vector<control::json::object>& events,
                                   std::string_view format, const std::string& module) {
  const Format* const row = format_of_file("." + std::string(format));
  if (row == nullptr) return {.why = "there is no format " + std::string(format)};
  try {
    RecordingReader reader(module);
    for (const control::json::object& event : events) reader.add(event);
    const Recording recording = reader.finish();
    if (row->has_one_module && recording.modules.size() > 1)
      return {.why = "module: several are traced; choose one for this format"};
    return {.content = row->write(recording)};
  } catch (const std::exception& error) {
    return {.why = error.what()};
  }
}
}  // namespace bfq::trace

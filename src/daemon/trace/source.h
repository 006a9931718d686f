#pragma once
#include <string>

#include "daemon/control/message_json.h"
#include "daemon/trace/recording.h"

namespace bfq::trace {
/// Reads a trace of run --trace, or replays a journal of run --journal. Takes what concerns that
/// module, or all where that is empty; passwords and what TLS protects are in journals alone, and
/// left out of those unless asked for. Throws process::Failure for a file that is neither, or
/// damaged.
Recording read_recording(const std::string& path, const std::string& module,
                         control::Disclosure secrets);
}  // namespace bfq::trace

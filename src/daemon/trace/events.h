#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/call.h"

namespace bfq::trace {
/// Events, as subscribers get them, in the format whose files end with that name: of that module,
/// or of all where that is empty. Never throws: says why it cannot be written.
control::WrittenTrace write_events(const std::vector<control::json::object>& events,
                                   std::string_view format, const std::string& module);
}  // namespace bfq::trace

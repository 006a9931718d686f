#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/control/command.h"
#include "daemon/control/event_log.h"

namespace bfq::control {

/// What a stream of events over HTTP is asked for.
struct StreamArguments {
  std::vector<Topic> topics{};           ///< empty: all
  bool summary = false;                  ///< not all of what is much
  std::optional<std::uint64_t> since{};  ///< also the events behind this number
};
const world::Keys<StreamArguments>& stream_arguments();

/// The topics as bits, by their number; all of them where none is named.
std::uint32_t bits_of(const std::vector<Topic>& topics);

/// Why events behind that number cannot be told: it is still to come, or not all are kept. Nothing
/// where they can.
std::optional<CommandError> why_not_since(EventLog& events, std::uint64_t since);
}  // namespace bfq::control

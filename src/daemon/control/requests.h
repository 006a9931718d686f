#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/control/call.h"

namespace bfq::control {

/// The longest request that a client may send, in bytes.
inline constexpr std::size_t kLongestRequest = std::size_t{1} << 20U;

/// Carries out one request, a line without its end, and hands the answer to the caller, now or
/// later. Never throws because of the text.
void carry_out(std::string_view line, const Channel& channel,
               const std::shared_ptr<Requester>& caller);

/// The same for a command that is known, with its arguments as a JSON text; an empty one has none.
void carry_out(const ControlCommand& command, std::string_view arguments, const Channel& channel,
               const std::shared_ptr<Requester>& caller);

/// An answer as clients get it, without its id: {"return":…,"at":…} or {"error":…,"at":…}.
json::object object_of(const Answer& answer, std::uint64_t at);
/// The same with the id of its request, as a line with its end.
std::shared_ptr<const std::string> line_of(const json::value& id, const Answer& answer,
                                           std::uint64_t at);
}  // namespace bfq::control

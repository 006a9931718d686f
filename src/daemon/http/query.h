#pragma once
#include <optional>
#include <string_view>

#include "daemon/control/streams.h"

namespace bfq::http {

/// What a stream of events is asked for, or what is wrong with that.
struct StreamRequest {
  control::StreamArguments arguments{};
  std::optional<control::CommandError> error{};
};

/// Reads "/v1/events?topics=state,air&since=7", percent-encoded. `last_id` is the header
/// Last-Event-ID, or empty: the number of the last event that a client has got whose stream broke
/// off. It is taken instead of `since`, as such a client asks for the same URL again.
StreamRequest read_query(std::string_view target, std::string_view last_id);
}  // namespace bfq::http

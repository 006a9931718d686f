#pragma once
#include <cstddef>
#include <string>

#include "daemon/control/call.h"

namespace bfq::http {
/// What Prometheus reads: figures of the program, of each module, and of each open link.
std::string metrics(const control::Channel& channel, std::size_t http_clients);
}  // namespace bfq::http

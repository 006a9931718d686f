#pragma once
#include <memory>
#include <string>

#include "daemon/control/client.h"

namespace bfq::http {

/// A connection to the HTTP door of a running program, used as one to its Unix socket is. Throws
/// process::UsageError unless `url` is "http://HOST:PORT", and process::Failure where nobody
/// answers.
std::unique_ptr<control::ProgramConnection> connect_over_http(const std::string& url,
                                                              const std::string& token);
}  // namespace bfq::http

#pragma once
#include <string>

namespace bfq::process {

/// A host as it stands in front of ":PORT" and in a URL: an IPv6 address in brackets.
inline std::string host_in_url(const std::string& host) {
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}
}  // namespace bfq::process

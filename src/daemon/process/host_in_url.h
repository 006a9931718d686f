#pragma once
#include <string>
#include <string_view>

namespace bfq::process {

/// A host as it stands in front of ":PORT" and in a URL: an IPv6 address in brackets.
inline std::string host_in_url(const std::string& host) {
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

/// The parts of "PORT", "HOST:PORT" or "[IPV6]:PORT", as they are written but for the brackets. The
/// text must outlive this.
struct PlaceParts {
  bool has_host = false, is_bracketed = false;
  std::string_view host{}, port{};
};
inline PlaceParts split_place(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {.port = text};
  PlaceParts parts{.has_host = true, .host = text.substr(0, colon), .port = text.substr(colon + 1)};
  parts.is_bracketed = parts.host.starts_with('[') && parts.host.ends_with(']');
  if (parts.is_bracketed) parts.host = parts.host.substr(1, parts.host.size() - 2);
  return parts;
}
}  // namespace bfq::process

#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/host_name.h"

namespace bfq {
/// A URL of HTTP, taken apart.
struct Url {
  bool is_secure = false;  ///< https
  HostName host{};
  std::uint16_t port = 0;   ///< 80 or 443 where the URL has none
  std::string_view path{};  ///< with its query, without its fragment; empty, or begins with / or ?
};

/// Takes http://host[:port][/path][?query][#fragment] apart; also https://. Nothing where it is no
/// such URL: another scheme, a user, a host that HostName refuses, a port outside 1 to 65535, or a
/// byte that a request line cannot carry. The path is part of `text`.
std::optional<Url> parse_url(std::string_view text);
}  // namespace bfq

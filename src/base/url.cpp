#include "base/url.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace bfq {
namespace {
/// Takes that off the front of a text, whatever the case of its letters.
bool take(std::string_view& text, std::string_view scheme) {
  const std::string_view begin = slice(text, 0, scheme.size());
  const bool is_it = std::equal(begin.begin(), begin.end(), scheme.begin(), scheme.end(),
                                [](char a, char b) { return lower(a) == b; });
  if (is_it) text = slice(text, scheme.size());
  return is_it;
}

std::optional<std::uint16_t> port_in(std::string_view digits) {
  std::uint32_t port = 0;
  if (digits.empty() || digits.size() > 5) return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (port == 0 || port > UINT16_MAX) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

/// Others would end the request line, or split it (RFC 9112, 3).
bool is_in_request_line(char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; }
}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  url.is_secure = take(text, "https://");
  if (!url.is_secure && !take(text, "http://")) return std::nullopt;
  text = slice(text, 0, std::min(text.find('#'), text.size()));
  if (!std::all_of(text.begin(), text.end(), is_in_request_line)) return std::nullopt;
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  const std::string_view authority = slice(text, 0, end);
  url.path = slice(text, end);
  const std::size_t colon = std::min(authority.find(':'), authority.size());
  if (!url.host.assign(slice(authority, 0, colon))) return std::nullopt;
  url.port = url.is_secure ? 443 : 80;
  if (colon == authority.size()) return url;
  const auto port = port_in(slice(authority, colon + 1));
  if (!port) return std::nullopt;
  url.port = *port;
  return url;
}
}  // namespace bfq

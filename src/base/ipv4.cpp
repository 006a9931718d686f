#include "base/ipv4.h"

#include <algorithm>

namespace bfq {
namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

std::optional<Ipv4> parse_ipv4(std::string_view text) {
  std::uint32_t bits = 0;
  std::size_t at = 0;
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0 && (at == text.size() || text[at++] != '.')) return std::nullopt;
    std::uint32_t value = 0;
    std::size_t digits = 0;
    while (at < text.size() && is_digit(text[at]) && digits < 3) {
      value = value * 10 + static_cast<std::uint32_t>(text[at++] - '0');
      ++digits;
    }
    if (digits == 0 || value > 255) return std::nullopt;
    bits = bits << 8U | value;
  }
  if (at != text.size()) return std::nullopt;
  return Ipv4(bits);
}

bool looks_like_ipv4(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}
}  // namespace bfq

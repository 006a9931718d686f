#include "base/ipv4.h"

#include "base/ascii.h"

namespace bfq {
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
    const bool has_leading_zero = digits > 1 && text[at - digits] == '0';
    if (digits == 0 || has_leading_zero || value > 255) return std::nullopt;
    bits = bits << 8U | value;
  }
  if (at != text.size()) return std::nullopt;
  return Ipv4(bits);
}
}  // namespace bfq

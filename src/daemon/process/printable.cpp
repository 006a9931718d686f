#include "daemon/process/printable.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>

namespace bfq::process {
namespace {
struct CharacterRange {
  char32_t first, last;
};

/// What must not reach a terminal: it moves the cursor, or shows the text in another order.
constexpr std::array kHarmful = {
    CharacterRange{0x00, 0x1F},     CharacterRange{0x7F, 0x9F},     CharacterRange{0x061C, 0x061C},
    CharacterRange{0x200B, 0x200F}, CharacterRange{0x2028, 0x202E}, CharacterRange{0x2066, 0x2069},
    CharacterRange{0xFEFF, 0xFEFF},
};

bool is_harmful(char32_t c) {
  for (const CharacterRange& range : kHarmful)
    if (c >= range.first && c <= range.last) return true;
  return false;
}

struct Decoded {
  std::size_t length = 0;  ///< 0: no valid UTF-8
  char32_t character = 0;
};

/// The first character of a text that isn't empty, by RFC 3629: no overlong forms, no surrogates.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return {};
  char32_t c = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    c = (c << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool valid = c >= kSmallest[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
  return valid ? Decoded{length, c} : Decoded{};
}
}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Decoded next = decode(text);
    const std::size_t length = next.length == 0 ? 1 : next.length;
    if (next.length > 0 && !is_harmful(next.character)) {
      out += text.substr(0, length);
    } else {
      for (const char c : text.substr(0, length))
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    }
    text.remove_prefix(length);
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = decode(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;) {
    out += printable(text.substr(0, end)) + '\n';
    text.remove_prefix(end + 1);
  }
  return out + printable(text);
}

std::string word_of_shell(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:,._-+=@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}
}  // namespace bfq::process

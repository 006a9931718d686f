#include "at/fields.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace bfq::at {
namespace {
/// Reads a quoted text whose opening mark is at `at`; leaves `at` behind the closing one.
bool read_quoted(std::span<char> text, std::size_t& at, Field& out) {
  std::size_t write = ++at;
  const std::size_t begin = write;
  while (at < text.size() && text[at] != '"') {
    if (text[at] == '\\' && ++at == text.size()) return false;
    text[write++] = text[at++];
  }
  if (at == text.size()) return false;
  ++at;
  out = {.text = {text.data() + begin, write - begin}, .present = true, .quoted = true};
  return true;
}

void read_bare(std::span<char> text, std::size_t& at, Field& out) {
  const std::size_t begin = at;
  while (at < text.size() && text[at] != ',') ++at;
  out = {.text = {text.data() + begin, at - begin}, .present = at > begin, .quoted = false};
}

/// A number as read_integer() takes it, written over the one that was typed; what is no number
/// stays as it is. The decimal digits of 32 bits find room where `0x` and the hexadecimal ones
/// were.
std::string_view in_decimal(std::span<char> typed) {
  const std::string_view all{typed.data(), typed.size()};
  if (all.starts_with('+')) return slice(all, 1).starts_with('-') ? all : slice(all, 1);
  const bool negative = all.starts_with('-');
  const std::string_view number = slice(all, negative ? 1 : 0);
  if (!number.starts_with("0x") && !number.starts_with("0X")) return all;
  const std::string_view digits = slice(number, 2);
  constexpr std::size_t kMostDigits = 8;
  if (digits.empty() || digits.size() > kMostDigits) return all;
  std::uint32_t value = 0;
  for (const char c : digits) {
    if (hex_digit(c) < 0) return all;
    value = value << 4U | static_cast<unsigned>(hex_digit(c));
  }
  char* const first = typed.data() + (negative ? 1 : 0);
  const auto written = std::to_chars(first, typed.data() + typed.size(), value);
  return {typed.data(), static_cast<std::size_t>(written.ptr - typed.data())};
}
}  // namespace

// Fidelity (manual, 1, note 3): Text stands in quotation marks; spaces directly behind = or a comma
// are skipped.
// Fidelity (manual, AT+CWJAP 2020): A backslash in a text stands for the character behind it.
// Fidelity (our decision, dialect 2.2): A comma in quotation marks is text; other spaces answer
// ERROR.
bool split_fields(std::span<char> text, FieldArray& out, SwitchPoints::Numbers numbers) {
  std::size_t at = 0;
  for (;;) {
    Field field;
    while (at < text.size() && text[at] == ' ') ++at;
    if (at < text.size() && text[at] == '"') {
      if (!read_quoted(text, at, field)) return false;
    } else {
      const std::size_t begin = at;
      read_bare(text, at, field);
      if (numbers == SwitchPoints::Numbers::also_hexadecimal)
        field.text = in_decimal(text.subspan(begin, at - begin));
    }
    if (out.count < out.fields.size()) out.fields[out.count++] = field;
    if (at == text.size()) return true;
    if (text[at++] != ',') return false;
  }
}

std::size_t end_of_field(std::string_view text, std::size_t at) {
  if (at == text.size() || text[at] != '"') return std::min(text.find(',', at), text.size());
  while (++at < text.size() && text[at] != '"')
    if (text[at] == '\\') ++at;
  const bool closed = at < text.size() && (at + 1 == text.size() || text[at + 1] == ',');
  return closed ? at + 1 : std::string_view::npos;
}
}  // namespace bfq::at

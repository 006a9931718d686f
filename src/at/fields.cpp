#include "at/fields.h"

#include <algorithm>

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
}  // namespace

// Fidelity (manual, 1, note 3): Text stands in quotation marks; spaces directly behind = or a comma
// are skipped.
// Fidelity (manual, AT+CWJAP 2020): A backslash in a text stands for the character behind it.
// Fidelity (our decision, dialect 2.2): A comma in quotation marks is text; other spaces answer
// ERROR.
bool split_fields(std::span<char> text, FieldArray& out) {
  std::size_t at = 0;
  for (;;) {
    Field field;
    while (at < text.size() && text[at] == ' ') ++at;
    if (at < text.size() && text[at] == '"') {
      if (!read_quoted(text, at, field)) return false;
    } else {
      read_bare(text, at, field);
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

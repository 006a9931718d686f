#include "script.h"

#include <cctype>
#include <charconv>
#include <cstdio>

namespace bfq::script {
namespace {
bool is_space(char c) { return c == ' ' || c == '\t'; }

char unescape_hex(std::string_view line, std::size_t& at) {
  unsigned value = 0;
  const char* begin = line.data() + at;
  const auto [end, error] =
      std::from_chars(begin, line.data() + std::min(line.size(), at + 2), value, 16);
  if (error != std::errc{} || end != begin + 2) throw BadLine("\\x wants two digits");
  at += 2;
  return static_cast<char>(value);
}

char unescape_one(std::string_view line, std::size_t& at) {
  if (at == line.size()) throw BadLine("nothing behind the backslash");
  switch (const char c = line[at++]; c) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case '"':
    case '\\': return c;
    case 'x': return unescape_hex(line, at);
    default: throw BadLine(std::string("what is \\") + c + '?');
  }
}

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    throw BadLine("not a number: " + std::string(text));
  return value;
}

Ipv4 address(const std::string& word) {
  const auto parsed = parse_ipv4(word);
  if (!parsed) throw BadLine("not an address: " + word);
  return *parsed;
}
}  // namespace

std::string escaped(std::string_view bytes) {
  std::string out = "\"";
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    char hex[5];
    if (c == '\r')
      out += "\\r";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (u >= 0x20 && u < 0x7f)
      out += c;
    else
      out.append(hex, static_cast<std::size_t>(std::snprintf(hex, sizeof hex, "\\x%02x", u)));
  }
  return out + '"';
}

std::string unescape_quoted(std::string_view line, std::size_t& at) {
  if (at >= line.size() || line[at] != '"') throw BadLine("wants a \" here");
  std::string out;
  for (++at; at < line.size() && line[at] != '"';) {
    const char c = line[at++];
    out += c == '\\' ? unescape_one(line, at) : c;
  }
  if (at == line.size()) throw BadLine("the text has no end");
  ++at;
  return out;
}

Words::Words(std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    if (is_space(line[at])) {
      ++at;
    } else if (line[at] == '"') {
      words_.push_back(unescape_quoted(line, at));
    } else {
      const std::size_t begin = at;
      while (at < line.size() && !is_space(line[at])) ++at;
      words_.emplace_back(line.substr(begin, at - begin));
    }
  }
}

std::string Words::take() {
  if (empty()) throw BadLine("a word is missing");
  return words_[next_++];
}

bool Words::take_if(std::string_view word) {
  if (empty() || words_[next_] != word) return false;
  ++next_;
  return true;
}

std::size_t Words::take_number() { return number(take()); }

Duration Words::take_duration() {
  const std::string word = take();
  const std::size_t digits = word.find_first_not_of("0123456789");
  const auto count = static_cast<std::int64_t>(number(word.substr(0, digits)));
  const std::string unit = digits == std::string::npos ? "" : word.substr(digits);
  if (unit == "us") return std::chrono::microseconds(count);
  if (unit == "ms") return std::chrono::milliseconds(count);
  if (unit == "s") return std::chrono::seconds(count);
  if (unit == "min") return std::chrono::minutes(count);
  throw BadLine("no such unit of time: " + word);
}

Ipv4 Words::take_address() { return address(take()); }

MacAddress Words::take_mac() {
  const std::string word = take();
  MacAddress mac;
  for (std::size_t i = 0; i < 6; ++i) {
    std::size_t at = 3 * i;
    if (word.size() != 17) throw BadLine("not a MAC address: " + word);
    mac.bytes[i] = static_cast<std::uint8_t>(unescape_hex(word, at));
  }
  return mac;
}

net::Endpoint Words::take_endpoint() {
  const std::string word = take();
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos) throw BadLine("wants ADDRESS:PORT, not " + word);
  return {address(word.substr(0, colon)),
          static_cast<std::uint16_t>(number(word.substr(colon + 1)))};
}

void Words::end() const {
  if (!empty()) throw BadLine("what is " + words_[next_] + '?');
}

}  // namespace bfq::script

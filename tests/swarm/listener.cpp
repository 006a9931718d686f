#include "listener.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bfq::swarm {
namespace {
using Kind = Said::Kind;

struct Word {
  std::string_view text;
  Kind kind;
};
/// Those that have a line end of their own in front.
constexpr Word kResults[] = {
    {"OK", Kind::ok},
    {"ERROR", Kind::error},
    {"FAIL", Kind::fail},
    {"SEND OK", Kind::send_ok},
    {"SEND FAIL", Kind::send_fail},
    {"SEND Canceled", Kind::canceled},
    {"busy p...", Kind::busy},
    {"busy s...", Kind::busy},
    {"Will force to restart!!!", Kind::forced_restart},
    {"ready", Kind::ready},
};
constexpr Word kLines[] = {
    {"OK", Kind::ok},
    {"WIFI CONNECTED", Kind::wifi_connected},
    {"WIFI GOT IP", Kind::wifi_got_ip},
    {"WIFI DISCONNECT", Kind::wifi_disconnect},
    {"CONNECT", Kind::connect},
    {"CLOSED", Kind::closed},
    {"No AP", Kind::information},
    {"no ip", Kind::information},
    {"Link type ERROR", Kind::information},
    {"IP ERROR", Kind::information},
    {"ENTRY ERROR", Kind::information},
    {"DNS Fail", Kind::information},
    {"ALREADY CONNECTED", Kind::information},
    {"CONNECT FAIL", Kind::information},
    {"link is not valid", Kind::information},
    {"too long", Kind::information},
    {"no tail", Kind::information},
    {"MUX=0", Kind::information},
    {"DHCP TIMEOUT", Kind::information},
};
constexpr std::string_view kBeginnings[] = {
    "+CWMODE_CUR:", "+CWJAP_CUR:", "+CWLAP:(",    "+CIFSR:",      "STATUS:",       "+CIPSTATUS:0,",
    "+CIPDOMAIN:",  "+SYSRAM:",    "AT version:", "SDK version:", "compile time:",
};
constexpr std::string_view kIpd = "\r\n+IPD,";
constexpr std::string_view kEnd = "\r\n";

template <std::size_t N>
const Word* find(const Word (&words)[N], std::string_view text) {
  const auto at =
      std::find_if(std::begin(words), std::end(words), [&](const Word& w) { return w.text == text; });
  return at == std::end(words) ? nullptr : at;
}

std::optional<std::size_t> read_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Said as_result(std::string_view line) {
  if (const Word* word = find(kResults, line)) return {word->kind, std::string(line)};
  constexpr std::string_view kBefore = "Recv ", kAfter = " bytes";
  if (line.starts_with(kBefore) && line.ends_with(kAfter)) {
    const auto number = line.substr(kBefore.size(), line.size() - kBefore.size() - kAfter.size());
    if (const auto count = read_number(number)) return {Kind::received, std::string(line), *count};
  }
  throw Violation("no such result: " + std::string(line));
}

Said as_line(std::string_view line) {
  if (const Word* word = find(kLines, line)) return {word->kind, std::string(line)};
  for (const std::string_view beginning : kBeginnings)
    if (line.starts_with(beginning)) return {Kind::information, std::string(line)};
  throw Violation("no such line: " + std::string(line));
}

/// True when one of them is the beginning of the other.
bool may_become(std::string_view heard, std::string_view whole) {
  const std::size_t n = std::min(heard.size(), whole.size());
  return heard.substr(0, n) == whole.substr(0, n);
}
}  // namespace

std::optional<Said> Listener::next() {
  if (heard_.empty()) return std::nullopt;
  if (heard_[0] == '>') {
    if (heard_.size() < 2) return std::nullopt;
    if (heard_[1] != ' ') throw Violation("a prompt without its space");
    heard_.erase(0, 2);
    return Said{Kind::prompt, "> "};
  }
  if (heard_[0] != '\r') return next_line(0);
  if (heard_.size() < kEnd.size()) return std::nullopt;
  if (!heard_.starts_with(kEnd)) throw Violation("CR without LF");
  if (may_become(heard_, kIpd)) return next_data();
  return next_line(kEnd.size());
}

std::optional<Said> Listener::next_data() {
  const std::size_t colon = heard_.find(':');
  if (heard_.size() <= kIpd.size() || colon == std::string::npos) return std::nullopt;
  const auto count = read_number(std::string_view(heard_).substr(kIpd.size(), colon - kIpd.size()));
  if (!count || *count == 0 || *count > 1460) throw Violation("+IPD with a wrong length");
  if (heard_.size() < colon + 1 + *count) return std::nullopt;
  Said said{Kind::data, heard_.substr(colon + 1, *count)};
  heard_.erase(0, colon + 1 + *count);
  return said;
}

std::optional<Said> Listener::next_line(std::size_t skip) {
  const std::size_t end = heard_.find(kEnd, skip);
  if (end == std::string::npos) return std::nullopt;
  const std::string line = heard_.substr(skip, end - skip);
  heard_.erase(0, end + kEnd.size());
  return skip > 0 ? as_result(line) : as_line(line);
}

}  // namespace bfq::swarm

#include "manual/reply_pattern.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <stdexcept>
#include <utility>

#include "base/enumerator_name.h"
#include "base/ipv4.h"

namespace bfq::manual {
namespace {
using at::Kind;
using Rest = std::function<bool(std::size_t)>;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kData = "<data>", kLength = "length";

template <std::size_t... I>
consteval auto word_names(std::index_sequence<I...>) {
  return std::array{enumerator_name<static_cast<at::Word>(I)>()...};
}
constexpr auto kWordNames = word_names(std::make_index_sequence<at::Words::kCount>());

constexpr Range kPort = between(0, 65535);
constexpr std::string_view kTransports[] = {"TCP", "UDP", "SSL"};
constexpr std::string_view kPhoneMethods[] = {"ESPTOUCH", "AIRKISS"};

/// The fields of replies that are no parameters of their rows.
struct KnownField {
  std::string_view name;
  Kind kind{};
  Range range{};
  std::span<const std::string_view> choices{};
};
constexpr KnownField kKnownFields[] = {
    {"index", Kind::integer, between(0, 255)},
    {"listed", Kind::text, length(2, 40)},
    {"test", Kind::integer, between(0, 1)},
    {"query", Kind::integer, between(0, 1)},
    {"set", Kind::integer, between(0, 1)},
    {"execute", Kind::integer, between(0, 1)},
    {"code", Kind::text, length(10, 10)},
    {"version", Kind::text, length(1, 64)},
    {"date", Kind::text, length(1, 64)},
    {"remain RAM size", Kind::integer, between(0, 1'000'000)},
    {"least RAM size", Kind::integer, between(0, 1'000'000)},
    {"power step", Kind::integer, between(32, 82)},
    {"station state", Kind::integer, between(0, 4)},
    {"network", Kind::text, length(0, 32)},
    {"ip", Kind::ipv4},
    {"IP address", Kind::ipv4},
    {"mac", Kind::mac},
    // pins
    {"mode", Kind::integer, between(0, 4)},
    {"pull up", Kind::integer, between(0, 1)},
    {"dir", Kind::integer, between(0, 1)},
    {"level", Kind::integer, between(0, 1)},
    // the radio
    {"channel", Kind::integer, between(0, 14)},  // 0: of an access point that is not joined
    {"rssi", Kind::integer, between(-127, 0)},
    {"ecn", Kind::integer, between(0, 5)},
    {"freq_offset", Kind::integer, between(-32768, 32767)},
    {"freq_cali", Kind::integer, between(-32768, 32767)},
    {"pairwise", Kind::integer, between(0, 5)},
    {"group", Kind::integer, between(0, 5)},
    {"bgn", Kind::integer, between(0, 7)},
    {"wps", Kind::integer, between(0, 1)},
    {"country", Kind::text, length(2, 2)},
    // DHCP
    {"station", Kind::integer, between(0, 1)},
    {"softAP", Kind::integer, between(0, 1)},
    {"bits", Kind::integer, between(0, 3)},
    {"minutes", Kind::integer, between(0, 2880)},
    // links
    {"stat", Kind::integer, between(0, 5)},
    {"link ID", Kind::integer, between(0, 4)},
    {"type", Kind::choice, {}, kTransports},
    {"remote IP", Kind::ipv4},
    {"remote port", Kind::integer, kPort},
    {"local port", Kind::integer, kPort},
    {"tetype", Kind::integer, between(0, 1)},
    {"time", Kind::integer, between(1, 2000)},  // of an echo, in milliseconds
    {"failed", Kind::integer, between(0, 1)},
    {"transport", Kind::choice, {}, kTransports},
    {"peer", Kind::ipv4},
    {"peer port", Kind::integer, between(0, 65535)},
    {"own port", Kind::integer, between(0, 65535)},
    {"analog input", Kind::integer, between(0, 1024)},
    {"phone method", Kind::choice, {}, kPhoneMethods},
    {"phone ssid", Kind::text, length(1, 32)},
    {"phone password", Kind::text, length(0, 64)},
    {"segment done", Kind::integer, between(0, INT32_MAX)},
    {"segment taken", Kind::integer, between(0, INT32_MAX)},
    {"segment ID", Kind::integer, between(1, INT32_MAX)},
    {"free bytes", Kind::integer, between(0, 2920)},
    {"free segments", Kind::integer, between(0, 4)},
    {"bytes", Kind::integer, between(0, 2048)},
    {"unread", Kind::integer, between(0, 5760)},
    {"handed over", Kind::integer, between(0, INT32_MAX)},
    {"received", Kind::integer, between(0, INT32_MAX)},
    // HTTP, and updates
    {"web host", Kind::text, length(0, 64)},
    {"web path", Kind::text, length(0, 128)},
    {"web answer", Kind::text, length(0, 65535)},
    {"web code", Kind::text, length(4, 4)},
    {"update step", Kind::integer, between(1, 4)},
    {"update step or none", Kind::integer, between(0, 4)},
    // MQTT
    {"mqtt state", Kind::integer, between(0, 6)},
    {"mqtt scheme", Kind::integer, between(0, 10)},
    {"mqtt host", Kind::text, length(0, 64)},
    {"mqtt port", Kind::integer, kPort},
    {"mqtt path", Kind::text, length(0, 32)},
    {"mqtt topic", Kind::text, length(1, 128)},
    {"unread or none", Kind::integer, between(-1, 5760)},
    {"server port", Kind::integer, kPort},
    {"clients", Kind::integer, between(1, 5)},
    {kLength, Kind::integer, between(0, INT32_MAX)},  // of payload
};

bool is_number(std::string_view text, Range range) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && std::to_string(value) == text && value >= range.min &&
         value <= range.max;
}

/// In lower case, as the module prints them.
bool is_mac(std::string_view text) {
  if (text.size() != 17) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = std::string_view("0123456789abcdef").find(text[i]) != text.npos;
    if (i % 3 == 2 ? text[i] != ':' : !is_digit) return false;
  }
  return true;
}

/// The parts of a text between separators.
std::vector<std::string_view> parts(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> all;
  for (std::size_t end = 0; (end = text.find(separator)) != text.npos;
       text.remove_prefix(end + separator.size()))
    all.push_back(text.substr(0, end));
  all.push_back(text);
  return all;
}
std::string_view without_line_end_in_front(std::string_view line) {
  return line.starts_with(kLineEnd) ? line.substr(kLineEnd.size()) : line;
}
}  // namespace

struct LinePattern::Matching {
  std::string_view line;
  std::size_t length = 0;  ///< what the field of that name holds

  bool from(const Elements& all, std::size_t next, std::size_t at, const Rest& then) {
    if (next == all.size()) return then(at);
    const Element& element = all[next];
    const Rest go_on = [&](std::size_t end) { return from(all, next + 1, end, then); };
    switch (element.is) {
      case Element::Is::literal:
        return line.substr(at).starts_with(element.literal) && go_on(at + element.literal.size());
      case Element::Is::group: return from(group_at(element, at), 0, at, go_on) || go_on(at);
      case Element::Is::field: break;
    }
    for (std::size_t end = at; end <= line.size(); ++end) {
      const std::string_view value = line.substr(at, end - at);
      if (!holds(element, value)) continue;
      if (element.is_length) std::from_chars(value.data(), value.data() + value.size(), length);
      if (go_on(end)) return true;
    }
    return false;
  }

  /// What a group stands for there: without the comma that begins it, where there is nothing before
  /// that it would separate.
  Elements group_at(const Element& element, std::size_t at) const {
    Elements group = element.group;
    const bool is_first = at > 0 && (line[at - 1] == '(' || line[at - 1] == ':');
    if (is_first && !group.empty() && group.front().literal.starts_with(','))
      group.front().literal.erase(0, 1);
    return group;
  }
};

LinePattern::LinePattern(std::string_view text, const at::Command& command, const at::Words& words)
    : text_(text) {
  replace_names(command, words);
  std::string_view rest = text_;
  ends_with_data_ = rest.ends_with(kData);
  if (ends_with_data_) rest.remove_suffix(kData.size());
  elements_ = parse(rest, command, false);
}

/// `{}` and `{ok}`.
void LinePattern::replace_names(const at::Command& command, const at::Words& words) {
  for (std::size_t at = 0; (at = text_.find('{', at)) != std::string::npos;) {
    const std::size_t end = std::min(text_.find('}', at), text_.size());
    const std::string_view name = std::string_view(text_).substr(at + 1, end - at - 1);
    std::string_view reads = command.name;
    if (!name.empty()) {
      const auto* const known = std::find(kWordNames.begin(), kWordNames.end(), name);
      if (known == kWordNames.end())
        throw std::invalid_argument("{" + std::string(name) + "} is no at::Word");
      reads = words[static_cast<at::Word>(known - kWordNames.begin())];
      exists_ = exists_ && !reads.empty();
    }
    text_.replace(at, end + 1 - at, reads);
    at += reads.size();
  }
  text_.erase(0, text_.size() - without_line_end_in_front(text_).size());
}

LinePattern::Elements LinePattern::parse(std::string_view& rest, const at::Command& command,
                                         bool in_group) {
  Elements elements;
  const auto fail = [&] { throw std::invalid_argument("not a pattern: " + std::string(rest)); };
  while (!rest.empty() && rest.front() != ']') {
    const std::size_t end = std::min(rest.find_first_of("<[]"), rest.size());
    if (end > 0) {
      elements.push_back({.literal = std::string(rest.substr(0, end))});
      rest.remove_prefix(end);
    } else if (rest.front() == '<') {
      const std::size_t close = rest.find('>');
      if (close == std::string_view::npos) fail();
      elements.push_back(field(rest.substr(1, close - 1), command));
      rest.remove_prefix(close + 1);
    } else {
      rest.remove_prefix(1);
      elements.push_back({.group = parse(rest, command, true), .is = Element::Is::group});
      if (rest.empty()) fail();
      rest.remove_prefix(1);
    }
  }
  if (!in_group && !rest.empty()) fail();
  return elements;
}

LinePattern::Element LinePattern::field(std::string_view name, const at::Command& command) {
  const auto is_it = [&](const auto& known) { return known.name == name; };
  const auto element = [](const auto& known) {
    return Element{.kind = known.kind,
                   .range = known.range,
                   .choices = known.choices,
                   .is = Element::Is::field,
                   .is_length = known.name == kLength};
  };
  for (const at::Shape& shape : command.set.shapes()) {
    const auto param = std::find_if(shape.params.begin(), shape.params.end(), is_it);
    if (param != shape.params.end()) return element(*param);
  }
  const auto* const known = std::find_if(std::begin(kKnownFields), std::end(kKnownFields), is_it);
  if (known == std::end(kKnownFields))
    throw std::invalid_argument("what may <" + std::string(name) + "> be?");
  return element(*known);
}

bool LinePattern::holds(const Element& field, std::string_view value) {
  switch (field.kind) {
    case Kind::integer: return is_number(value, field.range);
    case Kind::mac: return is_mac(value);
    case Kind::ipv4: return parse_ipv4(value).has_value();
    case Kind::choice:
      return std::find(field.choices.begin(), field.choices.end(), value) != field.choices.end();
    case Kind::text:
    case Kind::host:
    case Kind::ignored: break;
  }
  const auto size = static_cast<std::int64_t>(value.size());
  return size >= field.range.min && size <= field.range.max;
}

bool LinePattern::matches(std::string_view line) const {
  line = without_line_end_in_front(line);
  return Matching{line}.from(elements_, 0, 0, [&](std::size_t end) { return end == line.size(); });
}

std::optional<std::size_t> LinePattern::data_behind(std::string_view line) const {
  line = without_line_end_in_front(line);
  Matching matching{line};
  if (!ends_with_data_ ||
      !matching.from(elements_, 0, 0, [&](std::size_t end) { return end == line.size(); }))
    return std::nullopt;
  return matching.length;
}

std::vector<ReplyLine> reply_lines(std::string_view patterns, const at::Command& command,
                                   const at::Words& words) {
  std::vector<ReplyLine> lines;
  if (patterns.empty()) return lines;
  for (std::string_view part : parts(patterns, "; ")) {
    ReplyLine line;
    if (part.ends_with(" ?")) line.times = ReplyLine::Times::at_most_once;
    if (part.ends_with(" *")) line.times = ReplyLine::Times::any;
    if (line.times != ReplyLine::Times::once) part.remove_suffix(2);
    for (const std::string_view text : parts(part, " | ")) {
      LinePattern pattern(text, command, words);
      if (pattern.exists()) line.either.push_back(std::move(pattern));
    }
    if (!line.either.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<ReplyLine> result_lines(Doc result, const at::Command& command,
                                    const at::Words& words) {
  return reply_lines(result.view().empty() ? "{ok}" : result.view(), command, words);
}

std::string test_reply(const at::Command& command) {
  std::string text;
  for (const at::Param& param : command.set.shapes().front().params)
    text += (text.empty() ? "(" : ",(") + std::to_string(param.range.min) + "-" +
            std::to_string(param.range.max) + ")";
  return std::string(command.name) + ":" + text;
}
}  // namespace bfq::manual

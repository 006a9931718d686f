#include "said.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>

#include "violation.h"

namespace bfq::swarm {
namespace {
using Kind = Said::Kind;
using at::Word;
constexpr std::string_view kEnd = "\r\n";

struct Meaning {
  Word word;
  Kind kind;
};
/// Those that have a line end of their own in front; behind "OK", a prompt may follow.
constexpr Meaning kResults[] = {
    {Word::ok, Kind::ok},
    {Word::error, Kind::error},
    {Word::fail, Kind::fail},
    {Word::send_ok, Kind::send_ok},
    {Word::send_fail, Kind::send_fail},
    {Word::send_canceled, Kind::canceled},
    {Word::long_send_canceled, Kind::canceled},
    {Word::set_ok, Kind::send_ok},
    {Word::busy_processing, Kind::busy_processing},
    {Word::busy_sending, Kind::busy_sending},
    {Word::forced_restart, Kind::forced_restart},
    {Word::ready, Kind::ready},
};
constexpr Meaning kLines[] = {
    {Word::ok_without_blank_line, Kind::ok},
    {Word::wifi_connected, Kind::wifi_connected},
    {Word::wifi_got_ip, Kind::wifi_got_ip},
    {Word::wifi_disconnect, Kind::wifi_disconnect},
    {Word::dhcp_timeout, Kind::dhcp_timeout},
    {Word::wps_success, Kind::wps_success},
    {Word::wps_fail, Kind::wps_fail},
    {Word::phone_found, Kind::phone},
    {Word::phone_joined, Kind::phone},
    {Word::phone_failed, Kind::phone},
    {Word::connect, Kind::connect},
    {Word::closed, Kind::closed},
    {Word::published, Kind::send_ok},
    {Word::not_published, Kind::send_fail},
    {Word::mqtt_disconnected, Kind::mqtt_disconnected},
};
constexpr Word kInformation[] = {
    Word::no_ip,
    Word::id_error,
    Word::link_type_error,
    Word::ip_error,
    Word::entry_error,
    Word::dns_fail,
    Word::connect_fail,
    Word::link_is_not_valid,
    Word::already_connected,
    Word::too_long,
    Word::no_tail,
    Word::multiplexing_is_off,
    Word::unlink,
    Word::send_mode_error,
    Word::buffer_full,
    Word::queue_full,
    Word::missing_parameter,
    Word::multiplexing_is_on,
    Word::tls_is_taken,
    Word::transparent,
    Word::bad_ip,
    Word::no_port,
    Word::port_error,
    Word::port_range_error,
    Word::links_exist,
    Word::other_links_exist,
    Word::transparent_must_be_off,
    Word::server_must_be_off,
    Word::multiplexing_and_server_must_be_off,
    Word::not_gpio_mode,
    Word::not_output,
    Word::wrong_mode_for_wps,
    Word::wrong_mode_for_mdns,
    Word::no_certificate,
    Word::no_authorities,
    Word::no_private_key,
    Word::no_change,
    Word::no_access_point,
    Word::ping_timeout,
};
/// Behind which something stands.
constexpr Meaning kBeginnings[] = {
    {Word::phone_type, Kind::phone},
    {Word::phone_ssid, Kind::phone},
    {Word::phone_password, Kind::phone},
    {Word::mqtt_connected, Kind::mqtt_connected},
    {Word::station_connected, Kind::station_connected},
    {Word::station_disconnected, Kind::station_disconnected},
    {Word::station_address, Kind::station_address},
};

std::optional<std::size_t> read_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// [<id>,]<number>: behind `+IPD,` of passive receive, in front of `,SEND OK` of a segment.
Said as_numbered(Kind kind, std::string_view text) {
  const std::size_t comma = text.find(',');
  Said said{.kind = kind, .text = std::string(text)};
  if (comma != std::string_view::npos)
    said.link = static_cast<std::uint8_t>(read_number(text.substr(0, comma)).value_or(UINT8_MAX));
  const auto number = read_number(text.substr(comma == std::string_view::npos ? 0 : comma + 1));
  demand(number.has_value() && said.link.value_or(0) < limits::kLinks,
         "no word of the dialect: ", Shown{text});
  said.count = *number;
  return said;
}

/// Knows the words of a dialect.
class Parser {
 public:
  explicit Parser(const at::Dialect& dialect) : dialect_(dialect) {}

  template <class Meanings>
  auto find(const Meanings& all, std::string_view text) const {
    return std::find_if(std::begin(all), std::end(all),
                        [&](const Meaning& m) { return spoken(m.word) == text; });
  }

  /// A line that is one word, the status, or of AT+GMR.
  bool is_information(std::string_view line) const {
    return line.starts_with(spoken(Word::status)) || line.starts_with(spoken(Word::update)) ||
           is_web_error(line) || is_cause(line) ||
           std::any_of(std::begin(kInformation), std::end(kInformation),
                       [&](Word word) { return spoken(word) == line; }) ||
           std::any_of(dialect_.version_lines.begin(), dialect_.version_lines.end(),
                       [&](const at::VersionLine& v) { return line.starts_with(v.before); });
  }

  /// 0x7194: how a transfer has failed.
  bool is_web_error(std::string_view line) const {
    const std::string_view begin = spoken(Word::web_error);
    return line.size() == begin.size() + 4 && line.starts_with(begin) &&
           line.substr(begin.size()).find_first_not_of("0123456789ABCDEF") == line.npos;
  }

  /// `Have 5 Connections`.
  bool is_about_clients(std::string_view line) const {
    const auto before = spoken(Word::too_many_clients), behind = spoken(Word::clients_behind);
    return !before.empty() && line.starts_with(before) && line.ends_with(behind);
  }

  /// `ERR CODE:` and a number of eight digits.
  bool is_cause(std::string_view line) const {
    const auto before = spoken(Word::error_code);
    return !before.empty() && line.starts_with(before) && line.size() == before.size() + 10;
  }

  /// "+NAME:" of a command, or "+NAME=", the time of AT+GSLP, or a line of AT+CWLIF: an address, a
  /// comma, a hardware address.
  bool is_reply(std::string_view line) const {
    if (read_number(line)) return true;
    const std::string_view ping = spoken(Word::ping);
    if (line.starts_with(ping) && read_number(line.substr(ping.size()))) return true;
    const auto table = dialect_.commands;
    const std::size_t colon = line.find_first_of(":=");
    if (line.starts_with('+') && colon != std::string_view::npos) {
      const std::string_view name = line.substr(0, colon);
      return std::any_of(table.begin(), table.end(),
                         [&](const at::Command& c) { return c.name == name; });
    }
    constexpr std::size_t kMac = 17;
    const std::size_t comma = line.find(',');
    return comma != std::string_view::npos && line.size() == comma + 1 + kMac &&
           std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(comma), [](char c) {
             return c == '.' || std::isdigit(static_cast<unsigned char>(c)) != 0;
           });
  }

  /// Numbers alone, as commands about segments answer, and TRUE or FALSE behind them.
  bool is_about_segments(std::string_view line) const {
    for (const Word word : {Word::is_true, Word::is_false})
      if (line.ends_with(spoken(word))) line.remove_suffix(spoken(word).size());
    return !line.empty() && line.find(',') != std::string_view::npos &&
           line.find_first_not_of("0123456789,") == std::string_view::npos;
  }

  /// Behind `+LINK_CONN:`: <failed>,<id>,"<type>",<1: of the server>,"<IP>",<port>,<own port>.
  static Said as_connection(std::string_view text) {
    const bool has_id = text.size() > 3 && text[1] == ',' && text[2] >= '0' && text[2] <= '4';
    demand(has_id && (text[0] == '0' || text[0] == '1'), "no word of the dialect: ", Shown{text});
    return {.kind = text[0] == '0' ? Kind::link_connected : Kind::link_failed,
            .text = std::string(text),
            .link = static_cast<std::uint8_t>(text[2] - '0')};
  }

  Said as_line(std::string_view line) const {
    if (const auto before = spoken(Word::link_connection);
        !before.empty() && line.starts_with(before))
      return as_connection(line.substr(before.size()));
    if (const auto failed = spoken(Word::segment_failed); !failed.empty() && line.ends_with(failed))
      return as_numbered(Kind::segment_failed, line.substr(0, line.size() - failed.size()));
    Said said{.text = std::string(line)};
    if (is_about_clients(line)) return said.kind = Kind::client_refused, said;
    std::string_view word = line;
    if (line.size() > 2 && line[0] >= '0' && line[0] <= '4' && line[1] == ',') {
      said.link = static_cast<std::uint8_t>(line[0] - '0');
      word = line.substr(2);
    }
    const auto* const known = find(kLines, word);
    const bool numbered =
        known != std::end(kLines) && (known->kind == Kind::connect || known->kind == Kind::closed);
    if (known != std::end(kLines) && (numbered || !said.link)) {
      said.kind = known->kind;
      return said;
    }
    for (const Meaning& beginning : kBeginnings) {
      const std::string_view before = spoken(beginning.word);
      if (before.empty() || !line.starts_with(before)) continue;
      said.kind = beginning.kind;
      return said;
    }
    said.kind = Kind::information;
    demand(is_information(line) || is_reply(line) || is_about_segments(line),
           "no word of the dialect: ", Shown{line});
    return said;
  }

  /// Takes one thing from the front of `rest`.
  Said take(std::string_view& rest) const {
    const std::size_t skip = rest.starts_with(kEnd) ? kEnd.size() : 0;
    const std::size_t end = rest.find(kEnd, skip);
    demand(end != std::string_view::npos, "a line without its end: ", Shown{rest});
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + kEnd.size());
    if (skip == 0) return as_line(line);
    const auto* const result = find(kResults, line);
    if (result != std::end(kResults)) {
      if (result->kind == Kind::ok) {
        // What follows OK and its line end. The two may be the same: then it is a prompt.
        const std::size_t ok = spoken(Word::ok).size() + kEnd.size();
        if (rest == spoken(Word::prompt).substr(ok)) return rest = {}, Said{.kind = Kind::prompt};
        if (rest == spoken(Word::passthrough_prompt).substr(ok))
          return rest = {}, Said{.kind = Kind::passthrough_prompt};
      }
      return Said{.kind = result->kind, .text = std::string(line.substr(skip))};
    }
    if (const auto sent = spoken(Word::segment_sent); !sent.empty() && line.ends_with(sent))
      return as_numbered(Kind::segment_sent, line.substr(skip, line.size() - skip - sent.size()));
    if (line.starts_with(spoken(Word::ipd)))
      return as_numbered(Kind::unread, line.substr(spoken(Word::ipd).size()));
    const auto before = spoken(Word::received_before), after = spoken(Word::received_after);
    demand(line.starts_with(before) && line.ends_with(after),
           "no word of the dialect: ", Shown{line});
    const auto count =
        read_number(line.substr(before.size(), line.size() - before.size() - after.size()));
    demand(count.has_value(), "no word of the dialect: ", Shown{line});
    return Said{.kind = Kind::received, .count = *count};
  }

 private:
  std::string_view spoken(Word word) const { return dialect_.words[word]; }

  const at::Dialect& dialect_;
};
}  // namespace

std::vector<Said> parse(const at::Dialect& dialect, std::string_view printed) {
  const Parser parser(dialect);
  std::vector<Said> all;
  while (!printed.empty()) all.push_back(parser.take(printed));
  return all;
}

std::string shown(std::string_view bytes) {
  constexpr std::size_t kLongest = 120;
  std::string out;
  for (const char c : bytes.substr(0, kLongest)) {
    char hex[5];
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x20 && u < 0x7f)
      out += c;
    else
      out.append(hex, static_cast<std::size_t>(std::snprintf(hex, sizeof hex, "\\x%02x", u)));
  }
  return bytes.size() > kLongest ? out + "… " + std::to_string(bytes.size()) : out;
}

}  // namespace bfq::swarm

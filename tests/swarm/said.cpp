#include "said.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>

#include "at/words.h"
#include "commands/table.h"
#include "violation.h"

namespace bfq::swarm {
namespace {
using Kind = Said::Kind;
namespace words = at::words;
constexpr std::string_view kEnd = "\r\n";

struct Word {
  std::string_view text;
  Kind kind;
};
/// Those that have a line end of their own in front; behind "OK", a prompt may follow.
constexpr Word kResults[] = {
    {words::kOk, Kind::ok},
    {words::kError, Kind::error},
    {words::kFail, Kind::fail},
    {words::kSendOk, Kind::send_ok},
    {words::kSendFail, Kind::send_fail},
    {words::kSendCanceled, Kind::canceled},
    {words::kBusyProcessing, Kind::busy_processing},
    {words::kBusySending, Kind::busy_sending},
    {words::kForcedRestart, Kind::forced_restart},
    {words::kReady, Kind::ready},
};
constexpr Word kLines[] = {
    {words::kOkWithoutBlankLine, Kind::ok},
    {words::kWifiConnected, Kind::wifi_connected},
    {words::kWifiGotIp, Kind::wifi_got_ip},
    {words::kWifiDisconnect, Kind::wifi_disconnect},
    {words::kDhcpTimeout, Kind::dhcp_timeout},
    {words::kConnect, Kind::connect},
    {words::kClosed, Kind::closed},
};
constexpr std::string_view kInformation[] = {
    words::kNoIp,
    words::kIdError,
    words::kLinkTypeError,
    words::kIpError,
    words::kEntryError,
    words::kDnsFail,
    words::kConnectFail,
    words::kLinkIsNotValid,
    words::kAlreadyConnected,
    words::kTooLong,
    words::kNoTail,
    words::kMultiplexingIsOff,
    words::kUnlink,
    words::kMissingParameter,
    words::kMultiplexingIsOn,
    words::kTlsIsTaken,
    words::kTransparent,
    words::kBadIp,
    words::kNoPort,
    words::kPortError,
    words::kPortRangeError,
    words::kLinksExist,
    words::kOtherLinksExist,
    words::kTransparentMustBeOff,
    words::kServerMustBeOff,
    words::kMultiplexingAndServerMustBeOff,
    words::kNoChange,
    words::kNoAccessPoint,
};
constexpr std::string_view kBeginnings[] = {words::kStatus, words::kAtVersion, words::kSdkVersion,
                                            words::kCompileTime};
constexpr Word kStationLines[] = {
    {words::kStationConnected, Kind::station_connected},
    {words::kStationDisconnected, Kind::station_disconnected},
    {words::kStationAddress, Kind::station_address},
};

template <class Words>
auto find(const Words& all, std::string_view text) {
  return std::find_if(std::begin(all), std::end(all),
                      [&](const Word& w) { return w.text == text; });
}

std::optional<std::size_t> read_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "+NAME:" of a command, or a line of AT+CWLIF: an address, a comma, a hardware address.
bool is_reply(std::string_view line) {
  const auto table = commands::all();
  const std::size_t colon = line.find(':');
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

Said as_line(std::string_view line) {
  Said said{.text = std::string(line)};
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
  for (const Word& station : kStationLines) {
    if (!line.starts_with(station.text)) continue;
    said.kind = station.kind;
    return said;
  }
  said.kind = Kind::information;
  const bool is_known =
      std::find(std::begin(kInformation), std::end(kInformation), line) != std::end(kInformation) ||
      std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                  [&](auto b) { return line.starts_with(b); });
  demand(is_known || is_reply(line), "no word of the dialect: ", Shown{line});
  return said;
}

/// Takes one thing from the front of `rest`.
Said take(std::string_view& rest) {
  const std::size_t skip = rest.starts_with(kEnd) ? kEnd.size() : 0;
  const std::size_t end = rest.find(kEnd, skip);
  demand(end != std::string_view::npos, "a line without its end: ", Shown{rest});
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + kEnd.size());
  if (skip == 0) return as_line(line);
  const auto* const result = find(kResults, line);
  if (result != std::end(kResults)) {
    if (result->kind == Kind::ok) {
      constexpr std::string_view kPrompt = "> ", kPassthrough = "\r\n>";
      if (rest == kPrompt) return rest = {}, Said{.kind = Kind::prompt};
      if (rest == kPassthrough) return rest = {}, Said{.kind = Kind::passthrough_prompt};
    }
    return Said{.kind = result->kind, .text = std::string(line.substr(skip))};
  }
  constexpr std::string_view kBefore = words::kReceivedBefore, kAfter = words::kReceivedAfter;
  demand(line.starts_with(kBefore) && line.ends_with(kAfter),
         "no word of the dialect: ", Shown{line});
  const auto count =
      read_number(line.substr(kBefore.size(), line.size() - kBefore.size() - kAfter.size()));
  demand(count.has_value(), "no word of the dialect: ", Shown{line});
  return Said{.kind = Kind::received, .count = *count};
}
}  // namespace

std::vector<Said> parse(std::string_view printed) {
  std::vector<Said> all;
  while (!printed.empty()) all.push_back(take(printed));
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

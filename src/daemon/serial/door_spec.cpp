#include "daemon/serial/door_spec.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "daemon/process/failure.h"
#include "daemon/process/host_in_url.h"
#include "daemon/process/number.h"

namespace bfq::serial {
namespace {
constexpr std::uint32_t kSlowest = 50, kFastest = 20'000'000;

// Options -----------------------------------------------------------------------------------------

/// What may stand behind a door's place, and a comma.
struct Option {
  std::string_view name;   ///< empty for a value that stands alone
  std::string_view value;  ///< what it takes, as the help shows it: MODE, or on|off; may be empty
  /// Returns false where the value is not allowed.
  bool (*read)(DoorSpec& spec, std::string_view value);

  std::string syntax() const {
    const bool is_pair = !name.empty() && !value.empty();
    return std::string(name) + (is_pair ? "=" : "") + std::string(value);
  }
};

bool read_mode(DoorSpec& spec, std::string_view value) {
  const auto mode = process::whole_number<std::uint32_t>(value, 8);
  if (!mode || *mode > 0777) return false;
  spec.access.mode = *mode;
  return true;
}
bool read_user(DoorSpec& spec, std::string_view value) {
  spec.access.user = value;
  return !value.empty();
}
bool read_group(DoorSpec& spec, std::string_view value) {
  spec.access.group = value;
  return !value.empty();
}
bool read_baud(DoorSpec& spec, std::string_view value) {
  const auto baud = process::whole_number<std::uint32_t>(value);
  if (!baud || *baud < kSlowest || *baud > kFastest) return false;
  spec.baud = baud;
  return true;
}

constexpr Option kXonXoff{"xonxoff", "",
                          [](DoorSpec& spec, std::string_view) { return spec.xon_xoff = true; }};
constexpr std::array kStreamOptions = {kXonXoff};
constexpr std::array kFileOptions = {Option{"mode", "MODE", read_mode},
                                     Option{"user", "USER", read_user},
                                     Option{"group", "GROUP", read_group}, kXonXoff};
/// Sets what that word means; returns false where it means nothing.
template <class Choice, std::size_t N>
bool choose(const std::array<std::pair<std::string_view, Choice>, N>& words, std::string_view value,
            Choice& choice) {
  for (const auto& [word, meaning] : words) {
    if (word != value) continue;
    choice = meaning;
    return true;
  }
  return false;
}
bool read_carrier(DoorSpec& spec, std::string_view value) {
  using Carrier = DoorSpec::Carrier;
  constexpr std::array<std::pair<std::string_view, Carrier>, 3> kWords = {
      {{"on", Carrier::on}, {"wifi", Carrier::wifi}, {"link", Carrier::link}}};
  return choose(kWords, value, spec.carrier);
}
bool read_dtr(DoorSpec& spec, std::string_view value) {
  using DtrDrop = DoorSpec::DtrDrop;
  constexpr std::array<std::pair<std::string_view, DtrDrop>, 3> kWords = {
      {{"ignore", DtrDrop::ignore}, {"reset", DtrDrop::reset}, {"hangup", DtrDrop::hangup}}};
  return choose(kWords, value, spec.on_dtr_drop);
}
constexpr Option kCarrierOption{"dcd", "on|wifi|link", read_carrier};
constexpr Option kDtrOption{"dtr", "ignore|reset|hangup", read_dtr};
constexpr std::array kTelnetOptions = {Option{"reset", "rts",
                                              [](DoorSpec& spec, std::string_view value) {
                                                return spec.reset_by_rts = value == "rts";
                                              }},
                                       kCarrierOption, kDtrOption};
constexpr std::array kIp232Options = {kCarrierOption, kDtrOption};
constexpr std::array kTtyOptions = {
    Option{"", "BAUD", read_baud},
    Option{"crtscts", "", [](DoorSpec& spec, std::string_view) { return spec.rts_cts = true; }},
    kXonXoff};
constexpr std::array kStdioOptions = {
    Option{"wait", "answers", [](DoorSpec& spec, std::string_view value) {
             return spec.waits_for_answers = value == "answers";
           }}};

// Doors -------------------------------------------------------------------------------------------

/// The text of one door, and how a mistake in it is reported.
struct DoorWords {
  std::string_view door;  ///< all of it
  std::string place{};    ///< behind the first colon
  std::vector<std::string> options{};

  [[noreturn]] void refuse(const std::string& why) const {
    throw process::UsageError("--serial " + std::string(door) + ": " + why);
  }
};

std::uint16_t parse_port(std::string_view text, std::uint32_t lowest, const DoorWords& words) {
  const auto port = process::whole_number<std::uint32_t>(text);
  if (!port || *port < lowest || *port > 65535) {
    words.refuse("'" + std::string(text) + "' is not a port; give a number from " +
                 (lowest == 0 ? "0 (any free one)" : "1") + " to 65535");
  }
  return static_cast<std::uint16_t>(*port);
}

/// HOST:PORT, [IPV6]:PORT or, where `host` has a value already, PORT alone.
void parse_address(DoorSpec& spec, std::uint32_t lowest, const DoorWords& words) {
  const process::PlaceParts parts = process::split_place(words.place);
  if (parts.has_host) {
    spec.host = parts.host;
    if (spec.host.empty()) words.refuse("the host before ':' is empty");
  } else if (spec.host.empty()) {
    words.refuse("give HOST:PORT, such as tcp-connect:127.0.0.1:7000");
  }
  spec.port = parse_port(parts.port, lowest, words);
}

void parse_pty(DoorSpec& spec, const DoorWords& words) {
  if (words.door.starts_with("pty:") && words.place.empty())
    words.refuse("the link's path after ':' is missing");
  spec.path = words.place;
}

void parse_listener(DoorSpec& spec, const DoorWords& words) { parse_address(spec, 0, words); }

void parse_tcp_connect(DoorSpec& spec, const DoorWords& words) {
  spec.host.clear();
  parse_address(spec, 1, words);
}

void parse_unix(DoorSpec& spec, const DoorWords& words) {
  constexpr std::size_t kLongest = 107;  // what a socket address holds
  if (words.place.empty()) words.refuse("the path after ':' is missing");
  if (words.place.size() > kLongest) words.refuse("a path of a socket has at most 107 bytes");
  spec.path = words.place;
}

void parse_tty(DoorSpec& spec, const DoorWords& words) {
  if (words.place.empty()) words.refuse("the device after ':' is missing, such as /dev/ttyUSB0");
  spec.path = words.place;
}

void parse_stdio(DoorSpec&, const DoorWords& words) {
  if (words.door.starts_with("stdio:")) words.refuse("stdio takes nothing behind ':'");
}

struct KindOfDoor {
  std::string_view name, place;
  DoorSpec::Kind kind;
  void (*parse)(DoorSpec& spec, const DoorWords& words);
  std::span<const Option> options{};
};
using Kind = DoorSpec::Kind;
constexpr std::array<KindOfDoor, 8> kKinds = {{
    {"pty", "[:LINK]", Kind::pty, parse_pty, kFileOptions},
    {"tcp", ":[HOST:]PORT", Kind::tcp, parse_listener, kStreamOptions},
    {"tcp-connect", ":HOST:PORT", Kind::tcp_connect, parse_tcp_connect, kStreamOptions},
    {"rfc2217", ":[HOST:]PORT", Kind::rfc2217, parse_listener, kTelnetOptions},
    {"ip232", ":[HOST:]PORT", Kind::ip232, parse_listener, kIp232Options},
    {"unix", ":PATH", Kind::unix_socket, parse_unix, kFileOptions},
    {"tty", ":DEVICE", Kind::tty, parse_tty, kTtyOptions},
    {"stdio", "", Kind::stdio, parse_stdio, kStdioOptions},
}};

/// Cuts at commas; a comma of the place itself is written "\,".
std::vector<std::string> cut_at_commas(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',') {
      parts.back() += text[++i];
    } else if (text[i] == ',') {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  return parts;
}

void read_option(DoorSpec& spec, std::string_view text, const KindOfDoor& kind,
                 const DoorWords& words) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  const bool has_value = equals < text.size();
  const std::string_view value = has_value ? text.substr(equals + 1) : std::string_view();
  std::string allowed;
  for (const Option& option : kind.options) {
    const bool stands_alone = option.name.empty() && !has_value;
    const bool is_it = option.name == name && has_value == !option.value.empty();
    if (stands_alone && option.read(spec, name)) return;
    if (is_it && option.read(spec, value)) return;
    allowed += (allowed.empty() ? "" : ", ") + option.syntax();
  }
  const std::string what = "'" + std::string(text) + "' is no option of " + std::string(kind.name);
  if (allowed.empty()) words.refuse(what + ", which has none");
  words.refuse(what + ", which has " + allowed + "; a comma in a path is written '\\,'");
}
}  // namespace

DoorSpec parse_door(std::string_view text) {
  const auto is_control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; };
  if (std::any_of(text.begin(), text.end(), is_control))
    DoorWords{.door = text}.refuse("control characters are not allowed in it");
  const std::size_t end = std::min(text.find_first_of(":,"), text.size());
  const bool has_place = end < text.size() && text[end] == ':';
  DoorWords words{.door = text};
  words.options = cut_at_commas(text.substr(std::min(text.size(), has_place ? end + 1 : end)));
  words.place = words.options.front();
  words.options.erase(words.options.begin());
  for (const KindOfDoor& kind : kKinds) {
    if (kind.name != text.substr(0, end)) continue;
    DoorSpec spec{.kind = kind.kind};
    for (const std::string& option : words.options) read_option(spec, option, kind, words);
    kind.parse(spec, words);
    return spec;
  }
  throw process::UsageError("--serial " + std::string(text) + ": no such door; use one of\n" +
                            syntax_of_doors());
}

std::string syntax_of_doors() {
  std::string all;
  for (const KindOfDoor& kind : kKinds) {
    all += (all.empty() ? "" : "\n") + std::string(kind.name) + std::string(kind.place);
    for (const Option& option : kind.options) all += "[," + option.syntax() + "]";
  }
  return all;
}
}  // namespace bfq::serial

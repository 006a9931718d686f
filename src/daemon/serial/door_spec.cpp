#include "daemon/serial/door_spec.h"

#include <array>
#include <charconv>
#include <system_error>

#include "daemon/process/failure.h"

namespace bfq::serial {
namespace {
constexpr std::string_view kDoors =
    "pty[:LINK], tcp:[HOST:]PORT, tcp-connect:HOST:PORT, rfc2217:[HOST:]PORT[,reset=rts], "
    "unix:PATH, "
    "tty:DEVICE[,BAUD][,crtscts] or stdio";
constexpr std::uint32_t kSlowest = 50, kFastest = 20'000'000;

/// The text of one door, and how a mistake in it is reported.
struct DoorWords {
  std::string_view door;   ///< all of it
  std::string_view place;  ///< behind the first colon

  [[noreturn]] void refuse(const std::string& why) const {
    throw process::UsageError("--serial " + std::string(door) + ": " + why);
  }
  /// Takes what stands behind the last comma, if there is one.
  std::optional<std::string_view> take_option() {
    const std::size_t comma = place.rfind(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const std::string_view option = place.substr(comma + 1);
    place = place.substr(0, comma);
    return option;
  }
};

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::uint16_t parse_port(std::string_view text, std::uint32_t lowest, const DoorWords& words) {
  const auto port = number_in(text);
  if (!port || *port < lowest || *port > 65535) {
    words.refuse("'" + std::string(text) + "' is not a port; give a number from " +
                 (lowest == 0 ? "0 (any free one)" : "1") + " to 65535");
  }
  return static_cast<std::uint16_t>(*port);
}

/// HOST:PORT, [IPV6]:PORT or, where `host` has a value already, PORT alone.
void parse_address(DoorSpec& spec, std::uint32_t lowest, const DoorWords& words) {
  const std::size_t colon = words.place.rfind(':');
  if (colon != std::string_view::npos) {
    spec.host = words.place.substr(0, colon);
    if (spec.host.size() > 2 && spec.host.front() == '[')
      spec.host = spec.host.substr(1, spec.host.size() - 2);
    if (spec.host.empty()) words.refuse("the host before ':' is empty");
  } else if (spec.host.empty()) {
    words.refuse("give HOST:PORT, such as tcp-connect:127.0.0.1:7000");
  }
  spec.port = parse_port(words.place.substr(colon == std::string_view::npos ? 0 : colon + 1),
                         lowest, words);
}

DoorSpec parse_pty(DoorWords words) {
  if (words.door != "pty" && words.place.empty())
    words.refuse("the link's path after ':' is missing");
  return {.kind = DoorSpec::Kind::pty, .path = std::string(words.place)};
}

DoorSpec parse_tcp(DoorWords words) {
  DoorSpec spec{.kind = DoorSpec::Kind::tcp};
  parse_address(spec, 0, words);
  return spec;
}

DoorSpec parse_tcp_connect(DoorWords words) {
  DoorSpec spec{.kind = DoorSpec::Kind::tcp_connect, .host = {}};
  parse_address(spec, 1, words);
  return spec;
}

DoorSpec parse_rfc2217(DoorWords words) {
  DoorSpec spec{.kind = DoorSpec::Kind::rfc2217};
  while (const auto option = words.take_option()) {
    if (*option != "reset=rts")
      words.refuse("'" + std::string(*option) + "' is no option; use reset=rts");
    spec.reset_by_rts = true;
  }
  parse_address(spec, 0, words);
  return spec;
}

DoorSpec parse_unix(DoorWords words) {
  constexpr std::size_t kLongest = 107;  // what a socket address holds
  if (words.place.empty()) words.refuse("the path after ':' is missing");
  if (words.place.size() > kLongest) words.refuse("a path of a socket has at most 107 bytes");
  return {.kind = DoorSpec::Kind::unix_socket, .path = std::string(words.place)};
}

DoorSpec parse_tty(DoorWords words) {
  DoorSpec spec{.kind = DoorSpec::Kind::tty};
  while (const auto option = words.take_option()) {
    const auto baud = number_in(*option);
    if (*option == "crtscts") {
      spec.rts_cts = true;
    } else if (baud && *baud >= kSlowest && *baud <= kFastest) {
      spec.baud = baud;
    } else {
      words.refuse("'" + std::string(*option) + "' is neither a rate, such as 115200, nor crtscts");
    }
  }
  if (words.place.empty()) words.refuse("the device after ':' is missing, such as /dev/ttyUSB0");
  spec.path = words.place;
  return spec;
}

DoorSpec parse_stdio(DoorWords words) {
  if (words.door != "stdio") words.refuse("stdio takes nothing behind ':'");
  return {.kind = DoorSpec::Kind::stdio};
}

struct KindOfDoor {
  std::string_view name;
  DoorSpec (*parse)(DoorWords words);
};
constexpr std::array<KindOfDoor, 7> kKinds = {{
    {"pty", parse_pty},
    {"tcp", parse_tcp},
    {"tcp-connect", parse_tcp_connect},
    {"rfc2217", parse_rfc2217},
    {"unix", parse_unix},
    {"tty", parse_tty},
    {"stdio", parse_stdio},
}};
}  // namespace

DoorSpec parse_door(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view place = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  for (const KindOfDoor& kind : kKinds) {
    if (kind.name == text.substr(0, colon)) return kind.parse({.door = text, .place = place});
  }
  throw process::UsageError("--serial " + std::string(text) + ": no such door; use " +
                            std::string(kDoors));
}
}  // namespace bfq::serial

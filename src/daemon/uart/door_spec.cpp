#include "daemon/uart/door_spec.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/failure.h"

namespace bfq::daemon {
namespace {
constexpr std::string_view kDoors = "pty[:LINK], tcp:[HOST:]PORT or stdio";
constexpr std::array<std::string_view, 4> kPlannedDoors = {"rfc2217", "unix", "tty", "tcp-connect"};

std::uint16_t parse_port(std::string_view text, std::string_view door) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > 65535) {
    throw UsageError("--serial " + std::string(door) + ": '" + std::string(text) +
                     "' is not a port; give a number from 0 (any free one) to 65535");
  }
  return static_cast<std::uint16_t>(value);
}

DoorSpec parse_tcp_door(std::string_view where, std::string_view door) {
  DoorSpec spec{.kind = DoorSpec::Kind::tcp, .path = {}};
  const std::size_t colon = where.rfind(':');
  if (colon != std::string_view::npos) {
    spec.host = where.substr(0, colon);
    if (spec.host.size() > 2 && spec.host.front() == '[')
      spec.host = spec.host.substr(1, spec.host.size() - 2);
    if (spec.host.empty())
      throw UsageError("--serial " + std::string(door) + ": the host before ':' is empty");
  }
  spec.port = parse_port(colon == std::string_view::npos ? where : where.substr(colon + 1), door);
  return spec;
}
}  // namespace

DoorSpec parse_door(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const bool has_place = colon != std::string_view::npos;
  const std::string_view place = has_place ? text.substr(colon + 1) : std::string_view{};
  if (std::find(kPlannedDoors.begin(), kPlannedDoors.end(), kind) != kPlannedDoors.end()) {
    throw UsageError("--serial " + std::string(text) + ": " + std::string(kind) +
                     " doors are not there yet; use " + std::string(kDoors));
  }
  if (kind == "pty") {
    if (has_place && place.empty()) throw UsageError("--serial pty: the link's path after ':' is missing");
    return {.kind = DoorSpec::Kind::pty, .path = std::string(place)};
  }
  if (kind == "tcp" && has_place) return parse_tcp_door(place, text);
  if (text == "stdio") return {.kind = DoorSpec::Kind::stdio, .path = {}};
  throw UsageError("--serial " + std::string(text) + ": no such door; use " + std::string(kDoors));
}
}  // namespace bfq::daemon

#include "daemon/wifi/radio_spec.h"

#include <net/if.h>

#include <algorithm>

#include "daemon/process/failure.h"

namespace bfq::wifi {
namespace {
constexpr std::string_view kPrefix = "wifi:", kSuffix = "ap";

/// Also a name that may stand in a command of the supplicant and in a configuration.
bool is_ordinary(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.';
}
}  // namespace

std::string RadioSpec::access_point_interface() const {
  return interface.substr(0, IFNAMSIZ - 1 - kSuffix.size()) + std::string(kSuffix);
}

std::optional<RadioSpec> parse_radio(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const std::string_view name = text.substr(kPrefix.size());
  const bool is_name = !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
                       std::all_of(name.begin(), name.end(), is_ordinary);
  if (!is_name) throw process::UsageError("after wifi: comes an interface, such as wlan0");
  return RadioSpec{std::string(name)};
}
}  // namespace bfq::wifi

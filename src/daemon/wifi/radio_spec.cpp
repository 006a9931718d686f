#include "daemon/wifi/radio_spec.h"

#include <net/if.h>
#include <sys/un.h>

#include <algorithm>

#include "daemon/process/failure.h"

namespace bfq::wifi {
namespace {
constexpr std::string_view kPrefix = "wifi:", kSuffix = "ap", kControl = ",ctrl=";

/// Also a name that may stand in a command of the supplicant and in a configuration.
bool is_ordinary(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.';
}
}  // namespace

std::string RadioSpec::access_point_interface() const {
  return interface.substr(0, IFNAMSIZ - 1 - kSuffix.size()) + std::string(kSuffix);
}

std::string RadioSpec::text() const {
  return std::string(kPrefix) + interface + (control ? std::string(kControl) + *control : "");
}

std::optional<RadioSpec> parse_radio(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const std::string_view rest = text.substr(kPrefix.size());
  const std::string_view name = rest.substr(0, rest.find(','));
  const bool is_name = !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
                       std::all_of(name.begin(), name.end(), is_ordinary);
  if (!is_name) throw process::UsageError("after wifi: comes an interface, such as wlan0");
  RadioSpec spec{.interface = std::string(name)};
  if (name == rest) return spec;
  constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 2 - IFNAMSIZ;
  const std::string_view options = rest.substr(name.size());
  const std::string_view directory =
      options.starts_with(kControl) ? options.substr(kControl.size()) : "";
  if (!directory.starts_with('/') || directory.size() > kLongest)
    throw process::UsageError(
        "after the interface comes ,ctrl=DIRECTORY, such as "
        ",ctrl=/run/wpa_supplicant");
  spec.control = std::string(directory);
  return spec;
}
}  // namespace bfq::wifi

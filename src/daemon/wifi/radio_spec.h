#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace bfq::wifi {

/// A radio of this machine: its network interface, and who drives it.
struct RadioSpec {
  std::string interface {};
  /// Where a wpa_supplicant of the machine's has its control sockets; else one is started.
  std::optional<std::string> control{};
  /// The interface of its softAP, which exists only while that is open.
  std::string access_point_interface() const;
  /// As it is written: parse_radio() reads the same from it.
  std::string text() const;
  bool operator==(const RadioSpec&) const = default;
};

/// Reads "wifi:INTERFACE[,ctrl=DIRECTORY]"; nothing for what does not begin like that. Throws
/// process::UsageError for a name that no interface can have, and for a directory whose sockets
/// have no place in an address.
std::optional<RadioSpec> parse_radio(std::string_view text);
}  // namespace bfq::wifi

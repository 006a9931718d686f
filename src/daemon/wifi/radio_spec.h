#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace bfq::wifi {

/// A radio of this machine: its network interface.
struct RadioSpec {
  std::string interface {};
  /// The interface of its softAP, which exists only while that is open.
  std::string access_point_interface() const;
  bool operator==(const RadioSpec&) const = default;
};

/// Reads "wifi:INTERFACE"; nothing for what does not begin like that. Throws process::UsageError
/// for a name that no interface can have.
std::optional<RadioSpec> parse_radio(std::string_view text);
}  // namespace bfq::wifi

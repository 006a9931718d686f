#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "base/mac.h"
#include "base/text.h"
#include "daemon/wifi/supplicant.h"

namespace bfq::wifi {

/// What an access point tells whoever is paired with it (Wi-Fi Protected Setup).
struct Credential {
  Text<32> ssid{};
  Text<64> password{};  ///< empty for an open network
  MacAddress bssid{};
  bool operator==(const Credential&) const = default;
};

/// Reads the attributes of a credential, as hexadecimal digits; nothing where there is no network
/// in it that can be joined, such as one with WEP. It has no BSSID.
std::optional<Credential> read_credential(std::string_view digits);

/// Looks for the access point whose WPS button is pressed, by a supplicant.
class Pairing {
 public:
  /// What was told; nothing where it came to nothing.
  using Done = std::function<void(const std::optional<Credential>&)>;

  Pairing(Supplicant& supplicant, Done done) : supplicant_(supplicant), done_(std::move(done)) {}

  /// Begins as soon as there is a supplicant. `done` is called once, unless stop() comes first.
  void start();
  void stop();

  void happened(std::string_view event);
  /// For the first time, or again: then it begins anew.
  void supplicant_is_there();

 private:
  void begin();
  void associated(std::string_view bssid);
  void told(std::string_view digits);
  void has_succeeded(std::string_view);
  void has_failed(std::string_view);
  void end(std::optional<Credential> result);

  Supplicant& supplicant_;
  Done done_;
  bool is_under_way_ = false;
  std::optional<MacAddress> with_{};
  std::optional<Credential> told_{};
};
}  // namespace bfq::wifi

#include "settings/settings.h"

#include "settings/stored_keys.h"

namespace bfq {
namespace {
constexpr std::uint8_t kOpen = 0, kWep = 1;  // of <ecn>
constexpr std::size_t kShortestPassphrase = 8;

/// "BFQ4004_" and the last three bytes of the address in upper-case digits.
Text<32> factory_name(const MacAddress& mac) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::array<char, 14> name{'B', 'F', 'Q', '4', '0', '0', '4', '_'};
  for (std::size_t i = 0; i < 3; ++i) {
    const unsigned byte = mac.bytes[3 + i];
    name[8 + 2 * i] = kHex[byte >> 4U];
    name[9 + 2 * i] = kHex[byte & 15U];
  }
  return Text<32>({name.data(), name.size()});
}
}  // namespace

Settings factory_settings(const MacAddress& soft_ap_mac) {
  Settings settings;
  settings.soft_ap.ssid = factory_name(soft_ap_mac);
  return settings;
}

bool protection_is_possible(const SoftApSettings& soft_ap) {
  if (soft_ap.security == kWep) return false;
  return soft_ap.security == kOpen || soft_ap.password.view().size() >= kShortestPassphrase;
}

void copy_key(Key key, const Settings& from, Settings& to) {
  record::kStoredKeys[static_cast<std::size_t>(key)].copy(from, to);
}
}  // namespace bfq

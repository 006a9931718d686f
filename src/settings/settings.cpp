#include "settings/settings.h"

#include <algorithm>

#include "settings/stored_keys.h"

namespace bfq {
namespace {
constexpr std::uint8_t kOpen = 0, kWep = 1;  // of <ecn>
constexpr std::size_t kShortestPassphrase = 8;

/// The prefix, and the last three bytes of the address in upper-case digits.
Text<32> factory_name(std::string_view prefix, const MacAddress& mac) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::array<char, kLongestNamePrefix + 6> name{};
  CHECK(prefix.size() <= kLongestNamePrefix);
  auto* end = std::copy(prefix.begin(), prefix.end(), name.begin());
  for (std::size_t i = 3; i < mac.bytes.size(); ++i) {
    *end++ = kHex[mac.bytes[i] >> 4U];
    *end++ = kHex[mac.bytes[i] & 15U];
  }
  return Text<32>({name.data(), static_cast<std::size_t>(end - name.data())});
}
}  // namespace

Settings factory_settings(std::string_view name_prefix, const MacAddress& soft_ap_mac) {
  Settings settings;
  settings.soft_ap.ssid = factory_name(name_prefix, soft_ap_mac);
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

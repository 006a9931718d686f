#include "settings/settings.h"

#include <algorithm>

namespace bfq {
namespace {
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

void copy_key(Key key, const Settings& from, Settings& to) {
  switch (key) {
    case Key::uart: to.uart = from.uart; return;
    case Key::mode: to.mode = from.mode; return;
    case Key::network: to.network = from.network; return;
    case Key::auto_connect: to.auto_connect = from.auto_connect; return;
    case Key::soft_ap: to.soft_ap = from.soft_ap; return;
    case Key::station_address: to.station_address = from.station_address; return;
    case Key::soft_ap_address: to.soft_ap_address = from.soft_ap_address; return;
    case Key::dhcp: to.dhcp = from.dhcp; return;
    case Key::pool: to.pool = from.pool; return;
  }
}
}  // namespace bfq

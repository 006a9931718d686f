#include "settings/settings.h"

namespace bfq {
namespace {
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

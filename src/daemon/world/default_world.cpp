#include "daemon/world/world_file.h"

namespace bfq::world {
std::string_view default_world() {
  return R"(# The world of bfq4004 where no file says otherwise. Edit it, then:
#   bfq4004 run WORLD.toml
# All keys are explained in docs/worlds.md.

[[module]]
name = "bfq0"                 # also its file in the directory of --state
serial = ["pty:/tmp/bfq0"]    # or tcp:PORT, unix:PATH, tty:DEVICE, ...; several are possible

[[ap]]
ssid = "BFQ-LAB"
password = "bfq4004-lab"
security = "wpa2"             # open, wep, wpa, wpa2, wpa/wpa2 or wpa2-enterprise
channel = 6
rssi = -42                    # dBm
subnet = "10.44.1.0/24"       # its gateway, 10.44.1.1, is this machine

[[ap]]
ssid = "BFQ-OPEN"
security = "open"
channel = 1
rssi = -58
subnet = "10.44.2.0/24"

[[ap]]
ssid = "BFQ-HIDDEN"
password = "hidden-lab-4004"
channel = 11
rssi = -63
hidden = true                 # a scan shows its name only to those who ask for it
subnet = "10.44.3.0/24"

[[ap]]
ssid = "BFQ-WPA"
password = "legacy-lab-4004"
security = "wpa/wpa2"
channel = 3
rssi = -71
subnet = "10.44.4.0/24"

[[ap]]
ssid = "BFQ-CORP"
security = "wpa2-enterprise"  # refuses every join
channel = 9
rssi = -66
subnet = "10.44.5.0/24"

[[ap]]
ssid = "BFQ-SILENT"
password = "silent-lab-4004"
channel = 4
rssi = -77
silent = true                 # never answers: a join takes 15 s to fail
subnet = "10.44.6.0/24"
)";
}
}  // namespace bfq::world

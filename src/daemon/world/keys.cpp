#include "daemon/world/keys.h"

#include <limits>

#include "daemon/world/network_kinds.h"

namespace bfq::daemon {
namespace {
using radio::Security;
using sim::AccessPoint;

constexpr std::size_t kLongestSsid = 32;
constexpr std::size_t kLongestPassword = 64;
constexpr Duration kLongestDelay = 1h;

Kind<Security> security() {
  return choice<Security>({{"open", Security::open},
                           {"wep", Security::wep},
                           {"wpa", Security::wpa},
                           {"wpa2", Security::wpa2},
                           {"wpa/wpa2", Security::wpa_wpa2},
                           {"wpa2-enterprise", Security::enterprise}});
}

Kind<UartPhysics::Speed> speed() {
  return choice<UartPhysics::Speed>({{"fast", UartPhysics::Speed::fast}, {"baud", UartPhysics::Speed::baud}});
}

void put_subnet(AccessPoint& ap, const Subnet& subnet) { ap.network = subnet.network; }
const Keys<AccessPoint>& dhcp_keys() {
  static const Keys<AccessPoint> keys = {
      key<AccessPoint>(
          "on", &AccessPoint::dhcp, dhcp_switch(), "true",
          "false: nobody answers who asks for an address; \"refuses\": everybody is refused one"),
  };
  return keys;
}

const Keys<AccessPoint>& access_point_keys() {
  static const Keys<AccessPoint> keys = {
      key<AccessPoint>("ssid", &AccessPoint::ssid, text(1, kLongestSsid), "", "its name").must_be_there(),
      key<AccessPoint>("password", &AccessPoint::password, secret(0, kLongestPassword), "\"\"",
                       "8 to 63 bytes or 64 hexadecimal digits for wpa and wpa2; 5 or 13 bytes, or 10 or 26 "
                       "hexadecimal digits for wep; none for open and wpa2-enterprise"),
      key<AccessPoint>("security", &AccessPoint::security, security(), "\"wpa2\"",
                       "how it is protected; wpa2-enterprise refuses every join"),
      key<AccessPoint>("channel", &AccessPoint::channel, number<std::uint8_t>(1, 14), "1", "its channel"),
      key<AccessPoint>("rssi", &AccessPoint::rssi, number<std::int8_t>(-120, 0), "-50",
                       "its signal, in dBm, wherever one stands"),
      key<AccessPoint>("bssid", &AccessPoint::bssid, hardware_address(), "(02:bf:44:00:00:NN, by its number)",
                       "its address; two access points may have one ssid, but not one bssid"),
      key<AccessPoint>("hidden", &AccessPoint::hidden, flag(), "false",
                       "true: a scan shows its name only to those who ask for it"),
      key<AccessPoint>("silent", &AccessPoint::silent, flag(), "false",
                       "true: it is seen, but never answers a join"),
      key<AccessPoint>("subnet", put_subnet, subnet(24, 24), "(10.44.N.0/24, by its number)",
                       "the network behind it"),
      table<AccessPoint, AccessPoint>("dhcp", std::identity(), dhcp_keys(), "how it gives addresses"),
  };
  return keys;
}

const Keys<UartPhysics>& fifo_keys() {
  static const Keys<UartPhysics> keys = {
      key<UartPhysics>("rx", &UartPhysics::receive_fifo, number<std::size_t>(1, 65536), "128",
                       "bytes that the UART holds for the module"),
      key<UartPhysics>("tx", &UartPhysics::transmit_fifo, number<std::size_t>(1, 65536), "128",
                       "bytes that the UART holds for the host"),
  };
  return keys;
}

const Keys<ModuleSpec>& module_keys() {
  static const Keys<ModuleSpec> keys = {
      key<ModuleSpec>("name", &ModuleSpec::name, module_name(), "(bfq0, bfq1, ... by its number)",
                      "what it is called: in the log, and its file in the directory of --state"),
      list<ModuleSpec>("serial", &ModuleSpec::doors, door(), "(pty:/tmp/NAME)",
                       "where its hosts attach, as --serial has it"),
      key<ModuleSpec>(
          "speed", [](ModuleSpec & m) -> auto& { return m.uart.speed; }, speed(), "\"fast\"",
          "fast: bytes move as they come; baud: at the rate that the UART is set to"),
      table<ModuleSpec, UartPhysics>("fifo", &ModuleSpec::uart, fifo_keys(),
                                     "how much its UART holds, at the speed of baud")
          .not_yet(),
      key<ModuleSpec>("station_mac", &ModuleSpec::station_mac, hardware_address(),
                      "(02:bf:40:04:00:NN, by its number)", "its address as a station"),
      key<ModuleSpec>("ap_mac", &ModuleSpec::access_point_mac, hardware_address(),
                      "(06:bf:40:04:00:NN, by its number)", "its address as an access point"),
      key<ModuleSpec>("state", &ModuleSpec::remembers, remembers(), "true",
                      "false or \"none\": what it is told to store ends with the program"),
      key<ModuleSpec>("position", &ModuleSpec::position, position(), "(nowhere in particular)",
                      "where it stands")
          .not_yet(),
      map<ModuleSpec, Forward>(
          "forward", &ModuleSpec::forwards, read_forward,
          "a port of the module and a place of this machine, \"8080\" = \"0.0.0.0:18080\"",
          "ports of its server that are also reached at another place of this machine")
          .not_yet(),
  };
  return keys;
}

const Keys<NetDraft>& net_keys() {
  static const Keys<NetDraft> keys = {
      list<NetDraft>("allow", &NetDraft::allow, policy_entry("allow"), "[]",
                     "where modules may connect, and nowhere else; empty: everywhere"),
      list<NetDraft>("deny", &NetDraft::deny, policy_entry("deny"), "[]",
                     "where they may not, whatever is allowed"),
      map<NetDraft, KnownName>("names", &NetDraft::names, read_known_name,
                               "a name and its address, \"broker.test\" = \"127.0.0.1\"",
                               "names that all modules know, whatever a name server says")
          .not_yet(),
  };
  return keys;
}

const Keys<sim::Delays>& delay_keys() {
  static const Keys<sim::Delays> keys = {
      key<sim::Delays>("scan", &sim::Delays::scan, duration(1ms, kLongestDelay), "\"500ms\"",
                       "how long a scan takes"),
      key<sim::Delays>("join", &sim::Delays::associate, duration(1ms, kLongestDelay), "\"300ms\"",
                       "how long it takes to associate"),
      key<sim::Delays>("address", &sim::Delays::address, duration(1ms, kLongestDelay), "\"200ms\"",
                       "how long DHCP takes"),
      key<sim::Delays>("wrong_password", &sim::Delays::reject_password, duration(1ms, kLongestDelay),
                       "\"1s\"", "how long it takes until a wrong password is refused"),
  };
  return keys;
}
}  // namespace

const Keys<Draft>& world_keys() {
  static const Keys<Draft> keys = {
      tables<Draft, AccessPoint>("ap", &Draft::access_points, access_point_keys(), "ssid",
                                 "an access point, and the network behind it"),
      tables<Draft, ModuleSpec>("module", &Draft::modules, module_keys(), "name",
                                "a module; where there is none, there is one: bfq0"),
      table<Draft, NetDraft>("net", &Draft::net, net_keys(),
                             "what the modules may reach of the real network"),
      table<Draft, sim::Delays>("delays", &Draft::delays, delay_keys(), "how long things take in the air"),
  };
  return keys;
}
}  // namespace bfq::daemon

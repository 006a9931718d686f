#include "daemon/world/keys.h"

#include <limits>

#include "commands/personalities.h"
#include "daemon/process/failure.h"
#include "daemon/wifi/radio_spec.h"
#include "daemon/world/events.h"
#include "daemon/world/faults.h"
#include "daemon/world/network_kinds.h"
#include "daemon/world/repeated_modules.h"

namespace bfq::world {
namespace {
using radio::Security;
using sim::AccessPoint;

constexpr std::size_t kLongestSsid = 32;
constexpr std::size_t kLongestPassword = 64;
constexpr std::size_t kLongestPath = 4095;
constexpr Duration kLongestDelay = 1h;
constexpr Duration kLongestLease = 8760h;

ValueKind<Security> security() {
  return choice<Security>({{"open", Security::open},
                           {"wep", Security::wep},
                           {"wpa", Security::wpa},
                           {"wpa2", Security::wpa2},
                           {"wpa/wpa2", Security::wpa_wpa2},
                           {"wpa2-enterprise", Security::enterprise}});
}

/// What a module has for a radio: a simulated one, or one of this machine.
struct RadioChoice {
  sim::Channels channels = sim::Channels::one;
  std::optional<wifi::RadioSpec> real{};
  bool operator==(const RadioChoice&) const = default;
};

Read<RadioChoice> read_radio(const Value& written) {
  const auto word = written.text();
  if (word == "one channel") return {RadioChoice{}};
  if (word == "free") return {RadioChoice{.channels = sim::Channels::free}};
  try {
    auto real = wifi::parse_radio(word.value_or(""));
    if (real) return {RadioChoice{.real = std::move(real)}};
  } catch (const process::UsageError& error) {
    return {{}, error.what()};
  }
  return {};
}

ValueKind<RadioChoice> radio_choice() {
  return ValueKind<RadioChoice>{"\"one channel\", \"free\" or \"wifi:INTERFACE[,ctrl=DIR]\"",
                                read_radio}
      .written([](const RadioChoice& radio) {
        if (radio.real) return Value{.is = radio.real->text()};
        const bool is_free = radio.channels == sim::Channels::free;
        return Value{.is = std::string(is_free ? "free" : "one channel")};
      });
}

RadioChoice radio_of(const board::ModuleSpec& module) { return {module.channels, module.radio}; }

void put_radio(board::ModuleSpec& module, const RadioChoice& radio) {
  module.channels = radio.channels;
  module.radio = radio.real;
}

ValueKind<serial::UartPhysics::Speed> speed() {
  return choice<serial::UartPhysics::Speed>(
      {{"fast", serial::UartPhysics::Speed::fast}, {"baud", serial::UartPhysics::Speed::baud}});
}

ValueKind<const at::Dialect*> personality() {
  std::vector<std::pair<std::string_view, const at::Dialect*>> all;
  for (const at::Dialect* dialect : commands::kPersonalities)
    all.emplace_back(dialect->name, dialect);
  return choice<const at::Dialect*>(std::move(all));
}

/// repeat_modules() has taken what is allowed.
void read_before(board::ModuleSpec& /*module*/, std::size_t /*count*/) {}

void put_subnet(AccessPoint& ap, const Subnet& subnet) {
  ap.network = subnet.network;
  ap.netmask = subnet.netmask;
}

Subnet subnet_of(const AccessPoint& ap) { return {ap.network, ap.netmask}; }

void put_address_delay(AccessPoint& ap, Duration delay) { ap.delays.address = delay; }

const Keys<AccessPoint>& dhcp_keys() {
  static const Keys<AccessPoint> keys = {
      key<AccessPoint>(
          "on", &AccessPoint::dhcp, dhcp_switch(), "true",
          "false: nobody answers who asks for an address; \"refuses\": everybody is refused one"),
      key<AccessPoint>("delay", put_address_delay, duration(0s, kLongestDelay), "(delays.address)",
                       "how long it takes to get an address; the same as delays.address"),
      key<AccessPoint>("lease", &AccessPoint::lease, duration(1s, kLongestLease), "\"24h\"",
                       "how long a station that has left finds its address again"),
      key<AccessPoint>("pool", &AccessPoint::pool, pool(), "(all of the subnet but its gateway)",
                       "the first and the last address that it gives"),
  };
  return keys;
}

const Keys<sim::OwnDelays>& own_delay_keys() {
  static const Keys<sim::OwnDelays> keys = {
      key<sim::OwnDelays>(
          "scan", &sim::OwnDelays::scan, duration(0s, kLongestDelay), "(that of the air)",
          "how long after its begin a scan sees it; one that ends earlier misses it"),
      key<sim::OwnDelays>("join", &sim::OwnDelays::associate, duration(0s, kLongestDelay),
                          "(that of the air)", "how long it takes to associate"),
      key<sim::OwnDelays>("address", &sim::OwnDelays::address, duration(0s, kLongestDelay),
                          "(that of the air)", "how long it takes to get an address"),
  };
  return keys;
}

}  // namespace

const Keys<AccessPoint>& access_point_keys() {
  static const Keys<AccessPoint> keys = {
      key<AccessPoint>("ssid", &AccessPoint::ssid, text(1, kLongestSsid), "", "its name")
          .must_be_there(),
      key<AccessPoint>(
          "password", &AccessPoint::password, secret(0, kLongestPassword), "\"\"",
          "8 to 63 bytes or 64 hexadecimal digits for wpa and wpa2; 5 or 13 bytes, or 10 or 26 "
          "hexadecimal digits, for wep; none for open and wpa2-enterprise"),
      key<AccessPoint>("security", &AccessPoint::security, security(), "\"wpa2\"",
                       "how it is protected; wpa2-enterprise refuses every join"),
      key<AccessPoint>("channel", &AccessPoint::channel, number<std::uint8_t>(1, 14), "1",
                       "its channel; 12 to 14 only where the country has them"),
      key<AccessPoint>("rssi", &AccessPoint::rssi, number<std::int8_t>(-120, 0),
                       "(by the positions, or -50)",
                       "its signal in dBm, wherever one stands; below -95 it is not heard"),
      key<AccessPoint>("position", &AccessPoint::position, position(), "(nowhere in particular)",
                       "where it stands; modules that stand somewhere hear it by their distance"),
      key<AccessPoint>("bssid", &AccessPoint::bssid, hardware_address(),
                       "(02:bf:44:00:00:NN, by its number)",
                       "its address; several access points may have one ssid, but not one bssid"),
      key<AccessPoint>("off", &AccessPoint::off, flag(), "false",
                       "true: it is switched off, so that nobody hears it"),
      key<AccessPoint>("hidden", &AccessPoint::hidden, flag(), "false",
                       "true: a scan shows its name only to those who ask for it"),
      key<AccessPoint>("silent", &AccessPoint::silent, flag(), "false",
                       "true: it is seen, but never answers a join"),
      key<AccessPoint>("wps", &AccessPoint::wps, flag(), "false",
                       "true: it has WPS, and a button for that, which an [[event]] presses"),
      key<AccessPoint>("country", &AccessPoint::country, country(), "(none)",
                       "where it stands in the law: which channels it may have"),
      key<AccessPoint>("max_stations", &AccessPoint::max_stations, number<std::uint8_t>(0, 255),
                       "(any number)", "how many may be joined at a time"),
      key<AccessPoint>(
          "subnet", put_subnet, subnet(8, 30), "(10.44.N.0/24, by its number)",
          "the network behind it; its first address is the gateway, which is this machine")
          .compared_by([](const AccessPoint& ap) { return std::pair(ap.network, ap.netmask); })
          .written_by(subnet_of, subnet(8, 30)),
      table<AccessPoint, AccessPoint>("dhcp", std::identity(), dhcp_keys(),
                                      "how it gives addresses"),
      table<AccessPoint, sim::OwnDelays>("delays", &AccessPoint::delays, own_delay_keys(),
                                         "how long things take here"),
  };
  return keys;
}

const Keys<sim::SimulatedStation>& station_keys() {
  static const Keys<sim::SimulatedStation> keys = {
      key<sim::SimulatedStation>(
          "ssid", &sim::SimulatedStation::ssid, text(1, kLongestSsid), "",
          "the softAP of a module that it joins, as soon as there is one of that name")
          .must_be_there(),
      key<sim::SimulatedStation>("password", &sim::SimulatedStation::password,
                                 secret(0, kLongestPassword), "\"\"",
                                 "what it thinks the password is"),
      key<sim::SimulatedStation>("mac", &sim::SimulatedStation::mac, hardware_address(),
                                 "(02:bf:57:00:00:NN, by its number)", "its address"),
      key<sim::SimulatedStation>("after", &sim::SimulatedStation::after,
                                 duration(0s, kLongestLease), "\"0s\"",
                                 "how long the softAP must have been there"),
      key<sim::SimulatedStation>(
          "position", &sim::SimulatedStation::position, position(), "(nowhere in particular)",
          "where it stands; it joins the nearest softAP of that name that it hears"),
  };
  return keys;
}

namespace {
const Keys<serial::UartPhysics>& fifo_keys() {
  static const Keys<serial::UartPhysics> keys = {
      key<serial::UartPhysics>("rx", &serial::UartPhysics::receive_fifo,
                               number<std::size_t>(1, 65536), "128",
                               "bytes that the UART holds for the module"),
      key<serial::UartPhysics>("tx", &serial::UartPhysics::transmit_fifo,
                               number<std::size_t>(1, 65536), "128",
                               "bytes that the UART holds for the host at a tty door"),
      key<serial::UartPhysics>(
          "host", &serial::UartPhysics::host_buffer, number<std::size_t>(1, 1048576), "4096",
          "bytes that a host at any other door may have unread, as in its kernel"),
  };
  return keys;
}

const Keys<board::TlsFiles>& tls_keys() {
  static const Keys<board::TlsFiles> keys = {
      key<board::TlsFiles>("ca", &board::TlsFiles::authorities, text(1, kLongestPath), "(none)",
                           "the certificates of those whom it trusts to sign a server's"),
      key<board::TlsFiles>("certificate", &board::TlsFiles::certificate, text(1, kLongestPath),
                           "(none)",
                           "its own certificate, and behind it those that lead to its authority"),
      key<board::TlsFiles>("key", &board::TlsFiles::key, text(1, kLongestPath), "(none)",
                           "the key of that certificate, without a password"),
  };
  return keys;
}

const Keys<board::ModuleSpec>& module_keys() {
  static const Keys<board::ModuleSpec> keys = {
      key<board::ModuleSpec>(
          "name", &board::ModuleSpec::name, module_name(), "(bfq0, bfq1, ... by its number)",
          "what it is called: in the log, and its file in the directory of --state"),
      key<board::ModuleSpec>("count", read_before, number<std::size_t>(1, kMostModules),
                             "(it is one module)",
                             "so many like it: in the texts of number i, from 0 on, {} is i, and "
                             "{9000} is 9000 + i; not for --set"),
      key<board::ModuleSpec>("personality", &board::ModuleSpec::personality, personality(),
                             "\"bfq4004\"",
                             "which firmware it behaves like; bfq4004 commands --personality P "
                             "lists the commands of each"),
      list<board::ModuleSpec>("serial", &board::ModuleSpec::doors, door(), "(pty:/tmp/NAME)",
                              "where its hosts attach, as --serial has it"),
      key<board::ModuleSpec>(
          "speed", [](board::ModuleSpec & m) -> auto& { return m.uart.speed; }, speed(), "\"fast\"",
          "fast: bytes move as they come; baud: at the rate that the UART is set to"),
      table<board::ModuleSpec, serial::UartPhysics>(
          "fifo", &board::ModuleSpec::uart, fifo_keys(),
          "how much its UART holds, at the speed of baud"),
      key<board::ModuleSpec>("boot_noise", &board::ModuleSpec::boot_noise, flag(), "false",
                             "its chip says something at 74880 baud before each start"),
      key<board::ModuleSpec>("station_mac", &board::ModuleSpec::station_mac, hardware_address(),
                             "(02:bf:40:04:00:NN, by its number)", "its address as a station"),
      key<board::ModuleSpec>("ap_mac", &board::ModuleSpec::access_point_mac, hardware_address(),
                             "(06:bf:40:04:00:NN, by its number)",
                             "its address as an access point"),
      key<board::ModuleSpec>("state", &board::ModuleSpec::remembers, remembers(), "true",
                             "false or \"none\": what it is told to store ends with the program"),
      key<board::ModuleSpec>(
          "position", &board::ModuleSpec::position, position(), "(nowhere in particular)",
          "where it stands; without it, it hears those that have one at -50 dBm"),
      key<board::ModuleSpec>(
          "radio", put_radio, radio_choice(), "\"one channel\"",
          "one channel: its softAP is where the station is joined; free: where it was set; "
          "wifi:INTERFACE: a radio of this machine, in place of the simulated air")
          .compared_by(radio_of)
          .written_by(radio_of, radio_choice()),
      map<board::ModuleSpec, sockets::Forward>(
          "forward", &board::ModuleSpec::forwards, read_forward,
          "a port of the module and a place of this machine, \"8080\" = \"0.0.0.0:18080\"",
          "ports of its server that are also reached at another place of this machine"),
      table<board::ModuleSpec, board::TlsFiles>(
          "tls", &board::ModuleSpec::tls_files, tls_keys(),
          "PEM files for AT+CIPSSLCCONF, each from the world file's directory on"),
  };
  return keys;
}

const Keys<NetDraft>& net_keys() {
  static const Keys<NetDraft> keys = {
      list<NetDraft>(
          "allow", &NetDraft::allow, policy_entry("allow"), "[]",
          "where modules may connect, and nowhere else; host.bfq.internal is this machine, "
          "and an entry within a simulated network matches nothing; empty: everywhere"),
      list<NetDraft>("deny", &NetDraft::deny, policy_entry("deny"), "[]",
                     "where they may not, whatever is allowed"),
      map<NetDraft, sockets::KnownName>("names", &NetDraft::names, read_known_name,
                                        "a name and its address, \"broker.test\" = \"127.0.0.1\"",
                                        "names that all modules know, whatever a name server says"),
      key<NetDraft>("delay", &NetDraft::delay, duration(0s, kLongestDelay),
                    "(5ms for modules at the speed of baud, 0s for others)",
                    "how long what comes from a link takes to the module, as on a real network"),
      key<NetDraft>("update_server", &NetDraft::update_server, server(), "(none)",
                    "who has a newer image for AT+CIUPDATE, at /version and /image, by HTTP"),
  };
  return keys;
}

const Keys<sim::Delays>& delay_keys() {
  static const Keys<sim::Delays> keys = {
      key<sim::Delays>("scan", &sim::Delays::scan, duration(0s, kLongestDelay), "\"500ms\"",
                       "how long a scan takes"),
      key<sim::Delays>("join", &sim::Delays::associate, duration(0s, kLongestDelay), "\"300ms\"",
                       "how long it takes to associate"),
      key<sim::Delays>("address", &sim::Delays::address, duration(0s, kLongestDelay), "\"200ms\"",
                       "how long DHCP takes"),
      key<sim::Delays>("wrong_password", &sim::Delays::reject_password, duration(0s, kLongestDelay),
                       "\"1s\"", "how long it takes until a wrong password is refused"),
  };
  return keys;
}
}  // namespace

const Keys<sim::Delays>& air_delay_keys() { return delay_keys(); }

const Keys<Draft>& air_keys() {
  static const Keys<Draft> keys = [] {
    Keys<Draft> some;
    for (const WorldKey<Draft>& key : world_keys())
      if (key.info.name == "ap" || key.info.name == "station" || key.info.name == "delays")
        some.push_back(key);
    return some;
  }();
  return keys;
}

const Keys<Draft>& world_keys() {
  static const Keys<Draft> keys = {
      key<Draft>("seed", &Draft::seed,
                 number<std::uint64_t>(0, std::numeric_limits<std::int64_t>::max()), "0",
                 "what nobody writes down follows from it, the same each time: the frequency "
                 "offset of each "
                 "access point in a scan; with 0 they are all 0"),
      tables<Draft, AccessPoint>("ap", &Draft::access_points, access_point_keys(), "ssid",
                                 "an access point, and the network behind it"),
      tables<Draft, sim::SimulatedStation>(
          "station", &Draft::stations, station_keys(), "ssid",
          "a simulated station, which joins the softAP of a module"),
      tables<Draft, board::ModuleSpec>("module", &Draft::modules, module_keys(), "name",
                                       "a module; where there is none, there is one: bfq0"),
      tables<Draft, EventDraft>("event", &Draft::events, event_keys(), "",
                                "what happens around the modules by itself, and when; each event "
                                "is of one kind"),
      tables<Draft, FaultSpec>("fault", &Draft::faults, fault_keys(), "",
                               "something that goes wrong; docs/control.md tells what each does"),
      table<Draft, NetDraft>("net", &Draft::net, net_keys(),
                             "what the modules may reach of the real network"),
      table<Draft, sim::Delays>("delays", &Draft::delays, delay_keys(),
                                "how long things take in the air"),
  };
  return keys;
}
}  // namespace bfq::world

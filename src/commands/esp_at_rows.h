#pragma once
#include "commands/address.h"
#include "commands/basic.h"
#include "commands/esp8266.h"
#include "commands/esp_at.h"
#include "commands/esp_at_links.h"
#include "commands/hardware.h"
#include "commands/receiving.h"
#include "commands/server.h"
#include "commands/services.h"
#include "commands/tcpip.h"
#include "commands/wifi.h"

/// Rows of the personality `esp-at-2` that differ from those of `bfq4004` in what they take or
/// print, in whether that is stored, or in where it is known from.
namespace bfq::commands::esp_at {

/// The same command, whose set form stores where AT+SYSSTORE says so.
consteval Command stored_as_chosen(const Command& command) {
  Command c = command;
  c.keep = Keep::as_chosen;
  c.shows = Keep::until_reset;
  return c;
}

// The chip ----------------------------------------------------------------------------------------

inline constexpr Fact kEchoFacts[] = {
    {Origin::observed, "E3, E8", "Each byte is sent back once, LF too."},
    {Origin::ours, "personalities 1.2.1", "ATE without a digit is refused."},
};
inline constexpr Command kEcho = [] {
  Command c = commands::kEcho;
  c.execute = {};
  c.facts = kEchoFacts;
  return c;
}();

inline constexpr Fact kShowVersionFacts[] = {
    {Origin::observed, "E1, E15", "Four lines, and an empty one before OK."},
    {Origin::ours, "personalities 2.2.1", "The versions are those of 2.2.1; the date is our own."},
};
inline constexpr Command kShowVersion = [] {
  Command c = commands::kShowVersion;
  c.execute.reply =
      "AT version:<version>; SDK version:<version>; compile time(46d6c26):<date>; Bin "
      "version:<version>";
  c.execute.spacing = Spacing::blank_line;
  c.facts = kShowVersionFacts;
  return c;
}();

inline constexpr Fact kRestoreFacts[] = {
    {Origin::observed, "T38", "CLOSED for each link in front of OK, highest number first."},
    {Origin::ours, "personalities 2.2.5", "All stored parameters are the factory's again."},
    {Origin::ours, "dialect 0.4.26", "Where flash cannot be written: ERROR, and no restart."},
};
inline constexpr Command kRestore = [] {
  Command c = commands::kRestore;
  c.execute = {restore_and_close, "[<link ID>,]{closed} *"};
  c.facts = kRestoreFacts;
  return c;
}();

inline constexpr Param kUartParams[] = {
    param<&UartFormat::baud>("baudrate", ranges::kWidestBaudRate, "bits per second"),
    commands::kUartParams[1],
    commands::kUartParams[2],
    commands::kUartParams[3],
    commands::kUartParams[4],
};
inline constexpr Fact kUartFacts[] = {
    {Origin::ours, "personalities 2.2.6",
     "80 to 5000000 baud; AT+UART and AT+UART_DEF always store."},
    {Origin::observed, "T44", "_CUR shows the rate that is achieved: 115273 for 115200."},
    {Origin::ours, "dialect 3.1.2",
     "OK comes at the old setting; the line switches when all output has left."},
};
inline constexpr Command kUart = [] {
  Command c = commands::kUart;
  c.set = set<&set_uart>(kUartParams);
  c.facts = kUartFacts;
  return c;
}();
inline constexpr Command kUartCurrent =
    kUart.named("+UART_CUR", Keep::until_reset, commands::kUartCurrent.summary);
inline constexpr Command kUartDefault =
    kUart.named("+UART_DEF", Keep::in_flash, commands::kUartDefault.summary);

inline constexpr Fact kMemoryFacts[] = {
    {Origin::ours, "personalities 2.2.7", "What is free now, and the least that ever was."},
    {Origin::ours, "dialect 0.4.13",
     "The bytes that the module's pools really have free: fewer while links are open or bytes "
     "wait."},
};
inline constexpr Command kMemory = [] {
  Command c = commands::kShowFreeMemory;
  c.query = {show_memory, "{}:<remain RAM size>,<least RAM size>"};
  c.facts = kMemoryFacts;
  return c;
}();

inline constexpr Param kDeepSleepParams[] = {
    param<&DeepSleepArgs::time_ms>("time", between(0, 10'800'000),
                                   "how long, in ms; 0: until the reset line wakes it"),
};
inline constexpr Fact kDeepSleepFacts[] = {
    {Origin::ours, "personalities 2.2.8", "Three hours at most; with 0 until somebody resets it."},
    {Origin::ours, "dialect 4.1.2",
     "Nothing follows OK; links and the association end, and what is typed meanwhile is lost."},
};
inline constexpr Command kDeepSleep = [] {
  Command c = commands::kDeepSleep;
  c.set = set<&sleep_deeply>(kDeepSleepParams).answering("<time>");
  c.facts = kDeepSleepFacts;
  return c;
}();

inline constexpr Param kSleepParams[] = {
    param<&SleepNumberArgs::number>("sleep mode", between(0, 3),
                                    "0, the default: none; 1 and 3: modem sleep; 2: light sleep"),
};
inline constexpr Fact kSleepFacts[] = {
    {Origin::ours, "personalities 2.2.9",
     "1 to 3 in station mode alone; the query never says 2: behind 2 it says 3."},
    {Origin::ours, "personalities 2.2.10",
     "Nothing else can be seen of it: no pin wakes this firmware."},
};
inline constexpr Command kSleep = [] {
  Command c = commands::kSleep;
  c.needs = "station mode alone, to set another than 0";
  c.query = {show_sleep_number, "{}:<sleep mode>"};
  c.set = set<&set_sleep_number>(kSleepParams);
  c.facts = kSleepFacts;
  return c;
}();

inline constexpr Param kPowerParams[] = {
    param<&PowerArgs::quarter_dbm>("wifi_power", between(40, radio::kMostPower),
                                   "in quarters of dBm"),
};
inline constexpr Fact kPowerFacts[] = {
    {Origin::ours, "personalities 2.2.11",
     "The query shows the step that is used: 32, 48, 56, 64, 68, 74, 78 or 82; 78 at first."},
    {Origin::ours, "dialect 4.1.9", "The module's softAP is heard as much weaker as that is less."},
};
inline constexpr Command kPower = [] {
  Command c = commands::kPower;
  c.query = {show_power_step, "{}:<power step>"};
  c.set = set<&set_power>(kPowerParams);
  c.facts = kPowerFacts;
  return c;
}();

inline constexpr Param kMessageParams[] = {
    param<&MessageArgs::bits>("state", ranges::kMoreMessages,
                              "bit 0: +QUITT at the end of transparent transmission; bit 1: "
                              "+LINK_CONN instead of CONNECT; bit 2: lines of the station and of "
                              "links come during transparent transmission, too"),
};
inline constexpr Fact kMessageFacts[] = {
    {Origin::observed, "E2, E9",
     "+LINK_CONN:<0 or 1: failed>,<link>,\"<type>\",<1: of the server>,\"<IP>\",<port>,<own "
     "port>."},
    {Origin::ours, "personalities 2.2.12",
     "0 at first; outside transparent transmission it silences "
     "no line."},
};
inline constexpr Command kMessages = [] {
  Command c = stored_as_chosen(commands::kMessages);
  c.query = {show_messages, "{}:<state>"};
  c.set = set<&set_messages>(kMessageParams);
  c.facts = kMessageFacts;
  c.summary = "Choose how connections and the end of passthrough are reported";
  return c;
}();

// The radio ---------------------------------------------------------------------------------------

inline constexpr Param kModeParams[] = {
    param<&ModeAndJoinArgs::mode>("mode", ranges::kWifiModeOrOff,
                                  "0 off, 1 station, 2 softAP, 3 both"),
    param<&ModeAndJoinArgs::joins>("auto_connect", between(0, 1),
                                   "1, the default: a station that comes joins the network that it "
                                   "knows; 0: it does not"),
};
inline constexpr Fact kModeFacts[] = {
    {Origin::ours, "personalities 2.3.9", "0 switches the radio off: no scan, no join."},
    {Origin::ours, "personalities 5.1.1", "The factory mode is 1."},
    {Origin::ours, "dialect 0.4.6",
     "Leaving station mode prints OK, WIFI DISCONNECT, then CLOSED for each link."},
};
inline constexpr Command kMode = [] {
  Command c = stored_as_chosen(commands::kMode);
  c.summary = "Choose station, softAP, both or none";
  c.test = TestForm::absent;
  c.query = {show_mode, "{}:<mode>"};
  c.set = set<&set_mode_and_join>(kModeParams);
  c.facts = kModeFacts;
  return c;
}();

inline constexpr Param kJoinParams[] = {
    param<&JoinWithOptionsArgs::ssid>("ssid", ranges::kSsid,
                                      "the network's name; that which is known when left out"),
    param<&JoinWithOptionsArgs::password>("pwd", ranges::kPassword,
                                          "its passphrase; empty for an open network")
        .masked(),
    param<&JoinWithOptionsArgs::bssid>("bssid", "join this access point and no other"),
    param<&JoinWithOptionsArgs::only_protected>("pci_en", between(0, 1),
                                                "1: refuse open and WEP networks"),
    param<&JoinWithOptionsArgs::rejoin_s>("reconn_interval", ranges::kRejoinSeconds,
                                          "seconds between attempts to come back; 1 when left "
                                          "out, 0: none"),
    param<&JoinWithOptionsArgs::listen_interval>("listen_interval", ranges::kListenInterval,
                                                 "in beacons; 3 when left out"),
    param<&JoinWithOptionsArgs::scan_mode>("scan_mode", ranges::kScanMode,
                                           "0: the strongest access point; 1: the first"),
    param<&JoinWithOptionsArgs::timeout_s>("jap_timeout", ranges::kJoinSeconds,
                                           "seconds; 15 when left out"),
    param<&JoinWithOptionsArgs::management_protection>("pmf", ranges::kManagementProtection,
                                                       "of management frames; 1 when left out"),
};
inline constexpr Fact kJoinFacts[] = {
    {Origin::observed, "E6", "WIFI CONNECTED, WIFI GOT IP and then OK; a join again leaves first."},
    {Origin::observed, "E13", "A failure prints its number and then ERROR."},
    {Origin::observed, "E3", "The query has nine fields; not joined: No AP."},
    {Origin::ours, "personalities 2.3.10",
     "Without a name, and in the execute form, the network that is known; without one, ERROR."},
    {Origin::ours, "personalities 2.3.11",
     "After a failure the station goes on trying unless reconn_interval is 0."},
    {Origin::ours, "personalities 2.3.12",
     "Listen interval, scan mode and pmf are kept and shown; the simulated air knows none of "
     "them."},
};
inline constexpr Command kJoin = [] {
  Command c = stored_as_chosen(commands::kJoin);
  c.summary = "Join an access point";
  c.query.reply =
      "{}:\"<ssid>\",\"<bssid>\",<channel>,<rssi>,<pci_en>,<reconn_interval>,<listen_interval>,"
      "<scan_mode>,<pmf> | {no_access_point}";
  c.set = set<&join_with_options>(kJoinParams).answering("{wifi_connected}; {wifi_got_ip}");
  c.execute = {join_known, "{wifi_connected}; {wifi_got_ip}"};
  c.facts = kJoinFacts;
  return c;
}();

inline constexpr Fact kLeaveFacts[] = {
    {Origin::observed, "E12", "WIFI DISCONNECT comes before OK."},
    {Origin::ours, "dialect 0.4.6", "The station's links close, CLOSED for each, before OK."},
    {Origin::ours, "personalities 2.3.13", "It ends attempts to come back, too."},
};
inline constexpr Command kLeave = [] {
  Command c = commands::kLeave;
  c.execute = {leave_first};
  c.facts = kLeaveFacts;
  return c;
}();

inline constexpr Fact kScanFacts[] = {
    {Origin::observed, "E6, E16", "Eleven fields; freq_offset and freq_cali are -1."},
    {Origin::ours, "dialect 3.2.5",
     "A hidden network has the name \"\"; a scan that finds nothing answers OK alone."},
    {Origin::ours, "limits", "Of more than 64 access points the strongest are shown."},
};
inline constexpr Command kScan = commands::kScan.known_from(kScanFacts);

inline constexpr Param kScanOptionParams[] = {
    commands::kScanOptionParams[0],
    commands::kScanOptionParams[1],
    param<&ScanOptionArgs::weakest>("rssi filter", between(-100, 40),
                                    "weaker access points are left out; -100 when left out"),
    param<&ScanOptionArgs::securities>("authmode mask", between(0, 0xFFFF),
                                       "bit n: access points with <ecn> n are shown; all when left "
                                       "out"),
};
inline constexpr Fact kScanOptionFacts[] = {
    {Origin::observed, "E12", "With a mask of 31 the first five fields."},
    {Origin::ours, "personalities 2.3.14", "The mask may be written as 0x7FF."},
};
inline constexpr Command kScanOptions = [] {
  Command c = commands::kScanOptions;
  c.set = set<&set_scan_options>(kScanOptionParams);
  c.facts = kScanOptionFacts;
  return c;
}();

inline constexpr Param kSoftApParams[] = {
    commands::kSoftApParams[0],
    commands::kSoftApParams[1],
    commands::kSoftApParams[2],
    commands::kSoftApParams[3],
    param<&SoftApArgs::max_stations>("max conn", ranges::kMoreSoftApStations,
                                     "most stations; 4 when left out; it takes 8 at most"),
    commands::kSoftApParams[5],
};
inline constexpr Fact kSoftApFacts[] = {
    {Origin::ours, "personalities 2.3.15", "\"ESP_ and six digits\",\"\",1,0,4,0 at first."},
    {Origin::ours, "dialect 3.2.6",
     "A passphrase shorter than 8 bytes is refused unless the network is open."},
    {Origin::ours, "dialect 3.2.7", "The softAP restarts, and its stations get +STA_DISCONNECTED."},
};
inline constexpr Command kSoftAp = [] {
  Command c = stored_as_chosen(commands::kSoftAp);
  c.summary = "Configure the softAP";
  c.set = set<&set_soft_ap>(kSoftApParams);
  c.facts = kSoftApFacts;
  return c;
}();

inline constexpr Fact kStationListFacts[] = {
    {Origin::ours, "personalities 2.3.16", "A line for each station, with the command's name."},
};
inline constexpr Command kStationList = [] {
  Command c = commands::kStationList;
  c.execute = {list_stations, "{station_of_soft_ap}<ip>,<mac> *"};
  c.facts = kStationListFacts;
  return c;
}();

inline constexpr Param kDhcpParams[] = {
    param<&DhcpBitsArgs::enable>("operate", between(0, 1), "1 on, 0 off"),
    param<&DhcpBitsArgs::bits>("mode", between(1, 3), "bit 0 station, bit 1 softAP"),
};
inline constexpr Fact kDhcpFacts[] = {
    {Origin::ours, "personalities 2.3.17",
     "In every mode; the query is one number: bit 0 station, bit 1 softAP; 3 at first."},
    {Origin::ours, "personalities 5.1.2", "What is switched comes behind on or off."},
};
inline constexpr Command kDhcp = [] {
  Command c = stored_as_chosen(commands::kDhcp);
  c.summary = "Turn DHCP on or off";
  c.query = {show_dhcp, "{}:<bits>"};
  c.set = set<&set_dhcp_bits>(kDhcpParams);
  c.facts = kDhcpFacts;
  return c;
}();

inline constexpr Fact kPoolFacts[] = {
    {Origin::ours, "personalities 2.3.18", "A colon stands in the reply, as on hardware."},
    {Origin::ours, "dialect 3.2.10",
     "Start and end lie in the softAP's network, start not behind end, else ERROR."},
};
inline constexpr Command kPool = [] {
  Command c = stored_as_chosen(commands::kPool).known_from(kPoolFacts);
  c.summary = "Choose the addresses that the softAP gives";
  return c;
}();

inline constexpr Fact kHostNameFacts[] = {
    {Origin::ours, "personalities 2.3.19", "espressif at first; 32 bytes at most; not stored."},
    {Origin::manual, "AT+CWHOSTNAME 2020", "Without a station the query shows <null>."},
};
inline constexpr Command kHostName = commands::kHostName.known_from(kHostNameFacts);

inline constexpr Fact kCountryFacts[] = {
    {Origin::ours, "personalities 2.3.20", "It is never stored."},
    {Origin::ours, "dialect 4.2.7, 4.2.8",
     "0,\"CN\",1,13 at first; scans, joins and the softAP use these channels alone."},
};
inline constexpr Command kCountry = [] {
  Command c = commands::kCountry.known_from(kCountryFacts);
  c.keep = Keep::until_reset;
  c.summary = "Choose the country and its channels, until the next reset";
  return c;
}();

inline constexpr Param kPairingParams[] = {
    commands::kPairingParams[0],
    param<&PairingArgs::weakest>("auth floor", between(0, 7), "the weakest security"),
};
inline constexpr Fact kPairingFacts[] = {
    {Origin::ours, "dialect 4.2.4",
     "Where it succeeds: `wps success,connecting ap ...`, then WIFI CONNECTED and WIFI GOT IP."},
    {Origin::ours, "personalities 2.3.21", "The floor is not looked at."},
};
inline constexpr Command kPairing = [] {
  Command c = commands::kPairing;
  c.set = set<&pair>(kPairingParams);
  c.facts = kPairingFacts;
  return c;
}();

inline constexpr Param kSmartConfigParams[] = {
    commands::kSmartConfigParams[0],
    param<&SmartConfigArgs::weakest>("auth floor", between(0, 7), "not looked at"),
};
inline constexpr Fact kSmartConfigFacts[] = {
    {Origin::observed, "E8", "Smart get wifi info, in lines as those of AT 1.7."},
    commands::kSmartConfigFacts[0],
    commands::kSmartConfigFacts[2],
};
inline constexpr Command kStartSmartConfig = [] {
  Command c = commands::kStartSmartConfig;
  c.set = set<&start_smart_config>(kSmartConfigParams);
  c.facts = kSmartConfigFacts;
  return c;
}();

inline constexpr Fact kMdnsFacts[] = {
    {Origin::ours, "personalities 2.3.22", "Without an address ERROR alone."},
    commands::kMdnsFacts[1],
};
inline constexpr Command kMdns = commands::kMdns.known_from(kMdnsFacts);
}  // namespace bfq::commands::esp_at

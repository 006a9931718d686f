#pragma once
#include <cstdint>
#include <optional>
#include <variant>

#include "base/described.h"
#include "base/ipv4.h"
#include "base/mac.h"
#include "base/text.h"
#include "ports/ticket.h"

/// What the module asks of a radio, and what a radio tells the module.
///
///            Join                  Joined
///   idle ------------> joining --------------> joined
///    ^                    |                       |
///    |  JoinFailed, Leave |      Lost, Leave      |
///    +--------------------+<----------------------+
///
/// A radio answers every Join with exactly one Joined or JoinFailed, unless a Leave or another Join
/// comes first; and every Scan with any number of Found and then one ScanDone. A radio that never
/// answers is given up on by the module, with a Leave. After a Leave nothing more is said of what
/// it ended. A Pair is answered by at most one Paired or PairFailed, unless a Leave, a Join or
/// another Pair comes first; likewise an AwaitPhone, by at most one PhoneTold. Between Joined and
/// Lost, Signal tells of a signal that is another one than was told last.
///
/// As an access point: between StartAccessPoint and StopAccessPoint, each station that gets in is
/// told of by one StationJoined, then, if it is given an address, by one StationAddressed, and in
/// the end by one StationLeft. Another address of its own (lease::ServeAddresses) ends the stay of
/// all. A StartAccessPoint while one is running ends the old one, with all its stations and without
/// a StationLeft for them; so does StopAccessPoint.
namespace bfq::radio {

/// Security of a network; the numbers are those that the host sees as <ecn>.
enum class Security : std::uint8_t {
  open = 0,
  wep = 1,
  wpa = 2,
  wpa2 = 3,
  wpa_wpa2 = 4,
  enterprise = 5,
  last = enterprise
};

/// Ciphers as the host sees them in +CWLAP.
enum class Cipher : std::uint8_t {
  none = 0,
  wep40 = 1,
  wep104 = 2,
  tkip = 3,
  ccmp = 4,
  tkip_ccmp = 5,
  unknown = 6,
  last = unknown
};

/// The channels that may be used.
struct ChannelRange {
  std::uint8_t first = 1;
  std::uint8_t count = 14;
  static constexpr auto kDescription = describe("radio::ChannelRange", "first", "count");
  constexpr bool holds(std::uint8_t channel) const {
    return channel >= first && channel < first + count;
  }
};

/// Asks to associate with a network. The strongest access point that fits is taken.
struct Join {
  Ticket ticket{};
  Text<32> ssid{};
  Text<64> password{};  ///< empty for an open network
  std::optional<MacAddress> bssid{};
  /// 1: refuse open and WEP networks (the manual's pci_en).
  std::optional<std::uint8_t> only_protected{};
  ChannelRange channels{};
  static constexpr auto kDescription = describe("radio::Join", "ticket", "ssid", secret("password"),
                                                "bssid", "only_protected", "channels");
};

/// Asks for the name and password of the access point whose WPS button is pressed, now or later.
struct Pair {
  Ticket ticket{};
  ChannelRange channels{};
  static constexpr auto kDescription = describe("radio::Pair", "ticket", "channels");
};

/// How a phone tells a module the network to join (SmartConfig).
enum class PhoneMethod : std::uint8_t { esptouch, airkiss, last = airkiss };

/// Asks for what a phone sends by one of these methods, now or later.
struct AwaitPhone {
  Ticket ticket{};
  std::uint8_t methods = 0;  ///< bit n: the n-th PhoneMethod, as in AT+CWSTARTSMART
  ChannelRange channels{};
  static constexpr auto kDescription =
      describe("radio::AwaitPhone", "ticket", "methods", "channels");
};

/// The addresses that the radio has from the next Join, AwaitPhone, Pair or StartAccessPoint on.
/// Not answered; after the power came they are those that are burnt in.
struct SetAddresses {
  MacAddress station{}, access_point{};
  static constexpr auto kDescription = describe("radio::SetAddresses", "station", "access_point");
};

/// The country whose rules for channels and power the radio keeps from now on: its two letters, or
/// empty for those that it keeps when nobody says. Not answered; after the power came it is empty.
struct SetCountry {
  Text<3> code{};
  static constexpr auto kDescription = describe("radio::SetCountry", "code");
};

/// Ends an association, or an attempt at one or at a pairing. Not answered.
struct Leave {
  static constexpr auto kDescription = describe("radio::Leave");
};

/// How access points are looked for: by asking, or by listening for beacons.
enum class ScanType : std::uint8_t { active = 0, passive = 1, last = passive };

/// Asks for the access points in range, all of them or those that fit.
struct Scan {
  Ticket ticket{};
  std::optional<Text<32>> ssid{};
  std::optional<MacAddress> bssid{};
  std::optional<std::uint8_t> channel{};
  std::optional<ScanType> type{};
  std::optional<std::uint16_t> shortest_ms{};  ///< time for each channel
  std::optional<std::uint16_t> longest_ms{};
  ChannelRange channels{};
  static constexpr auto kDescription = describe("radio::Scan", "ticket", "ssid", "bssid", "channel",
                                                "type", "shortest_ms", "longest_ms", "channels");
};

/// One access point as a scan sees it.
struct ScanResult {
  Text<32> ssid{};  ///< empty when hidden
  MacAddress bssid{};
  Security security = Security::open;
  std::int8_t rssi = 0;  ///< dBm
  std::uint8_t channel = 0;
  std::int16_t frequency_offset = 0;
  std::int16_t frequency_calibration = 0;
  Cipher pairwise = Cipher::none;
  Cipher group = Cipher::none;
  std::uint8_t standards = 7;  ///< bit 0 802.11b, bit 1 g, bit 2 n
  bool wps = false;
  static constexpr auto kDescription = describe(
      "radio::ScanResult", "ssid", "bssid", "security", "rssi", "channel", "frequency_offset",
      "frequency_calibration", "pairwise", "group", "standards", "wps");
};

/// Opens a network of our own; lease::ServeAddresses follows.
struct StartAccessPoint {
  Text<32> ssid{};
  Text<64> password{};
  Security security = Security::open;
  std::uint8_t channel = 1;
  std::uint8_t max_stations = 4;
  bool hidden = false;
  static constexpr auto kDescription =
      describe("radio::StartAccessPoint", "ssid", secret("password"), "security", "channel",
               "max_stations", "hidden");
};

/// Ends our own network, and the stay of all its stations. Not answered.
struct StopAccessPoint {
  static constexpr auto kDescription = describe("radio::StopAccessPoint");
};

/// Sends a station of our own network away: its StationLeft follows.
struct Expel {
  MacAddress mac{};
  static constexpr auto kDescription = describe("radio::Expel", "mac");
};

/// How strongly the radio sends from now on. Not answered; after the power came it is the most.
struct SetPower {
  std::uint8_t quarter_dbm = 0;
  static constexpr auto kDescription = describe("radio::SetPower", "quarter_dbm");
};
inline constexpr std::uint8_t kMostPower = 82;  ///< quarters of dBm

/// A station has associated with our own network.
struct StationJoined {
  MacAddress mac{};
  static constexpr auto kDescription = describe("radio::StationJoined", "mac");
};

/// That station was given this address by our DHCP server.
struct StationAddressed {
  MacAddress mac{};
  Ipv4 address{};
  static constexpr auto kDescription = describe("radio::StationAddressed", "mac", "address");
};

/// That station is gone; its address may be given to another.
struct StationLeft {
  MacAddress mac{};
  static constexpr auto kDescription = describe("radio::StationLeft", "mac");
};

/// That Join succeeded: the access point, its channel, and its signal in dBm.
struct Joined {
  Ticket ticket{};
  MacAddress bssid{};
  std::uint8_t channel = 0;
  std::int8_t rssi = 0;
  static constexpr auto kDescription =
      describe("radio::Joined", "ticket", "bssid", "channel", "rssi");
};

/// The numbers are those that the host sees after "+CWJAP_CUR:".
enum class JoinFailure : std::uint8_t {
  timed_out = 1,
  wrong_password = 2,
  no_such_network = 3,
  refused = 4,
  last = refused
};

/// That Join came to nothing; nothing is joined.
struct JoinFailed {
  Ticket ticket{};
  JoinFailure why{};
  static constexpr auto kDescription = describe("radio::JoinFailed", "ticket", "why");
};

/// That Pair succeeded: the network to join.
struct Paired {
  Ticket ticket{};
  Text<32> ssid{};
  Text<64> password{};
  MacAddress bssid{};
  static constexpr auto kDescription =
      describe("radio::Paired", "ticket", "ssid", secret("password"), "bssid");
};

/// That Pair came to nothing.
struct PairFailed {
  Ticket ticket{};
  static constexpr auto kDescription = describe("radio::PairFailed", "ticket");
};

/// That AwaitPhone succeeded: the network to join, and how that was sent.
struct PhoneTold {
  Ticket ticket{};
  PhoneMethod method{};
  Text<32> ssid{};
  Text<64> password{};
  static constexpr auto kDescription =
      describe("radio::PhoneTold", "ticket", "method", "ssid", secret("password"));
};

/// The association that `ticket` asked for is gone, and nobody asked for that.
struct Lost {
  Ticket ticket{};
  static constexpr auto kDescription = describe("radio::Lost", "ticket");
};

/// The access point of that association is heard like this from now on.
struct Signal {
  Ticket ticket{};
  std::uint8_t channel = 0;
  std::int8_t rssi = 0;  ///< dBm
  static constexpr auto kDescription = describe("radio::Signal", "ticket", "channel", "rssi");
};

/// That Scan has found one access point.
struct Found {
  Ticket ticket{};
  ScanResult access_point{};
  static constexpr auto kDescription = describe("radio::Found", "ticket", "access_point");
};

/// That Scan is over. Where it failed, what was found so far does not count.
struct ScanDone {
  Ticket ticket{};
  bool succeeded = true;
  static constexpr auto kDescription = describe("radio::ScanDone", "ticket", "succeeded");
};

/// All that the module asks of a radio.
using Request = std::variant<Join, Leave, Scan, StartAccessPoint, StopAccessPoint, Pair, SetPower,
                             Expel, AwaitPhone, SetAddresses, SetCountry>;

/// All that a radio tells the module.
using Event = std::variant<Joined, JoinFailed, Lost, Signal, Found, ScanDone, StationJoined,
                           StationAddressed, StationLeft, Paired, PairFailed, PhoneTold>;
}  // namespace bfq::radio

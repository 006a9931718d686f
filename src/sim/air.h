#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ipv4.h"
#include "base/mac.h"
#include "base/time.h"
#include "base/variants.h"
#include "ports/pins.h"
#include "ports/radio.h"

/// What is in the air, as plain values: what a world file says. Medium is where they live.
namespace bfq::sim {

/// A place in the plane, in metres.
struct Position {
  double x = 0, y = 0;
  bool operator==(const Position&) const = default;
};

/// What becomes of who asks the LAN's DHCP server for an address. Who is not answered gives up by
/// itself.
enum class Dhcp : std::uint8_t { answers, is_silent, refuses };

/// Addresses to give, both ends included.
struct Pool {
  Ipv4 first{}, last{};
  bool operator==(const Pool&) const = default;
};

/// Whether a module's radio has to be on one channel, as a station and as an access point, as on
/// hardware.
enum class Channels : std::uint8_t { one, free };

/// How long things take at one access point, where it isn't what they take in the air.
struct OwnDelays {
  std::optional<Duration> scan{};  ///< from the begin of a scan; one that ends earlier misses it
  std::optional<Duration> associate{};
  std::optional<Duration> address{};
  bool operator==(const OwnDelays&) const = default;
};

/// One network in the air, and the LAN behind it. Its bssid is what it is known by.
struct AccessPoint {
  std::string ssid{}, password{};
  radio::Security security = radio::Security::wpa2;
  std::uint8_t channel = 1;
  std::optional<std::int8_t> rssi{};  ///< dBm, wherever one stands; without it the positions decide
  MacAddress bssid{};
  bool off = false;     ///< is switched off: nobody hears it
  bool hidden = false;  ///< its name is seen only by those who ask for it
  bool silent = false;  ///< is seen, but never answers a join
  bool wps = false;
  std::string country{};
  std::optional<Position> position{};
  std::optional<std::uint8_t> max_stations{};
  std::int16_t frequency_offset = 0;  ///< of its crystal, as a scan shows it
  std::uint8_t weakened = 0;          ///< by how many dB less than its power it sends

  Ipv4 network{};  ///< the LAN's lowest address
  Ipv4 netmask{255, 255, 255, 0};
  Ipv4 gateway{};  ///< none: the LAN's first address
  Dhcp dhcp = Dhcp::answers;
  std::optional<Pool> pool{};  ///< none: every address of the LAN but the gateway
  Duration lease = 24h;
  OwnDelays delays{};
  bool operator==(const AccessPoint&) const = default;
};

/// A simulated station: it joins the softAP of that name, the strongest that it hears, `after` so
/// long a time as that is there, asks for an address, and stays. Its MAC address is what it is
/// known by.
struct SimulatedStation {
  std::string ssid{}, password{};
  MacAddress mac{};
  Duration after{};
  std::optional<Position> position{};
  bool operator==(const SimulatedStation&) const = default;
};

/// Where a module stands; it is known by the MAC address of its station.
struct ModulePosition {
  MacAddress station{};
  Position position{};
  bool operator==(const ModulePosition&) const = default;
};

// Fidelity (our decision, dialect 10.2): A scan takes 0.5 s, an association 0.3 s, an address 0.2
// s, a wrong password 1 s; a real module takes longer.

/// How long things take in the air.
struct Delays {
  Duration scan = 500ms;
  Duration associate = 300ms;
  Duration address = 200ms;
  Duration reject_password = 1s;
  bool operator==(const Delays&) const = default;
};

/// What all modules share, but for their own radios. Each access point has a bssid and each station
/// a MAC address that no other one has.
struct Air {
  std::vector<AccessPoint> access_points{};
  std::vector<SimulatedStation> stations{};
  std::vector<ModulePosition> modules{};
  Delays delays{};
  bool operator==(const Air&) const = default;
};

/// The six access points that a module finds where nobody says otherwise; networks 10.44.1.0/24 to
/// 10.44.6.0/24.
Air default_air();

/// Adds an access point, with a bssid and a network of its own where it has none.
AccessPoint& add_access_point(Air&, AccessPoint);

/// Adds a station, with a MAC address of its own where it has none.
SimulatedStation& add_station(Air&, SimulatedStation);

/// Gives a bssid and a network to the access points that have none, and a MAC address to the
/// stations. Who was in `before` under the same name keeps what it had there, where nobody else
/// asks for it now, so that a line more in a file changes nothing about the others.
void complete(Air&, const Air& before);

/// The access point with that address, or nullptr when it isn't in the air.
const AccessPoint* find_access_point(const Air&, MacAddress bssid);

/// True for access points of the air that lead to the same LAN: they have one name and one network.
bool share_lan(const AccessPoint&, const AccessPoint&);

/// The first access point of the same LAN, which stands for it, or nullptr when the one with that
/// address isn't in the air: a module's own has a LAN of its own.
const AccessPoint* head_of_lan(const Air&, MacAddress bssid);

/// Whether `key` opens what is protected with `wanted`. Keys in hexadecimal compare as keys, and a
/// WEP key as text is the same as in hexadecimal. An open network takes anything.
bool is_same_key(radio::Security, std::string_view key, std::string_view wanted);

/// The gateway of its LAN, and the addresses that it gives.
Ipv4 gateway_of(const AccessPoint&);
Pool pool_of(const AccessPoint&);

// Signal ------------------------------------------------------------------------------------------

/// What a radio cannot hear: dBm below this.
constexpr int kSensitivity = -95;

/// The signal over that distance, in dBm.
int signal_at(Position from, Position to);

/// How strong `ap` is for who stands at `listener`: its own rssi, or what the positions make of it,
/// -50 where one of them has none; less by as much as it is weakened. One that is off has the least
/// that there is.
int signal_of(const AccessPoint& ap, std::optional<Position> listener);

// Changes -----------------------------------------------------------------------------------------

/// Puts an access point into the air, or into the place of the one with its bssid.
struct PutAccessPoint {
  AccessPoint access_point{};
};

/// Takes the access point with that bssid out of the air.
struct RemoveAccessPoint {
  MacAddress bssid{};
};
/// Puts a station into the air, or into the place of the one with its MAC address.
struct PutStation {
  SimulatedStation station{};
};

/// Takes the station with that MAC address out of the air.
struct RemoveStation {
  MacAddress mac{};
};
/// Puts a module somewhere, or nowhere in particular.
struct MoveModule {
  MacAddress station{};
  std::optional<Position> to{};
};

/// How long scans, joins and leases take from now on.
struct SetDelays {
  Delays delays{};
};

/// All that can become of the air as a value.
using AirChange = std::variant<PutAccessPoint, RemoveAccessPoint, PutStation, RemoveStation,
                               MoveModule, SetDelays>;

/// What is attached to a pin of the module with that station holds it so.
struct SetPin {
  MacAddress station{};
  std::uint8_t pin = 0;  ///< less than pins::kPins
  pins::Level level{};
};

/// The analog input of the module with that station reads so.
struct SetAnalogInput {
  MacAddress station{};
  std::uint16_t value = 0;  ///< at most pins::kMostMeasured
};

/// Somebody presses the WPS button of that access point.
struct PressButton {
  MacAddress bssid{};
};

/// Somebody's phone sends what is needed to join a network, and goes on for a minute (SmartConfig).
struct PhoneSends {
  radio::PhoneMethod method{};
  std::string ssid{}, password{};
};

/// All that can happen to one module, or because of one thing in the air, and leaves the air as it
/// is. A new kind is an alternative here, a row in Medium::apply(), and one wherever it is given:
/// daemon/world/events.cpp, and the lines of transcripts.
using Happening = std::variant<SetPin, SetAnalogInput, PressButton, PhoneSends>;

/// All that can change in the world; Medium::apply() makes it so.
using Change = Concatenated<AirChange, Happening>;

/// What makes `to` of `from`, and leaves alone what is the same in both: of each kind, first what
/// goes, then what comes. Their order isn't made the same: what is added stands last.
std::vector<Change> difference(const Air& from, const Air& to);

/// Makes the change in the value alone, without anybody who would notice.
void change(Air&, const Change&);

}  // namespace bfq::sim

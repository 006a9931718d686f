#pragma once
#include <optional>

#include "at/command.h"
#include "ports/radio.h"
#include "settings/ranges.h"

/// The manual's chapter 3: the radio. A command that can be stored has three names: _CUR lasts
/// until the next reset, _DEF is stored as well, and the bare name is _DEF when it sets and _CUR
/// when it asks (dialect 3.2).
namespace bfq {
enum class WifiMode : std::uint8_t;
}
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Refusal needs_station(const Chip&);
Refusal needs_soft_ap(const Chip&);

// Mode --------------------------------------------------------------------------------------------

/// Arguments of AT+CWMODE.
struct ModeArgs {
  WifiMode mode{};
};
Answer show_mode(Chip&);
Answer set_mode(Chip&, const ModeArgs&);

inline constexpr Param kModeParams[] = {
    param<&ModeArgs::mode>("mode", ranges::kWifiMode, "1 station, 2 softAP, 3 both"),
};
inline constexpr Fact kModeFacts[] = {
    {Origin::observed, "T8", "The test form prints the range: (1-3)."},
    {Origin::ours, "dialect 3.2.1", "OK also when nothing changes; the factory mode is 1."},
    {Origin::ours, "dialect 0.4.6",
     "Leaving station mode prints OK, WIFI DISCONNECT, then CLOSED for each link."},
};
inline constexpr Command kMode{
    .name = "+CWMODE",
    .summary = "Choose station, softAP or both, and store that (older name)",
    .keep = Keep::in_flash,
    .test = TestForm::ranges,
    .query = {show_mode, "{}:<mode>"},
    .set = set<&set_mode>(kModeParams),
    .facts = kModeFacts,
};
inline constexpr Command kModeCurrent = kMode.named(
    "+CWMODE_CUR", Keep::until_reset, "Choose station, softAP or both, until the next reset");
inline constexpr Command kModeDefault =
    kMode.named("+CWMODE_DEF", Keep::in_flash, "Choose station, softAP or both, and store that");

// Joining -----------------------------------------------------------------------------------------

Answer show_network(Chip&);
Answer join(Chip&, const radio::Join&);

inline constexpr Param kJoinParams[] = {
    param<&radio::Join::ssid>("ssid", ranges::kSsid, "the network's name"),
    param<&radio::Join::password>("pwd", ranges::kPassword,
                                  "its passphrase; empty for an open network")
        .masked(),
    param<&radio::Join::bssid>("bssid", "join this access point and no other"),
    param<&radio::Join::only_protected>("pci_en", between(0, 1), "1: refuse open and WEP networks"),
};
inline constexpr FailureCode kJoinFailures[] = {
    {1, "no answer in time"},
    {2, "wrong password"},
    {3, "no such network"},
    {4, "refused"},
};
inline constexpr Fact kJoinFacts[] = {
    {Origin::observed, "T18",
     "WIFI CONNECTED, WIFI GOT IP and then OK; WIFI DISCONNECT in front when it was joined."},
    {Origin::observed, "T22, T32", "A failure prints its number and then FAIL."},
    {Origin::observed, "T12", "Not joined, the query answers No AP."},
    {Origin::ours, "dialect SW2", "The failure line repeats the command's name, suffix and all."},
    {Origin::ours, "dialect 3.2.2",
     "A join gives up after 15 s; after a failure the station stays idle."},
    {Origin::ours, "dialect 3.2.3",
     "A wrong parameter is refused at once and the old association is kept."},
    {Origin::ours, "dialect 0.4.19",
     "The query of _DEF shows the stored network: with its access point while that is joined, else "
     "with the stored bssid or zeros, and 0,0; No AP where none is stored."},
    {Origin::ours, "dialect 0.4.20",
     "Keys in hexadecimal compare as keys, whatever their case; a WEP key may be typed as text."},
    {Origin::ours, "dialect 3.2.4", "_DEF stores the network even when joining it fails."},
    {Origin::ours, "dialect 3.2.12",
     "An address that does not come: DHCP TIMEOUT where nobody has answered in time, WIFI "
     "DISCONNECT, number 1, FAIL."},
    {Origin::ours, "dialect 3.2.13",
     "An access point that was lost is tried again after 1 s, then every 3 s."},
};
inline constexpr Command kJoin{
    .name = "+CWJAP",
    .summary = "Join an access point, and store that (older name)",
    .keep = Keep::in_flash,
    .allowed = needs_station,
    .needs = "station mode",
    .query = {show_network, "{}:\"<ssid>\",\"<bssid>\",<channel>,<rssi> | {no_access_point}"},
    .set = set<&join>(kJoinParams).answering("{wifi_connected}; {wifi_got_ip}"),
    .failures = kJoinFailures,
    .facts = kJoinFacts,
};
inline constexpr Command kJoinCurrent =
    kJoin.named("+CWJAP_CUR", Keep::until_reset, "Join an access point, until the next reset");
inline constexpr Command kJoinDefault =
    kJoin.named("+CWJAP_DEF", Keep::in_flash, "Join an access point, and store that");

Answer leave(Chip&);

inline constexpr Fact kLeaveFacts[] = {
    {Origin::observed, "T13",
     "OK comes first, then WIFI DISCONNECT when the station was associated."},
    {Origin::ours, "dialect 0.4.6",
     "The station's links close, CLOSED for each, lowest number first."},
};
inline constexpr Command kLeave{
    .name = "+CWQAP",
    .summary = "Leave the access point",
    .execute = {leave},
    .facts = kLeaveFacts,
};

/// Arguments of AT+CWAUTOCONN.
struct AutoConnectArgs {
  std::uint8_t enable = 0;
};
Answer show_auto_connect(Chip&);
Answer set_auto_connect(Chip&, const AutoConnectArgs&);

inline constexpr Param kAutoConnectParams[] = {
    param<&AutoConnectArgs::enable>("enable", between(0, 1),
                                    "1, the default: join the stored network at every start"),
};
inline constexpr Fact kAutoConnectFacts[] = {
    {Origin::manual, "3.1", "The module joins the stored access point by itself when power comes."},
    {Origin::ours, "dialect 3.2.11", "The query is there, although the manual has none."},
};
inline constexpr Command kAutoConnect{
    .name = "+CWAUTOCONN",
    .summary = "Choose whether the module joins by itself when it starts",
    .shows = Keep::in_flash,
    .keep = Keep::in_flash,
    .query = {show_auto_connect, "{}:<enable>"},
    .set = set<&set_auto_connect>(kAutoConnectParams),
    .facts = kAutoConnectFacts,
};

// Scanning ----------------------------------------------------------------------------------------

Answer scan_all(Chip&);
Answer scan(Chip&, const radio::Scan&);

inline constexpr Param kScanParams[] = {
    param<&radio::Scan::ssid>("ssid", length(0, 32), "only networks of this name").or_empty(),
    param<&radio::Scan::bssid>("mac", "only this access point").or_empty(),
    param<&radio::Scan::channel>("channel", between(0, 14), "only this channel; 0: all"),
    param<&radio::Scan::type>("scan_type", between(0, 1), "0 active, 1 passive"),
    param<&radio::Scan::shortest_ms>("scan_time_min", between(0, 1500),
                                     "least time for a channel, in ms; 0: none given"),
    param<&radio::Scan::longest_ms>("scan_time_max", between(0, 1500),
                                    "most time for a channel, in ms; 0: none given"),
};
inline constexpr Fact kScanFacts[] = {
    {Origin::observed, "T32, T34", "Each access point is one line in parentheses, strings quoted."},
    {Origin::ours, "dialect 3.2.5",
     "A hidden network has the name \"\"; a scan that finds nothing answers OK alone."},
    {Origin::ours, "dialect 0.4.21",
     "An empty MAC is no filter, channel 0 is all channels, and times of 0 are none."},
    {Origin::ours, "limits", "Of more than 64 access points the strongest are shown."},
};
inline constexpr Doc kScanReply =
    "{}:([<ecn>][,\"<ssid>\"][,<rssi>][,\"<mac>\"][,<channel>][,<freq_offset>][,<freq_cali>]"
    "[,<pairwise>][,<group>][,<bgn>][,<wps>]) *";
inline constexpr Command kScan{
    .name = "+CWLAP",
    .summary = "List the access points in range",
    .allowed = needs_station,
    .needs = "station mode",
    .set = set<&scan>(kScanParams).answering(kScanReply),
    .execute = {scan_all, kScanReply},
    .facts = kScanFacts,
};

/// Arguments of AT+CWLAPOPT.
struct ScanOptionArgs {
  std::uint8_t sort = 0;
  std::uint16_t mask = 0;
  std::optional<std::int8_t> weakest{};
  std::optional<std::uint16_t> securities{};
};
Answer set_scan_options(Chip&, const ScanOptionArgs&);

inline constexpr Param kScanOptionParams[] = {
    param<&ScanOptionArgs::sort>("sort_enable", between(0, 1),
                                 "1: strongest first; 0, the default: as found"),
    param<&ScanOptionArgs::mask>("mask", between(0, 2047),
                                 "bit n prints the n-th field of +CWLAP; default 2047"),
};
inline constexpr Fact kScanOptionFacts[] = {
    {Origin::manual, "AT+CWLAPOPT 2020",
     "Bits 0 to 10: ecn, ssid, rssi, mac, channel, freq_offset, freq_cali, "
     "pairwise, group, bgn, wps."},
    {Origin::observed, "T35", "There is no query."},
    {Origin::ours, "dialect 0.4.25", "With a mask of 0 each access point is +CWLAP:() ."},
};
inline constexpr Command kScanOptions{
    .name = "+CWLAPOPT",
    .summary = "Choose the order and the fields of AT+CWLAP, until the next reset",
    .set = set<&set_scan_options>(kScanOptionParams),
    .facts = kScanOptionFacts,
};

// The softAP --------------------------------------------------------------------------------------

/// Arguments of AT+CWSAP.
struct SoftApArgs {
  Text<32> ssid;
  Text<64> password;
  std::uint8_t channel = 0;
  std::uint8_t security = 0;
  std::optional<std::uint8_t> max_stations;
  std::optional<std::uint8_t> hidden;
};
Answer show_soft_ap(Chip&);
Answer set_soft_ap(Chip&, const SoftApArgs&);

inline constexpr Param kSoftApParams[] = {
    param<&SoftApArgs::ssid>("ssid", ranges::kSsid, "the network's name"),
    param<&SoftApArgs::password>("pwd", ranges::kPassword,
                                 "its passphrase, at least 8 bytes unless it is open")
        .masked(),
    param<&SoftApArgs::channel>("chl", ranges::kSoftApChannel, "the channel"),
    param<&SoftApArgs::security>("ecn", ranges::kSoftApSecurity,
                                 "0 open, 2 WPA, 3 WPA2, 4 both; 1, WEP, is refused"),
    param<&SoftApArgs::max_stations>("max conn", ranges::kSoftApStations,
                                     "most stations; 4 when left out"),
    param<&SoftApArgs::hidden>("ssid hidden", between(0, 1),
                               "1: the name is not sent out; 0 when left out"),
};
inline constexpr Fact kSoftApFacts[] = {
    {Origin::observed, "T27, T35", "The query prints six fields."},
    {Origin::observed, "T41", "WEP is refused."},
    {Origin::ours, "dialect 3.2.6",
     "A passphrase shorter than 8 bytes is refused unless the network is open."},
    {Origin::ours, "dialect 3.2.7", "The softAP restarts, and its stations get +STA_DISCONNECTED."},
};
inline constexpr Command kSoftAp{
    .name = "+CWSAP",
    .summary = "Configure the softAP, and store that (older name)",
    .keep = Keep::in_flash,
    .allowed = needs_soft_ap,
    .needs = "softAP mode",
    .query = {show_soft_ap, "{}:\"<ssid>\",\"<pwd>\",<chl>,<ecn>,<max conn>,<ssid hidden>"},
    .set = set<&set_soft_ap>(kSoftApParams),
    .facts = kSoftApFacts,
};
inline constexpr Command kSoftApCurrent =
    kSoftAp.named("+CWSAP_CUR", Keep::until_reset, "Configure the softAP, until the next reset");
inline constexpr Command kSoftApDefault =
    kSoftAp.named("+CWSAP_DEF", Keep::in_flash, "Configure the softAP, and store that");

Answer list_stations(Chip&);

inline constexpr Fact kStationListFacts[] = {
    {Origin::observed, "T5", "With no station OK comes alone."},
    {Origin::ours, "dialect 3.2.8",
     "Neither the address nor the MAC is quoted; only addresses that we gave are shown."},
};
inline constexpr Command kStationList{
    .name = "+CWLIF",
    .summary = "List the stations of the softAP",
    .allowed = needs_soft_ap,
    .needs = "softAP mode",
    .execute = {list_stations, "<ip>,<mac> *"},
    .facts = kStationListFacts,
};

// The country -------------------------------------------------------------------------------------

/// Arguments of AT+CWCOUNTRY.
struct CountryArgs {
  std::uint8_t policy = 0;
  Text<3> code;
  std::uint8_t first_channel = 0;
  std::uint8_t channels = 0;
};
Answer show_country(Chip&);
Answer set_country(Chip&, const CountryArgs&);

inline constexpr Param kCountryParams[] = {
    param<&CountryArgs::policy>("country policy", ranges::kCountryPolicy,
                                "0: that of the access point counts, 1: this one does"),
    param<&CountryArgs::code>("country code", ranges::kCountryCode,
                              "two letters, and a third one that is not shown"),
    param<&CountryArgs::first_channel>("start channel", ranges::kChannel, "the first channel"),
    param<&CountryArgs::channels>("total channel count", ranges::kChannelCount,
                                  "how many there are from that one on, up to the 14th"),
};
inline constexpr Fact kCountryFacts[] = {
    {Origin::manual, "AT+CWCOUNTRY_CUR 2020", "Four parameters; a third letter is not shown."},
    {Origin::observed, "T36", "0,\"US\",1,13 is accepted."},
    {Origin::ours, "dialect 4.2.7", "0,\"CN\",1,13 at first."},
    {Origin::ours, "dialect 4.2.8",
     "A scan, a join and WPS see these channels alone. A softAP that is set to another one is "
     "refused, or is on the first of these where it was set before."},
    {Origin::ours, "dialect 4.2.9",
     "An association on another channel stays. The policy is stored and shown: no access point's "
     "country changes these channels."},
};
inline constexpr Command kCountry{
    .name = "+CWCOUNTRY",
    .summary = "Choose the country and its channels, and store that (older name)",
    .keep = Keep::in_flash,
    .query = {show_country,
              "{}:<country policy>,\"<country>\",<start channel>,<total channel count>"},
    .set = set<&set_country>(kCountryParams),
    .facts = kCountryFacts,
};
inline constexpr Command kCountryCurrent =
    kCountry.named("+CWCOUNTRY_CUR", Keep::until_reset,
                   "Choose the country and its channels, until the next reset");
inline constexpr Command kCountryDefault = kCountry.named(
    "+CWCOUNTRY_DEF", Keep::in_flash, "Choose the country and its channels, and store that");

// WPS and the station's name ----------------------------------------------------------------------

/// Arguments of AT+WPS.
struct PairingArgs {
  std::uint8_t enable = 0;
  std::optional<std::uint8_t> weakest{};  ///< the weakest security
};
Refusal needs_station_to_pair(const Chip&);
Answer pair(Chip&, const PairingArgs&);

inline constexpr Param kPairingParams[] = {
    param<&PairingArgs::enable>("enable", between(0, 1), "1: begin, 0: stop"),
};
inline constexpr Word kPairingRefusals[] = {Word::wrong_mode_for_wps};
inline constexpr Fact kPairingFacts[] = {
    {Origin::manual, "AT+WPS 2020", "Needs the station; a network with WEP cannot be found so."},
    {Origin::ours, "dialect 4.2.4",
     "Where it succeeds: `wps success,connecting ap ...`, then WIFI CONNECTED and WIFI GOT IP."},
    {Origin::ours, "dialect 4.2.10",
     "OK comes at once, and an association ends. `wps fail` follows when no button was pressed for "
     "120 s, or those of two access points were. A join, AT+CWQAP or AT+WPS=0 stops it without a "
     "line."},
    {Origin::ours, "dialect 4.2.11", "The network that was found is joined until the next reset."},
};
inline constexpr Command kPairing{
    .name = "+WPS",
    .summary = "Join the access point whose WPS button is pressed",
    .allowed = needs_station_to_pair,
    .needs = "station mode",
    .set = set<&pair>(kPairingParams),
    .refusals = kPairingRefusals,
    .later = "{wps_success} | {wps_fail}",
    .facts = kPairingFacts,
};

/// Arguments of AT+CWHOSTNAME.
struct HostNameArgs {
  Text<32> name;
};
Answer show_host_name(Chip&);
Answer set_host_name(Chip&, const HostNameArgs&);

inline constexpr Param kHostNameParams[] = {
    param<&HostNameArgs::name>("hostname", length(1, 32), "what the station calls itself"),
};
inline constexpr Shape kHostNameShapes[] = {
    shape<&set_host_name>(kHostNameParams).needing(needs_station),
};
inline constexpr Fact kHostNameFacts[] = {
    {Origin::manual, "AT+CWHOSTNAME 2020",
     "BFQ4004_ and the last three bytes of the address at first; 32 bytes at most; not stored."},
    {Origin::manual, "AT+CWHOSTNAME 2020", "Without a station the query shows <null>."},
    {Origin::ours, "dialect 4.2.3", "The name stands bare, without the manual's brackets."},
    {Origin::ours, "dialect 4.2.12", "No simulated network asks for it."},
};
inline constexpr Command kHostName{
    .name = "+CWHOSTNAME",
    .summary = "Choose what the station calls itself, until the next reset",
    .needs = "station mode, to set",
    .query = {show_host_name, "{}:<hostname>"},
    .set = set(kHostNameShapes),
    .facts = kHostNameFacts,
};
}  // namespace bfq::commands

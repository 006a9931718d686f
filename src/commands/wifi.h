#pragma once
#include "at/command.h"
#include "ports/radio.h"

/// The manual's chapter 3: the radio.
namespace bfq {
enum class WifiMode : std::uint8_t;
}
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Refusal needs_station(const Module&);

struct ModeArgs {
  WifiMode mode{};
};
Answer show_mode(Module&);
Answer set_mode(Module&, const ModeArgs&);

inline constexpr Param kModeParams[] = {
    param<&ModeArgs::mode>("mode", between(1, 3), "1 station, 2 softAP, 3 both"),
};
inline constexpr Fact kModeFacts[] = {
    {Origin::observed, "T8", "The test form prints the range: (1-3)."},
    {Origin::ours, "dialect 3.2", "OK also when nothing changes; the factory mode is 1."},
    {Origin::ours, "dialect 0.4, 6", "Leaving station mode prints OK, WIFI DISCONNECT, then CLOSED for each link."},
};
inline constexpr Command kModeCurrent{
    .name = "+CWMODE_CUR",
    .summary = "Choose station, softAP or both, until the next reset",
    .test = TestForm::ranges,
    .query = {show_mode, "+CWMODE_CUR:<mode>"},
    .set = set<&set_mode>(kModeParams),
    .facts = kModeFacts,
};

Answer show_network(Module&);
Answer join(Module&, const radio::Join&);

inline constexpr Param kJoinParams[] = {
    param<&radio::Join::ssid>("ssid", length(1, 32), "the network's name"),
    param<&radio::Join::password>("pwd", length(0, 64), "its passphrase; empty for an open network").masked(),
    param<&radio::Join::bssid>("bssid", "join this access point and no other"),
    param<&radio::Join::only_protected>("pci_en", between(0, 1), "1: refuse open and WEP networks"),
};
inline constexpr Failure kJoinFailures[] = {
    {1, "no answer in time"}, {2, "wrong password"}, {3, "no such network"}, {4, "refused"},
};
inline constexpr Fact kJoinFacts[] = {
    {Origin::observed, "T18", "WIFI CONNECTED, WIFI GOT IP and then OK; WIFI DISCONNECT in front when it was joined."},
    {Origin::observed, "T22, T32", "A failure prints its number and then FAIL."},
    {Origin::observed, "T12", "Not joined, the query answers No AP."},
    {Origin::ours, "dialect 0.3, SW2", "The failure line repeats the command's suffix."},
    {Origin::ours, "dialect 3.2", "A join gives up after 15 s; after a failure the station stays idle."},
    {Origin::ours, "dialect 3.2", "A wrong parameter is refused at once and the old association is kept."},
};
inline constexpr Command kJoinCurrent{
    .name = "+CWJAP_CUR",
    .summary = "Join an access point, until the next reset",
    .allowed = needs_station,
    .needs = "station mode",
    .query = {show_network, "+CWJAP_CUR:<ssid>,<bssid>,<channel>,<rssi>, or No AP"},
    .set = set<&join>(kJoinParams),
    .failures = kJoinFailures,
    .facts = kJoinFacts,
};

Answer scan_all(Module&);
Answer scan(Module&, const radio::Scan&);

inline constexpr Param kScanParams[] = {
    param<&radio::Scan::ssid>("ssid", length(0, 32), "only networks of this name; empty: any"),
    param<&radio::Scan::bssid>("mac", "only this access point"),
    param<&radio::Scan::channel>("channel", between(1, 14), "only this channel"),
    param<&radio::Scan::type>("scan_type", between(0, 1), "0 active, 1 passive"),
    param<&radio::Scan::shortest_ms>("scan_time_min", between(0, 1500), "least time for a channel, in ms"),
    param<&radio::Scan::longest_ms>("scan_time_max", between(0, 1500), "most time for a channel, in ms"),
};
inline constexpr Fact kScanFacts[] = {
    {Origin::observed, "T32, T34", "Each access point is one line in parentheses, strings quoted."},
    {Origin::ours, "dialect 3.2", "A hidden network has the name \"\"; a scan that finds nothing answers OK alone."},
    {Origin::ours, "limits", "Of more than 64 access points the strongest are shown."},
};
inline constexpr Command kScan{
    .name = "+CWLAP",
    .summary = "List the access points in range",
    .allowed = needs_station,
    .needs = "station mode",
    .set = set<&scan>(kScanParams),
    .execute = {scan_all,
                "+CWLAP:(<ecn>,<ssid>,<rssi>,<mac>,<channel>,<freq_offset>,<freq_cali>,<pairwise>,<group>,<bgn>,<wps>)"},
    .facts = kScanFacts,
};

Answer leave(Module&);

inline constexpr Fact kLeaveFacts[] = {
    {Origin::observed, "T13", "OK comes first, then WIFI DISCONNECT when the station was associated."},
    {Origin::ours, "dialect 0.4, 6", "The station's links close, CLOSED for each, lowest number first."},
};
inline constexpr Command kLeave{
    .name = "+CWQAP",
    .summary = "Leave the access point",
    .execute = {leave},
    .facts = kLeaveFacts,
};
}  // namespace bfq::commands

#pragma once
#include <optional>

#include "at/command.h"
#include "base/mac.h"
#include "base/text.h"
#include "commands/tcpip.h"
#include "commands/wifi.h"
#include "settings/ranges.h"

/// Commands of Espressif's ESP-AT that no older firmware of the family has, or has in another way.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

// The chip ----------------------------------------------------------------------------------------

Answer list_commands(Chip&);

inline constexpr Fact kListCommandsFacts[] = {
    {Origin::observed, "E4",
     "A line for each command, from 0 on: its name and four forms, 0 or 1."},
    {Origin::ours, "personalities 2.2.2", "What is not simulated is not listed."},
};
inline constexpr Command kListCommands{
    .name = "+CMD",
    .summary = "List the commands",
    .query = {list_commands, "{}:<index>,\"<listed>\",<test>,<query>,<set>,<execute> *"},
    .facts = kListCommandsFacts,
};

/// Arguments of AT+SYSTIMESTAMP.
struct TimestampArgs {
  std::uint32_t seconds = 0;
};
Answer show_timestamp(Chip&);
Answer set_timestamp(Chip&, const TimestampArgs&);

inline constexpr Param kTimestampParams[] = {
    param<&TimestampArgs::seconds>("Unix-timestamp", between(0, INT32_MAX), "seconds since 1970"),
};
inline constexpr Fact kTimestampFacts[] = {
    {Origin::ours, "personalities 2.2.3",
     "The clock of AT+CIPSNTPTIME, in UTC; it begins with 0 at each start."},
};
inline constexpr Command kTimestamp{
    .name = "+SYSTIMESTAMP",
    .summary = "Set the clock, until the next reset",
    .query = {show_timestamp, "{}:<Unix-timestamp>"},
    .set = set<&set_timestamp>(kTimestampParams),
    .facts = kTimestampFacts,
};

/// Arguments of AT+SYSLOG, and of others that are switched on and off.
struct OnOffArgs {
  std::uint8_t on = 0;
};
Answer show_causes(Chip&);
Answer set_causes(Chip&, const OnOffArgs&);

inline constexpr Param kCausesParams[] = {
    param<&OnOffArgs::on>("status", between(0, 1),
                          "1: a line in front of each ERROR says why; 0, the default: none"),
};
inline constexpr Fact kCausesFacts[] = {
    {Origin::observed, "E14, E18", "ERR CODE:0x01 and six digits, in front of busy p... too."},
    {Origin::ours, "personalities 3.3.1",
     "02 no CR LF, 03 no AT, 04 too long, 05 kind, 06 number (wanted and given), 07 value, 08 "
     "quotation marks, 09 unknown, 0a failed, 0b busy, 0c form."},
};
inline constexpr Command kCauses{
    .name = "+SYSLOG",
    .summary = "Choose whether ERROR says why, until the next reset",
    .query = {show_causes, "{}:<status>"},
    .set = set<&set_causes>(kCausesParams),
    .facts = kCausesFacts,
};

Answer show_storing(Chip&);
Answer set_storing(Chip&, const OnOffArgs&);

inline constexpr Param kStoringParams[] = {
    param<&OnOffArgs::on>(
        "store_mode", between(0, 1),
        "1, the default: what is set is stored; 0: it holds until the next reset"),
};
inline constexpr Fact kStoringFacts[] = {
    {Origin::ours, "personalities 2.2.4",
     "It is stored itself. AT+UART_DEF and AT+CWAUTOCONN always store; a query shows what is in "
     "use."},
};
inline constexpr Command kStoring{
    .name = "+SYSSTORE",
    .summary = "Choose whether settings are stored",
    .keep = Keep::in_flash,
    .query = {show_storing, "{}:<store_mode>"},
    .set = set<&set_storing>(kStoringParams),
    .facts = kStoringFacts,
};

Answer restore_and_close(Chip&);
Answer show_memory(Chip&);

/// Arguments of AT+SLEEP, whose numbers mean something else than in AT 1.7.
struct SleepNumberArgs {
  std::uint8_t number = 0;
};
Answer show_sleep_number(Chip&);
Answer set_sleep_number(Chip&, const SleepNumberArgs&);
Answer show_power_step(Chip&);

// The radio ---------------------------------------------------------------------------------------

Refusal needs_nothing_or_station(const Chip&);

/// Arguments of AT+CWMODE.
struct ModeAndJoinArgs {
  WifiMode mode{};
  std::optional<std::uint8_t> joins{};
};
Answer set_mode_and_join(Chip&, const ModeAndJoinArgs&);

Answer show_station_state(Chip&);

inline constexpr Fact kStationStateFacts[] = {
    {Origin::observed, "E3", "2 and the network's name, where the station has an address."},
    {Origin::ours, "personalities 2.3.1",
     "0 never joined, 1 joined without an address, 2 with one, 3 joining, 4 disconnected."},
};
inline constexpr Command kStationState{
    .name = "+CWSTATE",
    .summary = "Show how far the station has come",
    .query = {show_station_state, "{}:<station state>,\"<network>\""},
    .facts = kStationStateFacts,
};

/// Arguments of AT+CWJAP.
struct JoinWithOptionsArgs {
  std::optional<Text<32>> ssid{};
  std::optional<Text<64>> password{};
  std::optional<MacAddress> bssid{};
  std::optional<std::uint8_t> only_protected{};
  std::optional<std::uint16_t> rejoin_s{};
  std::optional<std::uint8_t> listen_interval{}, scan_mode{};
  std::optional<std::uint16_t> timeout_s{};
  std::optional<std::uint8_t> management_protection{};
};
Answer join_with_options(Chip&, const JoinWithOptionsArgs&);
Answer join_known(Chip&);

/// Arguments of AT+CWRECONNCFG.
struct RejoinArgs {
  std::uint16_t seconds = 0, attempts = 0;
};
Answer show_rejoin(Chip&);
Answer set_rejoin(Chip&, const RejoinArgs&);

inline constexpr Param kRejoinParams[] = {
    param<&RejoinArgs::seconds>("interval_second", ranges::kRejoinSeconds,
                                "between two attempts to come back; 0: none is made"),
    param<&RejoinArgs::attempts>("repeat_count", ranges::kRejoins, "how many; 0: without end"),
};
inline constexpr Fact kRejoinFacts[] = {
    {Origin::ours, "personalities 2.3.2",
     "0,0 at first; AT+CWJAP sets the interval, to 1 where it does not say another."},
    {Origin::ours, "personalities 2.3.3",
     "It holds after a loss, and after a join that failed; AT+CWQAP ends it."},
};
inline constexpr Command kRejoin{
    .name = "+CWRECONNCFG",
    .summary = "Choose how the station comes back",
    .keep = Keep::as_chosen,
    .allowed = needs_station,
    .needs = "station mode",
    .query = {show_rejoin, "{}:<interval_second>,<repeat_count>"},
    .set = set<&set_rejoin>(kRejoinParams),
    .facts = kRejoinFacts,
};

Answer leave_first(Chip&);

/// Arguments of AT+CWQIF.
struct ExpelArgs {
  MacAddress mac{};
};
Answer expel_all(Chip&);
Answer expel(Chip&, const ExpelArgs&);

inline constexpr Param kExpelParams[] = {
    param<&ExpelArgs::mac>("mac", "the station that has to go")};
inline constexpr Fact kExpelFacts[] = {
    {Origin::ours, "personalities 2.3.4", "OK, then +STA_DISCONNECTED for each station."},
    {Origin::ours, "personalities 2.3.5", "A station that is not there: OK alone."},
};
inline constexpr Command kExpel{
    .name = "+CWQIF",
    .summary = "Disconnect stations from the softAP",
    .allowed = needs_soft_ap,
    .needs = "softAP mode",
    .set = set<&expel>(kExpelParams),
    .execute = {expel_all},
    .facts = kExpelFacts,
};

/// Arguments of AT+CWDHCP, whose order is another than in AT 1.7.
struct DhcpBitsArgs {
  std::uint8_t enable = 0, bits = 0;
};
Answer set_dhcp_bits(Chip&, const DhcpBitsArgs&);

/// Arguments of AT+CWSTAPROTO and AT+CWAPPROTO.
struct ProtocolArgs {
  std::uint8_t bits = 0;
};
Answer show_station_protocol(Chip&);
Answer set_station_protocol(Chip&, const ProtocolArgs&);
Answer show_soft_ap_protocol(Chip&);
Answer set_soft_ap_protocol(Chip&, const ProtocolArgs&);

inline constexpr Param kProtocolParams[] = {
    param<&ProtocolArgs::bits>("protocol", ranges::kProtocols, "1 b, 3 b and g, 7 b, g and n"),
};
inline constexpr Fact kProtocolFacts[] = {
    {Origin::ours, "personalities 2.3.6", "1, 3 or 7; 3 at first."},
    {Origin::ours, "personalities 2.3.7", "Nothing else can be seen of it."},
};
inline constexpr Command kStationProtocol{
    .name = "+CWSTAPROTO",
    .summary = "Choose the protocols of the station",
    .keep = Keep::as_chosen,
    .query = {show_station_protocol, "{}:<protocol>"},
    .set = set<&set_station_protocol>(kProtocolParams),
    .facts = kProtocolFacts,
};
inline constexpr Command kSoftApProtocol{
    .name = "+CWAPPROTO",
    .summary = "Choose the protocols of the softAP",
    .keep = Keep::as_chosen,
    .query = {show_soft_ap_protocol, "{}:<protocol>"},
    .set = set<&set_soft_ap_protocol>(kProtocolParams),
    .facts = kProtocolFacts,
};

Answer show_ipv6(Chip&);
Answer set_ipv6(Chip&, const OnOffArgs&);

inline constexpr Param kIpv6Params[] = {param<&OnOffArgs::on>("enable", between(0, 0), "0: off")};
inline constexpr Fact kIpv6Facts[] = {{Origin::ours, "personalities 1.2.2", "There is no IPv6."}};
inline constexpr Command kIpv6{
    .name = "+CIPV6",
    .summary = "Show that IPv6 is off",
    .query = {show_ipv6, "{}:<enable>"},
    .set = set<&set_ipv6>(kIpv6Params),
    .facts = kIpv6Facts,
};
}  // namespace bfq::commands

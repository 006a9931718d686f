#pragma once
#include <cstdint>
#include <optional>

#include "at/command.h"
#include "base/ipv4.h"
#include "ports/network.h"
#include "settings/ranges.h"

/// What a module asks of hosts without a link, and certificates: the manual's chapter 4 of 2020.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

// Echo --------------------------------------------------------------------------------------------

/// Arguments of AT+PING.
struct PingArgs {
  net::HostName host{};
};
Refusal is_on_a_network(const Chip&);
Answer ping(Chip&, const PingArgs&);

inline constexpr Param kPingParams[] = {
    param<&PingArgs::host>("IP", length(1, 64), "an address or a name"),
};
inline constexpr Word kPingRefusals[] = {Word::ping_timeout};
inline constexpr Fact kPingFacts[] = {
    {Origin::observed, "T17, T23", "The milliseconds behind +, or +timeout and ERROR."},
    {Origin::observed, "T17", "A name without an address is ERROR alone."},
    {Origin::ours, "dialect 4.3.11",
     "A host that does not answer is given up after 2 s; less than a millisecond is shown as 1."},
    {Origin::ours, "dialect 4.3.12",
     "A host that --net forbids, or that no route leads to, is one that does not answer."},
};
inline constexpr Command kPing{
    .name = "+PING",
    .summary = "Ask a host for an echo",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .set = set<&ping>(kPingParams).answering("{ping}<time>"),
    .refusals = kPingRefusals,
    .facts = kPingFacts,
};

// Name servers ------------------------------------------------------------------------------------

/// Arguments of AT+CIPDNS.
struct NameServerArgs {
  std::uint8_t fixed = 0;
  std::optional<Ipv4> first{};
  std::optional<Ipv4> second{};
  std::optional<Ipv4> third{};
};
bool uses_those_of_dhcp(const Chip&, Fields);
Answer show_name_servers(Chip&);
Answer set_name_servers(Chip&, const NameServerArgs&);

inline constexpr Param kNameServersOffParams[] = {
    param<&NameServerArgs::fixed>("enable", between(0, 0), "0: the servers that the network gives"),
};
inline constexpr Param kNameServersOnParams[] = {
    param<&NameServerArgs::fixed>("enable", between(1, 1), "1: these servers"),
    param<&NameServerArgs::first>("DNS IP1", "the first server; 208.67.222.222 when left out"),
    param<&NameServerArgs::second>("DNS IP2", "the second one; none when left out"),
};
inline constexpr Shape kNameServersShapes[] = {
    shape<&set_name_servers>(kNameServersOffParams)
        .when(uses_those_of_dhcp, "to go back to the servers that the network gives"),
    shape<&set_name_servers>(kNameServersOnParams),
};
inline constexpr Fact kNameServersFacts[] = {
    {Origin::manual, "AT+CIPDNS 2020",
     "A line for each server, unquoted; 208.67.222.222 unless others are set."},
    {Origin::manual, "AT+CIPDNS 2020", "Two servers that are the same: ERROR."},
    {Origin::ours, "dialect 4.3.13", "An address that no host can have is ERROR."},
    {Origin::ours, "dialect 4.3.14",
     "Servers that are set are asked at port 53, in their order, where --net permits it."},
};
inline constexpr Command kNameServers{
    .name = "+CIPDNS",
    .summary = "Choose the name servers, and store that (older name)",
    .keep = Keep::in_flash,
    .query = {show_name_servers, "{}:<DNS IP1> *"},
    .set = set(kNameServersShapes),
    .facts = kNameServersFacts,
};
inline constexpr Command kNameServersCurrent = kNameServers.named(
    "+CIPDNS_CUR", Keep::until_reset, "Choose the name servers, until the next reset");
inline constexpr Command kNameServersDefault =
    kNameServers.named("+CIPDNS_DEF", Keep::in_flash, "Choose the name servers, and store that");

// TLS ---------------------------------------------------------------------------------------------

/// Arguments of AT+CIPSSLSIZE.
struct TlsSizeArgs {
  std::uint16_t bytes = 0;
};
/// Arguments of AT+CIPSSLCCONF.
struct TlsChecksArgs {
  std::uint8_t checks = 0;
};
Answer set_tls_size(Chip&, const TlsSizeArgs&);
Answer show_tls_checks(Chip&);
Answer set_tls_checks(Chip&, const TlsChecksArgs&);

inline constexpr Param kTlsSizeParams[] = {
    param<&TlsSizeArgs::bytes>("size", between(2048, 4096), "bytes of the buffer for SSL"),
};
inline constexpr Fact kTlsSizeFacts[] = {
    {Origin::ours, "dialect 4.3.15", "It changes nothing: SSL records of every size are read."},
};
inline constexpr Command kTlsSize{
    .name = "+CIPSSLSIZE",
    .summary = "Choose the size of the buffer for SSL",
    .set = set<&set_tls_size>(kTlsSizeParams),
    .facts = kTlsSizeFacts,
};
inline constexpr Param kTlsChecksParams[] = {
    param<&TlsChecksArgs::checks>("SSL mode", ranges::kTlsChecks,
                                  "bit 0: show the module's certificate to servers that ask for "
                                  "one; bit 1: verify the server's; 0, the default: neither"),
};
inline constexpr Fact kTlsChecksFacts[] = {
    {Origin::manual, "AT+CIPSSLCCONF 2020", "It is stored, and holds for SSL links from then on."},
    {Origin::ours, "dialect 4.3.4",
     "Certificates and key are PEM files that the world names. Where there are none, and where "
     "verifying finds a fault, a link ends like a refused connection."},
    {Origin::ours, "dialect 4.3.4",
     "The server's certificate must be for the name or address in AT+CIPSTART."},
};
inline constexpr Command kTlsChecks{
    .name = "+CIPSSLCCONF",
    .summary = "Choose how SSL links use certificates, and store that",
    .shows = Keep::in_flash,
    .keep = Keep::in_flash,
    .query = {show_tls_checks, "{}:<SSL mode>"},
    .set = set<&set_tls_checks>(kTlsChecksParams),
    .facts = kTlsChecksFacts,
};

// The time ----------------------------------------------------------------------------------------

/// Arguments of AT+CIPSNTPCFG; the time zone is in hours.
struct TimeServerArgs {
  std::uint8_t enable = 0;
  std::int16_t time_zone = 0;
  std::optional<net::HostName> first{}, second{}, third{};
};
bool turns_time_off(const Chip&, Fields);
Answer show_time_servers(Chip&);
Answer set_time_servers(Chip&, const TimeServerArgs&);
Answer show_time(Chip&);

inline constexpr Param kTimeOffParams[] = {
    param<&TimeServerArgs::enable>("enable", between(0, 0), "0: no server is asked"),
};
inline constexpr Param kTimeOnParams[] = {
    param<&TimeServerArgs::enable>("enable", between(1, 1), "1: the time comes from a server"),
    param<&TimeServerArgs::time_zone>("time zone", between(-11, 13),
                                      "hours that it is ahead of UTC"),
    param<&TimeServerArgs::first>("SNTP server 0", length(1, 64),
                                  "the first server; the factory's three when left out"),
    param<&TimeServerArgs::second>("SNTP server 1", length(1, 64), "the second one"),
    param<&TimeServerArgs::third>("SNTP server 2", length(1, 64), "the third one"),
};
inline constexpr Shape kTimeShapes[] = {
    shape<&set_time_servers>(kTimeOffParams).when(turns_time_off, "to turn it off"),
    shape<&set_time_servers>(kTimeOnParams),
};
inline constexpr Fact kTimeServersFacts[] = {
    {Origin::ours, "dialect 4.3.2", "0 alone while it is off; else the zone and the servers."},
    {Origin::ours, "dialect 4.3.2", "A server that is left out is skipped."},
    {Origin::ours, "dialect 4.3.19",
     "Without servers: cn.ntp.org.cn, ntp.sjtu.edu.cn and us.pool.ntp.org."},
    {Origin::ours, "dialect 4.3.16", "A server that has answered is asked again every hour."},
    {Origin::ours, "dialect 4.3.17",
     "Servers are asked at UDP port 123, where --net permits it; a module is no time server."},
    {Origin::ours, "dialect 4.3.18", "Off after a restart."},
};
inline constexpr Command kTimeServers{
    .name = "+CIPSNTPCFG",
    .summary = "Choose the time servers and the time zone",
    .query = {show_time_servers,
              "{}:0 | {}:1,<time zone>,\"<SNTP server 0>\"[,\"<SNTP server 1>\"[,\"<SNTP server "
              "2>\"]]"},
    .set = set(kTimeShapes),
    .facts = kTimeServersFacts,
};
inline constexpr Fact kTimeFacts[] = {
    {Origin::ours, "dialect 4.3.3", "The day has two digits."},
    {Origin::ours, "dialect 4.3.3",
     "Thu Jan 01 00:00:00 1970 until a server has answered, whatever the zone."},
};
inline constexpr Command kTime{
    .name = "+CIPSNTPTIME",
    .summary = "Show the time that a server has told",
    .query = {show_time, "{}:<date>", Spacing::by_dialect},
    .facts = kTimeFacts,
};
}  // namespace bfq::commands

#pragma once
#include <optional>

#include "at/command.h"
#include "commands/receiving.h"
#include "commands/server.h"
#include "commands/services.h"
#include "commands/tcpip.h"
#include "settings/ranges.h"

/// Links and services as Espressif's ESP-AT has them, where an older firmware has them otherwise or
/// not at all.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Answer show_link_states(Chip&);

inline constexpr Fact kLinkStatesFacts[] = {
    {Origin::ours, "personalities 2.4.27", "A line for each link that is open, or OK alone."},
};
inline constexpr Command kLinkStates{
    .name = "+CIPSTATE",
    .summary = "Show the links",
    .query = {show_link_states,
              "{}:<link ID>,\"<transport>\",\"<peer>\",<peer port>,<own port>,<tetype> *"},
    .facts = kLinkStatesFacts,
};

/// Arguments of AT+CIPDOMAIN.
struct DomainInNetworkArgs {
  net::HostName name{};
  std::optional<std::uint8_t> network{};
};
Answer look_up_in_network(Chip&, const DomainInNetworkArgs&);

/// Arguments of AT+CIPTCPOPT.
struct TcpOptionsArgs {
  std::uint8_t link = 0;
  std::optional<std::int16_t> linger_s{};
  std::optional<std::uint8_t> no_delay{};
  std::optional<std::uint16_t> send_timeout_ms{};
  std::optional<std::uint16_t> keep_alive_s{};
};
Answer show_tcp_options(Chip&);
Answer set_tcp_options(Chip&, const TcpOptionsArgs&);

inline constexpr Range kLinkOrAll = between(0, 5);
inline constexpr Param kLinger = param<&TcpOptionsArgs::linger_s>(
    "so_linger", ranges::kLinger,
    "seconds; 0: a close resets the connection; -1, the default: not");
inline constexpr Param kNoDelay =
    param<&TcpOptionsArgs::no_delay>("tcp_nodelay", between(0, 1), "1: segments are not held back");
inline constexpr Param kSendTimeout = param<&TcpOptionsArgs::send_timeout_ms>(
    "so_sndtimeo", ranges::kSendMilliseconds, "in ms, for a send; 0, the default: 10 s");
inline constexpr Param kKeepAliveOption = param<&TcpOptionsArgs::keep_alive_s>(
    "keep_alive", ranges::kKeepAlive, "seconds of silence before probes; 0, the default: none");
inline constexpr Param kTcpOptionsSingle[] = {kLinger, kNoDelay, kSendTimeout, kKeepAliveOption};
inline constexpr Param kTcpOptionsMultiple[] = {
    param<&TcpOptionsArgs::link>("link ID", kLinkOrAll, "the link's number; 5: all"), kLinger,
    kNoDelay, kSendTimeout, kKeepAliveOption};
inline constexpr Shape kTcpOptionsShapes[] = {
    shape<&set_tcp_options>(kTcpOptionsSingle).when(single, "one link (AT+CIPMUX=0)"),
    shape<&set_tcp_options>(kTcpOptionsMultiple).when(multiple, "several links (AT+CIPMUX=1)"),
};
inline constexpr Fact kTcpOptionsFacts[] = {
    {Origin::ours, "personalities 2.4.28", "A line for each link number; -1, 0 and 0 at first."},
    {Origin::ours, "personalities 2.4.29",
     "It holds for links that are opened later. No segment is ever held back."},
};
inline constexpr Command kTcpOptions{
    .name = "+CIPTCPOPT",
    .summary = "Choose how TCP links are kept",
    .keep = Keep::as_chosen,
    .query = {show_tcp_options, "{}:<link ID>,<so_linger>,<tcp_nodelay>,<so_sndtimeo> *"},
    .set = set(kTcpOptionsShapes),
    .facts = kTcpOptionsFacts,
};

/// Arguments of AT+CIPSSLCCONF.
struct TlsOptionsArgs {
  std::uint8_t link = 0;
  std::uint8_t checks = 0;
  std::optional<std::uint8_t> certificate{}, authority{};
};
Answer show_tls_options(Chip&);
Answer set_tls_options(Chip&, const TlsOptionsArgs&);

inline constexpr Param kTlsMode = param<&TlsOptionsArgs::checks>(
    "auth_mode", ranges::kTlsChecks,
    "bit 0: show the module's certificate to servers that ask for one; bit 1: verify the server's");
inline constexpr Param kTlsCertificate = param<&TlsOptionsArgs::certificate>(
    "pki_number", ranges::kCertificate, "of the certificate; there is one");
inline constexpr Param kTlsAuthority = param<&TlsOptionsArgs::authority>(
    "ca_number", ranges::kCertificate, "of the authority; there is one");
inline constexpr Param kTlsOptionsSingle[] = {kTlsMode, kTlsCertificate, kTlsAuthority};
inline constexpr Param kTlsOptionsMultiple[] = {
    param<&TlsOptionsArgs::link>("link ID", kLinkOrAll, "the link's number; 5: all"), kTlsMode,
    kTlsCertificate, kTlsAuthority};
inline constexpr Shape kTlsOptionsShapes[] = {
    shape<&set_tls_options>(kTlsOptionsSingle).when(single, "one link (AT+CIPMUX=0)"),
    shape<&set_tls_options>(kTlsOptionsMultiple).when(multiple, "several links (AT+CIPMUX=1)"),
};
inline constexpr Fact kTlsOptionsFacts[] = {
    {Origin::observed, "E20", "In single mode there is no link number."},
    {Origin::ours, "personalities 2.5.2", "A line for each link number; 0,0,0 at first."},
};
inline constexpr Command kTlsOptions{
    .name = "+CIPSSLCCONF",
    .summary = "Choose how SSL links use certificates",
    .keep = Keep::as_chosen,
    .query = {show_tls_options, "{}:<link ID>,<auth_mode>,<pki_number>,<ca_number> *"},
    .set = set(kTlsOptionsShapes),
    .facts = kTlsOptionsFacts,
};

/// Arguments of AT+CIPSERVER.
struct StartTypedServerArgs {
  std::uint8_t on = 0;
  std::optional<std::uint16_t> port{};
  std::optional<net::Transport> type{};
  std::optional<std::uint8_t> authority{};
};
/// Likewise, of 0.
struct StopTypedServerArgs {
  std::uint8_t on = 0;
  std::optional<std::uint8_t> closes{};
};
Answer show_server(Chip&);
Answer start_typed_server(Chip&, const StartTypedServerArgs&);
Answer stop_typed_server(Chip&, const StopTypedServerArgs&);

/// Arguments of AT+CIPRECVDATA.
struct ReceiveAnyLengthArgs {
  std::uint8_t link = 0;
  std::uint32_t length = 0;
};
Answer receive_any_length(Chip&, const ReceiveAnyLengthArgs&);

/// Arguments of AT+CIPRECONNINTV.
struct ReconnectionArgs {
  std::uint16_t tenths = 0;
};
Answer show_reconnection(Chip&);
Answer set_reconnection(Chip&, const ReconnectionArgs&);

inline constexpr Param kReconnectionParams[] = {
    param<&ReconnectionArgs::tenths>("interval", ranges::kReconnection,
                                     "in units of 100 ms; 1, the default"),
};
inline constexpr Fact kReconnectionFacts[] = {
    {Origin::ours, "personalities 2.4.30",
     "The time between two attempts to open a link of transparent transmission again."},
};
inline constexpr Command kReconnection{
    .name = "+CIPRECONNINTV",
    .summary = "Choose how often a broken passthrough link is opened again",
    .keep = Keep::as_chosen,
    .query = {show_reconnection, "{}:<interval>"},
    .set = set<&set_reconnection>(kReconnectionParams),
    .facts = kReconnectionFacts,
};

Answer show_name_server_line(Chip&);

/// Arguments of AT+CIPSNTPCFG.
struct ZonedTimeServerArgs {
  std::uint8_t enable = 0;
  std::optional<std::int16_t> time_zone{};
  std::optional<net::HostName> first{}, second{}, third{};
};
Answer set_zoned_time_servers(Chip&, const ZonedTimeServerArgs&);

/// Arguments of AT+CIPSNTPINTV.
struct TimeIntervalArgs {
  std::uint32_t seconds = 0;
};
Answer show_time_interval(Chip&);
Answer set_time_interval(Chip&, const TimeIntervalArgs&);

inline constexpr Param kTimeIntervalParams[] = {
    param<&TimeIntervalArgs::seconds>("interval second", between(15, 4'294'967), "3600 at first"),
};
inline constexpr Fact kTimeIntervalFacts[] = {
    {Origin::ours, "personalities 2.4.31",
     "After so long a server that has answered is asked again."},
    {Origin::ours, "personalities 2.4.32", "It counts from the next answer on."},
};
inline constexpr Command kTimeInterval{
    .name = "+CIPSNTPINTV",
    .summary = "Choose how often a time server is asked, until the next reset",
    .query = {show_time_interval, "{}:<interval second>"},
    .set = set<&set_time_interval>(kTimeIntervalParams),
    .facts = kTimeIntervalFacts,
};
}  // namespace bfq::commands

#pragma once
#include <optional>

#include "at/command.h"

/// The manual's chapter 4, goes on: the TCP server and its clients.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

/// Arguments of AT+CIPSERVER=1.
struct StartServerArgs {
  std::uint8_t on = 0;
  std::optional<std::uint16_t> port{};
};
/// Arguments of AT+CIPSERVER=0.
struct StopServerArgs {
  std::uint8_t on = 0;
  std::optional<Ignored> port{};
};
Refusal needs_multiple_silently(const Chip&);
bool stops_server(const Chip&, Fields);
Answer start_server(Chip&, const StartServerArgs&);
Answer stop_server(Chip&, const StopServerArgs&);

inline constexpr Param kStartServerParams[] = {
    param<&StartServerArgs::on>("mode", between(1, 1), "1 opens the server"),
    param<&StartServerArgs::port>("port", between(1, 65535), "333 when left out"),
};
inline constexpr Param kStopServerParams[] = {
    param<&StopServerArgs::on>("mode", between(0, 0), "0 closes the server"),
    param<&StopServerArgs::port>("port", "not looked at"),
};
inline constexpr Shape kServerShapes[] = {
    shape<&stop_server>(kStopServerParams)
        .when(stops_server, "to close the server")
        .answering("{no_change} ?"),
    shape<&start_server>(kStartServerParams).answering("{no_change} ?"),
};
inline constexpr Fact kServerFacts[] = {
    {Origin::manual, "4.4.7", "Only with AT+CIPMUX=1; port 333 by default."},
    {Origin::observed, "T27", "What is so already: no change, OK."},
    {Origin::observed, "T24", "A client takes the lowest free link, and <id>,CONNECT is printed."},
    {Origin::ours, "dialect 3.3.8", "Closing the server answers OK, and then its links close."},
    {Origin::ours, "dialect 3.3.9", "What stands behind a mode of 0 is not looked at."},
    {Origin::ours, "dialect 0.4.30",
     "It listens at each of the module's addresses, or answers ERROR."},
    {Origin::ours, "dialect 6.1",
     "A client beyond the limits is turned away, and nothing is printed."},
};
inline constexpr Command kServer{
    .name = "+CIPSERVER",
    .summary = "Open or close the TCP server",
    .allowed = needs_multiple_silently,
    .needs = "AT+CIPMUX=1",
    .set = set(kServerShapes),
    .facts = kServerFacts,
};

/// Arguments of AT+CIPSERVERMAXCONN.
struct MostClientsArgs {
  std::uint8_t clients = 0;
};
Answer show_most_clients(Chip&);
Answer set_most_clients(Chip&, const MostClientsArgs&);

inline constexpr Param kMostClientsParams[] = {
    param<&MostClientsArgs::clients>("num", between(1, 5), "most clients at a time; 5 by default"),
};
inline constexpr Fact kMostClientsFacts[] = {
    {Origin::manual, "4.4.8", "1 to 5, to be set before the server is opened."},
    {Origin::ours, "dialect 3.3.10", "ERROR while the server runs."},
};
inline constexpr Command kMostClients{
    .name = "+CIPSERVERMAXCONN",
    .summary = "Limit the clients of the server",
    .query = {show_most_clients, "{}:<num>"},
    .set = set<&set_most_clients>(kMostClientsParams),
    .facts = kMostClientsFacts,
};

/// Arguments of AT+CIPSTO.
struct IdleLimitArgs {
  std::uint16_t seconds = 0;
};
Answer show_idle_limit(Chip&);
Answer set_idle_limit(Chip&, const IdleLimitArgs&);

inline constexpr Param kIdleLimitParams[] = {
    param<&IdleLimitArgs::seconds>("time", between(0, 7200),
                                   "seconds of silence; 0: never; 180 by default"),
};
inline constexpr Fact kIdleLimitFacts[] = {
    {Origin::manual, "4.1", "The time after which the server closes a silent link."},
    {Origin::observed, "T35", "180 seconds by default."},
    {Origin::ours, "dialect 3.3.11",
     "The set answers ERROR without a server; it holds for the links that are open, too."},
    {Origin::ours, "dialect 0.4.25", "The query answers without a server, too."},
    {Origin::ours, "dialect 6.2",
     "Only for the server's links; no link ends in the middle of a CIPSEND."},
};
inline constexpr Command kIdleLimit{
    .name = "+CIPSTO",
    .summary = "Choose when the server closes a silent link",
    .query = {show_idle_limit, "{}:<time>"},
    .set = set<&set_idle_limit>(kIdleLimitParams),
    .facts = kIdleLimitFacts,
};
}  // namespace bfq::commands

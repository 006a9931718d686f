#pragma once
#include <cstdint>
#include <optional>

#include "at/command.h"
#include "commands/services.h"
#include "module/web_client.h"

/// The module as a client of HTTP, and its own update: the manual's chapter 4 of 2020, goes on.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

// Where to ----------------------------------------------------------------------------------------

/// Arguments of AT+CHTTPURL.
struct WebServerArgs {
  std::uint16_t port = 0;
  net::HostName host{};
};
Answer show_web_server(Chip&);
Answer set_web_server(Chip&, const WebServerArgs&);

inline constexpr Param kWebServerParams[] = {
    param<&WebServerArgs::port>("port", between(1, 65535), "the server's port; 443 is HTTPS"),
    param<&WebServerArgs::host>("host", length(1, 64), "its address or name"),
};
inline constexpr Fact kWebServerFacts[] = {
    {Origin::manual, "AT+CHTTPURL 2020", "The port comes first, and = stands in the reply."},
    {Origin::ours, "dialect 4.4.1",
     "Port 443 is HTTPS, with AT+CIPSSLCCONF as for a link; every other one is HTTP."},
    {Origin::ours, "dialect 4.4.1", "Port 80 and no host after a restart."},
};
inline constexpr Command kWebServer{
    .name = "+CHTTPURL",
    .summary = "Choose the HTTP server",
    .query = {show_web_server, "+CHTTPURL=<port>,<web host>"},
    .set = set<&set_web_server>(kWebServerParams),
    .facts = kWebServerFacts,
};

/// Arguments of AT+CHTTPPH.
struct WebPathArgs {
  WebClient::Path path{};
};
Answer show_web_path(Chip&);
Answer set_web_path(Chip&, const WebPathArgs&);

inline constexpr Param kWebPathParams[] = {
    param<&WebPathArgs::path>("path", length(0, WebClient::kPath),
                              "the path on that server, with its query if there is one"),
};
inline constexpr Fact kWebPathFacts[] = {
    {Origin::ours, "dialect 4.4.2",
     "At most 128 bytes, of those that a URL may have; none after a restart, which is /."},
};
inline constexpr Command kWebPath{
    .name = "+CHTTPPH",
    .summary = "Choose the path of HTTP requests",
    .query = {show_web_path, "+CHTTPPH=<web path>"},
    .set = set<&set_web_path>(kWebPathParams),
    .facts = kWebPathFacts,
};

// How ---------------------------------------------------------------------------------------------

/// Arguments of AT+CHTTPTP.
struct WebMethodArgs {
  std::uint8_t method = 0;
};
Answer set_web_method(Chip&, const WebMethodArgs&);

inline constexpr Param kWebMethodParams[] = {
    param<&WebMethodArgs::method>("type", between(0, 1), "0: GET; 1: POST"),
};
inline constexpr Fact kWebMethodFacts[] = {
    {Origin::manual, "AT+CHTTPTP 2020", "GET after a restart. The manual has the name twice."},
};
inline constexpr Command kWebMethod{
    .name = "+CHTTPTP",
    .summary = "Choose the method of HTTP requests",
    .set = set<&set_web_method>(kWebMethodParams),
    .facts = kWebMethodFacts,
};
inline constexpr Command kWebMethodOther =
    kWebMethod.named("+CHTTPCTP", Keep::until_reset, "Choose the method of HTTP requests");

/// Arguments of AT+CHTTPDT.
struct WebFieldArgs {
  Text<128> name{};
  Text<128> value{};
};
Answer add_web_field(Chip&, const WebFieldArgs&);

inline constexpr Param kWebFieldParams[] = {
    param<&WebFieldArgs::name>("name", length(1, 128), "the name of a field"),
    param<&WebFieldArgs::value>("value", length(0, 128), "what it holds"),
};
inline constexpr Fact kWebFieldFacts[] = {
    {Origin::ours, "dialect 4.4.3",
     "Fields are collected until AT+CHTTPTR, which sends them URL-encoded: as the query of a GET, "
     "as the body of a POST. At most 2048 bytes of them: ERROR."},
};
inline constexpr Command kWebField{
    .name = "+CHTTPDT",
    .summary = "Add a field to the next HTTP request",
    .set = set<&add_web_field>(kWebFieldParams),
    .facts = kWebFieldFacts,
};
inline constexpr Command kWebFieldOther =
    kWebField.named("+CHTTPCDT", Keep::until_reset, "Add a field to the next HTTP request");

Answer transfer(Chip&);

inline constexpr Fact kWebTransferFacts[] = {
    {Origin::manual, "AT+CHTTPTR 2020", "The body of the answer, then OK."},
    {Origin::manual, "AT+CHTTPTR 2020", "0x7000 and the status where that is an error."},
    {Origin::ours, "dialect 4.4.4",
     "A status from 400 on is an error; 0x7000 without an answer. ERROR follows."},
    {Origin::ours, "dialect 4.4.5",
     "A server may take 10 s for its answer and for each piece of it. A redirection is not "
     "followed."},
    {Origin::ours, "dialect 4.4.8",
     "HTTP/1.1, one request for each connection, which leaves by the routes of links, as --net "
     "permits."},
};
inline constexpr Command kWebTransfer{
    .name = "+CHTTPTR",
    .summary = "Make the HTTP request, and show the answer",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode, and a server",
    .execute = {transfer, "{web_error}<web code> | <web answer> *", Spacing::blank_line,
                "{ok} | {error}"},
    .facts = kWebTransferFacts,
};

// Update ------------------------------------------------------------------------------------------

Answer upgrade(Chip&);

inline constexpr Fact kUpgradeFacts[] = {
    {Origin::manual, "AT+CIUPDATE 2020",
     "1: a server is found; 2: connected; 3: its version is known; 4: the image is loaded."},
    {Origin::ours, "dialect 4.4.6",
     "The line begins with +CIPUPDATE, as with other firmware of the family."},
    {Origin::ours, "dialect 4.4.6",
     "The server is that of the world; the image is dropped, and the module restarts. Without one, "
     "and where a step fails, ERROR."},
};
inline constexpr Command kUpgrade{
    .name = "+CIUPDATE",
    .summary = "Update the firmware from the network",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .execute = {upgrade, "{update}<update step> *", Spacing::blank_line, "{ok} | {error}"},
    .facts = kUpgradeFacts,
};

Answer look_for_upgrade(Chip&);

inline constexpr Fact kNoUpgradeFacts[] = {
    {Origin::ours, "dialect 4.4.7", "There never is a newer one: the first line, and ERROR."},
};
/// Of other firmware, whose images would make another module of it.
inline constexpr Command kNoUpgrade{
    .name = "+CIUPDATE",
    .summary = "Look for newer firmware on the network",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .execute = {look_for_upgrade, "{update}<update step>", Spacing::blank_line, "{error}"},
    .facts = kNoUpgradeFacts,
};

/// Arguments of AT+CIUPDATE, where it has some.
struct UpgradeArgs {
  std::uint8_t mode = 0;
  std::optional<Text<32>> version{}, firmware{};
  std::optional<std::uint8_t> returns_at_once{};
};
Answer show_upgrade(Chip&);
Answer look_for_chosen_upgrade(Chip&, const UpgradeArgs&);

inline constexpr Param kChosenUpgradeParams[] = {
    param<&UpgradeArgs::mode>("upgrade mode", between(0, 1), "0: HTTP; 1: HTTPS"),
    param<&UpgradeArgs::version>("version", length(1, 32), "which version; the newest one"),
    param<&UpgradeArgs::firmware>("firmware name", length(1, 32), "which image; ota"),
    param<&UpgradeArgs::returns_at_once>("nonblocking", between(0, 1), "not looked at"),
};
inline constexpr Fact kChosenUpgradeFacts[] = {
    {Origin::ours, "personalities 2.4.39",
     "There never is a newer one: the first line, and ERROR."},
    {Origin::ours, "personalities 2.4.40", "The query says how far the last one came; 0 at first."},
};
/// The same of a firmware that lets the host choose.
inline constexpr Command kChosenUpgrade{
    .name = "+CIUPDATE",
    .summary = "Look for newer firmware on the network",
    .query = {show_upgrade, "{update}<update step or none>"},
    .set = set<&look_for_chosen_upgrade>(kChosenUpgradeParams)
               .answering("{update}<update step> ?")
               .ending("{error}"),
    .execute = {look_for_upgrade, "{update}<update step> ?", Spacing::blank_line, "{error}"},
    .facts = kChosenUpgradeFacts,
};
}  // namespace bfq::commands

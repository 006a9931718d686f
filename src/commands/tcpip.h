#pragma once
#include <optional>

#include "at/command.h"
#include "at/words.h"
#include "module/wire_names.h"
#include "ports/network.h"

/// The manual's chapter 4: addresses, names and links.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Answer show_status(Module&);

inline constexpr Fact kStatusFacts[] = {
    {Origin::manual, "4.2.1", "2 joined, 3 a link exists (TCP or UDP), 4 the last link is gone, 5 not joined."},
    {Origin::observed, "T16, T33", "OK follows the lines."},
    {Origin::ours, "dialect 0.4, 10", "A CIPSTART that failed leaves the status as it was."},
};
inline constexpr Command kStatus{
    .name = "+CIPSTATUS",
    .summary = "Show the state of the station and its links",
    .execute = {show_status,
                "STATUS:<stat>, and for each link +CIPSTATUS:<link ID>,<type>,<remote IP>,<remote port>,<local "
                "port>,<tetype>"},
    .facts = kStatusFacts,
};

Answer show_addresses(Module&);

inline constexpr Fact kAddressesFacts[] = {
    {Origin::observed, "T4, T14", "The softAP's lines come first; addresses and MACs are quoted, MACs in lower case."},
    {Origin::ours, "dialect 3.3", "A station without an address shows \"0.0.0.0\"."},
};
inline constexpr Command kAddresses{
    .name = "+CIFSR",
    .summary = "Show the module's own addresses",
    .execute = {show_addresses, "+CIFSR:APIP,<ip>, +CIFSR:APMAC,<mac>, +CIFSR:STAIP,<ip>, +CIFSR:STAMAC,<mac>"},
    .facts = kAddressesFacts,
};

struct DomainArgs {
  net::HostName name;
};
Answer look_up(Module&, const DomainArgs&);

inline constexpr FaultWords kDomainWords{
    .missing = words::kIpError, .wrong = words::kIpError, .too_small = words::kIpError, .too_large = words::kIpError};
inline constexpr Param kDomainParams[] = {
    param<&DomainArgs::name>("domain name", length(1, 63), "the name").saying(kDomainWords),
};
inline constexpr Fact kDomainFacts[] = {
    {Origin::manual, "4.2.2", "The address, or DNS Fail and ERROR; a name has less than 64 bytes."},
    {Origin::ours, "dialect 3.3", "An address is answered without asking anybody."},
    {Origin::ours, "dialect 3.3", "Without a network DNS Fail comes after 6 s; a server that is silent has 15 s."},
};
inline constexpr Command kDomain{
    .name = "+CIPDOMAIN",
    .summary = "Look up the address of a name",
    .set = set<&look_up>(kDomainParams),
    .facts = kDomainFacts,
};

Refusal needs_address(const Module&);
struct StartArgs {
  net::Transport transport{};
  net::HostName name;
  std::uint16_t port = 0;
  std::optional<std::uint16_t> keep_alive_s;
};
Refusal is_host(const Module&, const StartArgs&);
Answer start(Module&, const StartArgs&);

inline constexpr FaultWords kTypeWords{.missing = words::kLinkTypeError, .wrong = words::kLinkTypeError};
inline constexpr FaultWords kPortWords{.missing = words::kEntryError};
inline constexpr Param kStartParams[] = {
    param<&StartArgs::transport>("type", "the kind of connection").saying(kTypeWords),
    param<&StartArgs::name>("remote IP", length(1, 64), "an address or a name")
        .saying(kDomainWords)
        .and_then(check<&is_host, StartArgs>),
    param<&StartArgs::port>("remote port", between(1, 65535), "the server's port").saying(kPortWords),
    param<&StartArgs::keep_alive_s>("TCP keep alive", between(0, 7200), "seconds between probes; 0, the default: none"),
};
inline constexpr Fact kStartFacts[] = {
    {Origin::manual, "4.3.3", "ALREADY CONNECTED when the link is in use; keep-alive 0 to 7200 s, off by default."},
    {Origin::observed, "T15, T18", "CONNECT comes before OK."},
    {Origin::observed, "T21, T50, T51", "A refused connection answers ERROR and then CLOSED."},
    {Origin::observed, "T23, T33", "Without an address: no ip, ERROR."},
    {Origin::ours, "see Links", "A server that never answers is given up after 20 s, a name after 15 s."},
    {Origin::ours, "dialect 2", "Digits and dots that are no address: IP ERROR."},
};
inline constexpr Command kStart{
    .name = "+CIPSTART",
    .summary = "Open a connection",
    .allowed = needs_address,
    .needs = "an address, in station mode",
    .set = set<&start>(kStartParams),
    .facts = kStartFacts,
};

Refusal needs_link(const Module&);
struct SendArgs {
  std::uint16_t length = 0;
};
Answer send(Module&, const SendArgs&);

inline constexpr FaultWords kLengthWords{.too_large = words::kTooLong};
inline constexpr Param kSendParams[] = {
    param<&SendArgs::length>("length", between(1, 2048), "how many bytes follow the prompt").saying(kLengthWords),
};
constexpr Shape send_shape() {
  Shape one = shape<&send>(kSendParams);
  one.allowed = needs_link;
  one.surplus = words::kNoTail;
  return one;
}
inline constexpr Shape kSendShapes[] = {send_shape()};
inline constexpr Fact kSendFacts[] = {
    {Origin::observed, "T18, T19", "OK, then the prompt `> ` in a line of its own, with a space behind it."},
    {Origin::observed, "T18", "Recv n bytes, then SEND OK, then data that came meanwhile."},
    {Origin::ours, "dialect 0.4, 1", "+++ alone in its burst cancels, unless it completes the payload."},
    {Origin::ours, "dialect 0.4, 2", "A link that goes meanwhile: the payload is taken, then ERROR and CLOSED."},
    {Origin::ours, "dialect 0.4, 14", "What the network does not take in 10 s: SEND FAIL, then CLOSED."},
};
inline constexpr Command kSend{
    .name = "+CIPSEND",
    .summary = "Send bytes on a link",
    .set = set(kSendShapes),
    .facts = kSendFacts,
};

Refusal needs_multiple(const Module&);
struct CloseArgs {
  std::uint8_t link = 0;
};
Answer close_one(Module&, const CloseArgs&);
Answer close_single(Module&);

inline constexpr Param kCloseParams[] = {
    param<&CloseArgs::link>("link ID", between(0, 5), "the link; 5: all"),
};
constexpr Shape close_shape() {
  Shape one = shape<&close_one>(kCloseParams);
  one.allowed = needs_multiple;
  return one;
}
inline constexpr Shape kCloseShapes[] = {close_shape()};
inline constexpr Fact kCloseFacts[] = {
    {Origin::observed, "T20, T23, T28", "CLOSED comes before OK; with nothing open ERROR comes alone."},
    {Origin::ours, "dialect 3.3", "With a link ID in single mode: MUX=0 and ERROR."},
};
inline constexpr Command kClose{
    .name = "+CIPCLOSE",
    .summary = "Close a link",
    .set = set(kCloseShapes),
    .execute = {close_single},
    .facts = kCloseFacts,
};
}  // namespace bfq::commands

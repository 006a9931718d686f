#pragma once
#include <cstdint>
#include <optional>

#include "at/command.h"
#include "commands/tcpip.h"

/// Sending data of any length, as ESP-AT 2.4 has it.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

/// Arguments of AT+CIPSENDL.
struct SendLongArgs {
  std::uint8_t link = 0;
  std::uint32_t length = 0;
  std::optional<Ipv4> address{};
  std::optional<std::uint16_t> port{};
};
Refusal link_is_open_for_long(const Chip&, const SendLongArgs&);
Answer send_long(Chip&, const SendLongArgs&);

inline constexpr Param kSendLongLink =
    param<&SendLongArgs::link>("link ID", between(0, 4), "the link's number")
        .and_then(check<&link_is_open_for_long, SendLongArgs>);
inline constexpr Param kSendLongLength = param<&SendLongArgs::length>(
    "length", between(1, INT32_MAX), "how many bytes follow the prompt");
inline constexpr Param kSendLongAddress =
    param<&SendLongArgs::address>("remote IP", "where these datagrams go, instead of to the peer")
        .saying(kSendAddressWords);
inline constexpr Param kSendLongPort =
    param<&SendLongArgs::port>("remote port", between(1, 65535), "and to which port")
        .saying(kSendPortWords)
        .together();
inline constexpr Param kSendLongSingle[] = {kSendLongLength};
inline constexpr Param kSendLongDatagramSingle[] = {kSendLongLength, kSendLongAddress,
                                                    kSendLongPort};
inline constexpr Param kSendLongMultiple[] = {kSendLongLink, kSendLongLength};
inline constexpr Param kSendLongDatagramMultiple[] = {kSendLongLink, kSendLongLength,
                                                      kSendLongAddress, kSendLongPort};
inline constexpr Doc kSendLongResult =
    "{prompt}; {}:<handed over>,<received> *; {send_ok} | {send_fail} | {long_send_canceled}";
inline constexpr Shape kSendLongShapes[] = {
    shape<&send_long>(kSendLongDatagramSingle)
        .when(single_datagram, "one UDP link (AT+CIPMUX=0)")
        .needing(may_send_single)
        .surplus_says(Word::no_tail)
        .ending(kSendLongResult),
    shape<&send_long>(kSendLongSingle)
        .when(single, "one link (AT+CIPMUX=0)")
        .needing(may_send_single)
        .surplus_says(Word::no_tail)
        .ending(kSendLongResult),
    shape<&send_long>(kSendLongDatagramMultiple)
        .when(multiple_datagram, "a UDP link of several (AT+CIPMUX=1)")
        .needing(may_send)
        .surplus_says(Word::no_tail)
        .ending(kSendLongResult),
    shape<&send_long>(kSendLongMultiple)
        .when(multiple, "several links (AT+CIPMUX=1)")
        .needing(may_send)
        .surplus_says(Word::no_tail)
        .ending(kSendLongResult),
};
inline constexpr Word kSendLongRefusals[] = {Word::transparent, Word::link_is_not_valid};
inline constexpr Fact kSendLongFacts[] = {
    {Origin::ours, "personalities 2.4.33",
     "While data come, how many bytes have gone and how many have come, as often as "
     "AT+CIPSENDLCFG sets, and behind the last one."},
    {Origin::ours, "personalities 2.4.34", "+++ alone in its burst ends it: SEND CANCELLED."},
    {Origin::ours, "personalities 2.4.35",
     "A link that goes meanwhile: CLOSED, the rest is taken and dropped, SEND FAIL."},
    {Origin::ours, "personalities 2.4.36",
     "Received data and unsolicited lines are printed meanwhile, between packets too."},
};
inline constexpr Command kSendLong{
    .name = "+CIPSENDL",
    .summary = "Send data of any length on a link",
    .set = set(kSendLongShapes),
    .refusals = kSendLongRefusals,
    .facts = kSendLongFacts,
};

/// Arguments of AT+CIPSENDLCFG.
struct SendLongSetupArgs {
  std::uint32_t report = 0;
  std::optional<std::uint16_t> packet{};
};
Answer show_long_sends(Chip&);
Answer set_long_sends(Chip&, const SendLongSetupArgs&);

inline constexpr Param kSendLongSetupParams[] = {
    param<&SendLongSetupArgs::report>("report size", between(100, 1'048'576),
                                      "after so many bytes AT+CIPSENDL says how far it is"),
    param<&SendLongSetupArgs::packet>("transmit size", between(100, 2920),
                                      "bytes of a packet; unchanged when left out"),
};
inline constexpr Fact kSendLongSetupFacts[] = {
    {Origin::ours, "personalities 2.4.37", "1024 and 2920 at first."},
    {Origin::ours, "personalities 2.4.38", "A packet has 2048 bytes at most, whatever is set."},
};
inline constexpr Command kSendLongSetup{
    .name = "+CIPSENDLCFG",
    .summary = "Choose how AT+CIPSENDL sends, until the next reset",
    .query = {show_long_sends, "{}:<report size>,<transmit size>"},
    .set = set<&set_long_sends>(kSendLongSetupParams),
    .facts = kSendLongSetupFacts,
};
}  // namespace bfq::commands

#pragma once
#include "at/command.h"

/// The manual's chapter 4, goes on: passive receive, in which the host asks for what has come.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

/// Arguments of AT+CIPRECVMODE.
struct ReceiveModeArgs {
  std::uint8_t passive = 0;
};
Answer show_receive_mode(Chip&);
Answer set_receive_mode(Chip&, const ReceiveModeArgs&);

inline constexpr Param kReceiveModeParams[] = {
    param<&ReceiveModeArgs::passive>(
        "mode", between(0, 1),
        "0: data come as +IPD; 1: they wait until AT+CIPRECVDATA, and +IPD says how many"),
};
inline constexpr Fact kReceiveModeFacts[] = {
    {Origin::manual, "AT+CIPRECVMODE 2020",
     "TCP alone; UDP and SSL links and transparent transmission stay as they are. 0 by default."},
    {Origin::manual, "AT+CIPRECVMODE 2020",
     "+IPD with the number of bytes that wait, once until some of them are read."},
    {Origin::manual, "AT+CIPRECVMODE 2020",
     "At most 2920 bytes wait for each link; the peer's window closes for the rest."},
    {Origin::ours, "dialect 4.3.5",
     "It holds for links that are open, too: with 0, what waits is printed as +IPD."},
    {Origin::ours, "dialect 4.3.6", "It goes on with AT+CIPMODE=1 until AT+CIPSEND."},
};
inline constexpr Command kReceiveMode{
    .name = "+CIPRECVMODE",
    .summary = "Choose whether received data wait until they are asked for",
    .query = {show_receive_mode, "{}:<mode>"},
    .set = set<&set_receive_mode>(kReceiveModeParams),
    .later = "{ipd}[<link ID>,]<unread>",
    .facts = kReceiveModeFacts,
};

/// Arguments of AT+CIPRECVDATA.
struct ReceiveDataArgs {
  std::uint8_t link = 0;
  std::uint16_t length = 0;
};
bool single(const Chip&, Fields);
bool multiple(const Chip&, Fields);
Answer receive_data(Chip&, const ReceiveDataArgs&);

inline constexpr Param kReceiveLink =
    param<&ReceiveDataArgs::link>("link ID", between(0, 4), "the link's number");
inline constexpr Param kReceiveLengthWanted = param<&ReceiveDataArgs::length>(
    "length", between(1, 2048), "how many bytes at most; fewer where fewer wait");
inline constexpr Param kReceiveDataSingle[] = {kReceiveLengthWanted};
inline constexpr Param kReceiveDataMultiple[] = {kReceiveLink, kReceiveLengthWanted};
inline constexpr Shape kReceiveDataShapes[] = {
    shape<&receive_data>(kReceiveDataSingle)
        .when(single, "one link (AT+CIPMUX=0)")
        .answering("{}:<length>,<data>"),
    shape<&receive_data>(kReceiveDataMultiple)
        .when(multiple, "several links (AT+CIPMUX=1)")
        .answering("{}:<length>,<data>"),
};
inline constexpr Word kReceiveDataRefusals[] = {Word::link_is_not_valid};
inline constexpr Fact kReceiveDataFacts[] = {
    {Origin::manual, "AT+CIPRECVDATA 2020", "At most 2048 bytes at a time, and what waits."},
    {Origin::manual, "AT+CIPRECVDATA 2020",
     "What waits is still there behind CLOSED, until the link's number is used again."},
    {Origin::ours, "dialect 4.3.1", "Nothing waits: ERROR; and no link: link is not valid, ERROR."},
};
inline constexpr Command kReceiveData{
    .name = "+CIPRECVDATA",
    .summary = "Read data that wait",
    .set = set(kReceiveDataShapes),
    .refusals = kReceiveDataRefusals,
    .facts = kReceiveDataFacts,
};

Answer show_unread(Chip&);

inline constexpr Fact kReceiveLengthFacts[] = {
    {Origin::manual, "AT+CIPRECVLEN 2020", "One number for each link: how many bytes wait."},
    {Origin::ours, "dialect 4.3.7",
     "0 where there is no link; one that has closed counts what is left."},
};
inline constexpr Command kReceiveLength{
    .name = "+CIPRECVLEN",
    .summary = "Show how many bytes wait for each link",
    .query = {show_unread, "{}:<unread>,<unread>,<unread>,<unread>,<unread>", Spacing::by_dialect},
    .facts = kReceiveLengthFacts,
};
}  // namespace bfq::commands

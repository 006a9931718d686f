#pragma once
#include "commands/esp8266_links.h"
#include "commands/esp8266_rows.h"
#include "commands/esp_at_links.h"
#include "commands/receiving.h"
#include "commands/server.h"
#include "commands/tcpip.h"

/// Rows of the personality `esp-at-2` about links that differ from those of `bfq4004`.
namespace bfq::commands::esp_at {

inline constexpr Fact kStatusFacts[] = {
    {Origin::observed, "E9, E12",
     "0 not started or joining, 2 joined, 3 with a TCP or SSL link, 4 behind the last of those."},
    {Origin::ours, "personalities 2.4.6",
     "1 never joined, 5 joined once; UDP alone leaves 2 or 4."},
};
inline constexpr Command kStatus = commands::kStatus.known_from(kStatusFacts);

// Opening -----------------------------------------------------------------------------------------

using esp8266_v17::kLinkOpened;
using esp8266_v17::kNumberedLinkOpened;
using esp8266_v17::kNumberedStreamOpened;
using esp8266_v17::kStreamOpened;
using esp8266_v17::kStreamResult;

inline constexpr Param kStreamOwn = param<&StreamArgs::own>(
    "local IP", "the address that it leaves from: the module's own, or 0.0.0.0");
inline constexpr Param kDatagramOwn = param<&DatagramArgs::own>(
    "local IP", "the address that it leaves from: the module's own, or 0.0.0.0");
inline constexpr Param kStreamSingle[] = {kStreamType, kStreamHost, kStreamPort, kKeepAlive,
                                          kStreamOwn};
inline constexpr Param kStreamMultiple[] = {kStreamLink, kStreamType, kStreamHost,
                                            kStreamPort, kKeepAlive,  kStreamOwn};
inline constexpr Param kDatagramSingle[] = {kDatagramType, kDatagramHost, kDatagramPort,
                                            kLocalPort,    kUdpMode,      kDatagramOwn};
inline constexpr Param kDatagramMultiple[] = {
    kDatagramLink, kDatagramType, kDatagramHost, kDatagramPort, kLocalPort, kUdpMode, kDatagramOwn};
inline constexpr Param kNoPeerSingle[] = {kDatagramType, kDatagramHost, kNoPort,
                                          kOwnPort,      kUdpMode,      kDatagramOwn};
inline constexpr Param kNoPeerMultiple[] = {kDatagramLink, kDatagramType, kDatagramHost, kNoPort,
                                            kOwnPort,      kUdpMode,      kDatagramOwn};
inline constexpr Shape kStartShapes[] = {
    shape<&open_datagram>(kNoPeerSingle)
        .when(names_no_port_single, "UDP without a peer yet, one link (AT+CIPMUX=0)")
        .answering(kLinkOpened),
    shape<&open_datagram>(kDatagramSingle)
        .when(opens_datagram_single, "UDP, one link (AT+CIPMUX=0)")
        .answering(kLinkOpened),
    shape<&open_stream>(kStreamSingle)
        .when(single, "TCP or SSL, one link (AT+CIPMUX=0)")
        .answering(kStreamOpened)
        .ending(kStreamResult),
    shape<&open_datagram>(kNoPeerMultiple)
        .when(names_no_port_multiple, "UDP without a peer yet, several links (AT+CIPMUX=1)")
        .answering(kNumberedLinkOpened),
    shape<&open_datagram>(kDatagramMultiple)
        .when(opens_datagram_multiple, "UDP, several links (AT+CIPMUX=1)")
        .answering(kNumberedLinkOpened),
    shape<&open_stream>(kStreamMultiple)
        .when(multiple, "TCP or SSL, several links (AT+CIPMUX=1)")
        .answering(kNumberedStreamOpened)
        .ending(kStreamResult),
};
inline constexpr Word kStartRefusals[] = {
    Word::no_ip,          Word::dns_fail,       Word::already_connected, Word::connect_fail,
    Word::no_certificate, Word::no_private_key, Word::no_authorities};
inline constexpr Fact kStartFacts[] = {
    {Origin::observed, "E7", "CONNECT, then OK; a UDP link with its own port and a mode."},
    {Origin::ours, "personalities 2.4.7", "Types of IPv6 are refused: Link type ERROR, ERROR."},
    {Origin::ours, "personalities 2.4.8", "Several SSL links at a time are allowed."},
    {Origin::observed, "T21, T50, T51", "A refused connection answers ERROR and then CLOSED."},
    {Origin::ours, "dialect 0.4.11",
     "UDP with a mode and an empty local port takes any port that is free."},
    {Origin::ours, "personalities 2.4.9", "A local IP that is not the module's: ERROR."},
    {Origin::ours, "personalities 2.5.1",
     "A certificate or key that is needed and not there: NO CERT FOUND, NO PRVT_KEY FOUND or NO CA "
     "FOUND, ERROR."},
};
inline constexpr Command kStart = [] {
  Command c = commands::kStart;
  c.set = set(kStartShapes);
  c.refusals = kStartRefusals;
  c.facts = kStartFacts;
  return c;
}();

inline constexpr Doc kOpenedAnywhere =
    "[<link ID>,]{connect} | "
    "{link_connection}<failed>,<link ID>,\"<transport>\",0,\"<peer>\",<peer port>,<own port>";
inline constexpr Shape kStartAnywhereShapes[] = {
    shape<&open_datagram_anywhere>(kNoPeerSingle)
        .when(names_no_port_anywhere, "UDP without a peer yet")
        .answering(kOpenedAnywhere),
    shape<&open_datagram_anywhere>(kDatagramSingle)
        .when(opens_datagram_anywhere, "UDP")
        .answering(kOpenedAnywhere),
    shape<&open_stream_anywhere>(kStreamSingle).answering(kOpenedAnywhere).ending(kStreamResult),
};
inline constexpr Fact kStartAnywhereFacts[] = {
    {Origin::observed, "E9", "It takes the lowest number that is free, and CONNECT says which."},
    {Origin::ours, "personalities 2.4.10", "In single mode it is AT+CIPSTART."},
    {Origin::ours, "personalities 2.4.11", "With no number free: ALREADY CONNECTED, ERROR."},
};
inline constexpr Command kStartAnywhere = [] {
  Command c = kStart;
  c.name = "+CIPSTARTEX";
  c.summary = "Open a connection with the lowest number that is free";
  c.set = set(kStartAnywhereShapes);
  c.facts = kStartAnywhereFacts;
  return c;
}();

// Sending and receiving ---------------------------------------------------------------------------

inline constexpr Fact kSendFacts[] = {
    {Origin::observed, "T24, E7, E9", "OK, an empty line, and > without a space behind it."},
    {Origin::ours, "personalities 2.4.12", "At most 2048 bytes; Recv n bytes, then SEND OK."},
    {Origin::ours, "personalities 2.4.13",
     "Without a length: transparent transmission, over SSL too, until +++ comes alone."},
    {Origin::ours, "dialect 0.4.1",
     "+++ alone in its burst cancels, unless it completes the payload."},
};
inline constexpr Word kSendRefusals[] = {Word::transparent, Word::link_is_not_valid};
inline constexpr Command kSend = [] {
  Command c = commands::kSend;
  c.refusals = kSendRefusals;
  c.facts = kSendFacts;
  return c;
}();
inline constexpr Fact kSendEscapedFacts[] = {
    {Origin::ours, "personalities 2.4.14",
     "As AT+CIPSEND, and `\\0` ends the payload before its length, which counts what is typed."},
};
inline constexpr Command kSendEscaped = [] {
  Command c = commands::kSendEscaped;
  c.refusals = kSendRefusals;
  c.facts = kSendEscapedFacts;
  return c;
}();

inline constexpr Fact kSenderFacts[] = {
    {Origin::ours, "personalities 2.4.15", "true or false; the address in +IPD is quoted."},
    {Origin::observed, "E2", "AT+CIPRECVDATA names the sender, too."},
};
inline constexpr Command kSender = commands::kSender.known_from(kSenderFacts);

inline constexpr Fact kReceiveModeFacts[] = {
    {Origin::observed, "E2", "+IPD with the number of bytes that wait, once until some are read."},
    {Origin::ours, "personalities 2.4.16", "At most 5760 bytes wait for each link, 4032 of UDP."},
    {Origin::ours, "personalities 2.4.41", "It is for SSL and UDP, too."},
    {Origin::ours, "personalities 2.4.17",
     "CLOSED comes when the data are read, or with AT+CIPCLOSE."},
};
inline constexpr Command kReceiveMode = commands::kReceiveMode.known_from(kReceiveModeFacts);

inline constexpr Range kAnyLength = between(1, INT32_MAX);
inline constexpr Param kReceiveLink =
    param<&ReceiveAnyLengthArgs::link>("link ID", between(0, 4), "the link's number");
inline constexpr Param kReceiveLengthWanted = param<&ReceiveAnyLengthArgs::length>(
    "length", kAnyLength, "how many bytes at most; fewer where fewer wait");
inline constexpr Param kReceiveDataSingle[] = {kReceiveLengthWanted};
inline constexpr Param kReceiveDataMultiple[] = {kReceiveLink, kReceiveLengthWanted};
inline constexpr Doc kReceivedData = "{}:<length>[,\"<remote IP>\",<remote port>],<data>";
inline constexpr Shape kReceiveDataShapes[] = {
    shape<&receive_any_length>(kReceiveDataSingle)
        .when(single, "one link (AT+CIPMUX=0)")
        .answering(kReceivedData),
    shape<&receive_any_length>(kReceiveDataMultiple)
        .when(multiple, "several links (AT+CIPMUX=1)")
        .answering(kReceivedData),
};
inline constexpr Fact kReceiveDataFacts[] = {
    {Origin::observed, "E2", "The length, with AT+CIPDINFO=1 the sender, and the data."},
    {Origin::ours, "dialect 4.3.1", "Nothing waits: ERROR; and no link: link is not valid, ERROR."},
    {Origin::ours, "personalities 2.4.42",
     "Datagrams come one behind the other, with the sender of the last; what is left of that one "
     "is "
     "lost."},
};
inline constexpr Command kReceiveData = [] {
  Command c = commands::kReceiveData;
  c.set = set(kReceiveDataShapes);
  c.facts = kReceiveDataFacts;
  return c;
}();

inline constexpr Fact kReceiveLengthFacts[] = {
    {Origin::observed, "E2, E9", "-1 where there is no link."},
};
inline constexpr Command kReceiveLength = [] {
  Command c = commands::kReceiveLength;
  c.query.reply =
      "{}:<unread or none>,<unread or none>,<unread or none>,<unread or none>,<unread or none>";
  c.facts = kReceiveLengthFacts;
  return c;
}();

inline constexpr Fact kCloseFacts[] = {
    {Origin::observed, "T20, T23, T28",
     "CLOSED comes before OK; with nothing open ERROR comes alone."},
    {Origin::observed, "T53", "A number that is not open: UNLINK, ERROR."},
    {Origin::ours, "personalities 2.4.18", "5 closes all, also while the server runs."},
};
inline constexpr Command kClose = commands::kClose.known_from(kCloseFacts);

inline constexpr Fact kPassthroughFacts[] = {
    {Origin::ours, "personalities 2.4.19",
     "From then on data are printed as they are, without +IPD, until AT+CIPMODE=0."},
    {Origin::ours, "personalities 2.4.20", "SSL is allowed."},
    {Origin::ours, "dialect 3.3.7",
     "With CIPMUX=1 or a server: CIPMUX and CIPSERVER must be 0, ERROR."},
};
inline constexpr Command kPassthrough = commands::kPassthrough.known_from(kPassthroughFacts);

inline constexpr Param kStartAnyStreamParams[] = {
    param<&StartAnyStreamArgs::mode>("mode", between(1, 1), "1: with this link"),
    param<&StartAnyStreamArgs::host>("remote IP", ranges::kHost, "an address or a name"),
    param<&StartAnyStreamArgs::port>("remote port", ranges::kPort, "the server's port"),
    param<&StartAnyStreamArgs::type>("type", "\"TCP\", also when left out, or \"SSL\""),
    param<&StartAnyStreamArgs::keep_alive_s>(
        "TCP keep alive", ranges::kKeepAlive,
        "seconds of silence before probes; 0, the default: none"),
};
inline constexpr Shape kStartLinkShapes[] = {
    commands::kStartLinkShapes[0],
    commands::kStartLinkShapes[1],
    shape<&start_with_any_stream>(kStartAnyStreamParams),
};
inline constexpr Fact kStartLinkFacts[] = {
    {Origin::ours, "personalities 2.4.21", "As AT 1.7 has it, and over SSL, too. Always stored."},
    {Origin::observed, "E7", "255.255.255.255 is taken for UDP."},
};
inline constexpr Command kStartLink = [] {
  Command c = commands::kStartLink;
  c.set = set(kStartLinkShapes);
  c.facts = kStartLinkFacts;
  return c;
}();

// The server --------------------------------------------------------------------------------------

inline constexpr Param kStartServerParams[] = {
    param<&StartTypedServerArgs::on>("mode", between(1, 1), "1 opens the server"),
    param<&StartTypedServerArgs::port>("port", between(1, 65535), "333 when left out"),
    param<&StartTypedServerArgs::type>("type", "\"TCP\"; others are refused"),
    param<&StartTypedServerArgs::authority>("CA enable", between(0, 1), "of SSL"),
};
inline constexpr Param kStopServerParams[] = {
    param<&StopTypedServerArgs::on>("mode", between(0, 0), "0 closes the server"),
    param<&StopTypedServerArgs::closes>("close", between(0, 1),
                                        "1: its links close with it; 0, the default: they stay"),
};
inline constexpr Shape kServerShapes[] = {
    shape<&stop_typed_server>(kStopServerParams)
        .when(stops_server, "to close the server")
        .needing(needs_multiple_silently)
        .answering("{no_change} ?"),
    shape<&start_typed_server>(kStartServerParams)
        .needing(needs_multiple_silently)
        .answering("{no_change} ?"),
};
inline constexpr Fact kServerFacts[] = {
    {Origin::ours, "personalities 2.4.22", "0, or 1, the port, \"TCP\" and 0."},
    {Origin::ours, "personalities 2.4.23", "What is so already: no change, OK."},
    {Origin::ours, "personalities 2.4.24",
     "A client above the limit is turned away: Have n Connections."},
    {Origin::ours, "personalities 2.4.25", "There is no server over SSL: ERROR."},
};
inline constexpr Command kServer = [] {
  Command c = commands::kServer;
  c.allowed = nullptr;
  c.needs = "AT+CIPMUX=1, to set";
  c.query = {show_server, "{}:0 | {}:1,<server port>,\"TCP\",0"};
  c.set = set(kServerShapes);
  c.later = "{too_many_clients}<clients>{clients_behind}";
  c.facts = kServerFacts;
  return c;
}();

inline constexpr Fact kIdleLimitFacts[] = {
    {Origin::ours, "personalities 2.4.26", "It counts from the last data that the client sent."},
    {Origin::ours, "dialect 3.3.11",
     "The set answers ERROR without a server; it holds for the links that are open, too."},
};
inline constexpr Command kIdleLimit = commands::kIdleLimit.known_from(kIdleLimitFacts);
}  // namespace bfq::commands::esp_at

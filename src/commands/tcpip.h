#pragma once
#include <optional>

#include "at/command.h"
#include "module/wire_names.h"
#include "ports/network.h"

/// The manual's chapter 4: names and links.
namespace bfq {
enum class UdpMode : std::uint8_t;
}
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

// What the shape of a command depends on ----------------------------------------------------------

bool single(const Chip&, Fields);
bool single_datagram(const Chip&, Fields);
bool multiple(const Chip&, Fields);
bool multiple_datagram(const Chip&, Fields);

// Status and names --------------------------------------------------------------------------------

Answer show_status(Chip&);

inline constexpr Fact kStatusFacts[] = {
    {Origin::manual, "4.2.1",
     "2 joined, 3 a link exists (TCP or UDP), 4 the last link is gone, 5 not joined."},
    {Origin::observed, "T16, T33", "OK follows the lines."},
    {Origin::ours, "dialect 0.4.10", "A CIPSTART that failed leaves the status as it was."},
};
inline constexpr Command kStatus{
    .name = "+CIPSTATUS",
    .summary = "Show the state of the station and its links",
    .execute = {show_status,
                "{status}<stat>; {}:<link ID>,\"<type>\",\"<remote IP>\",<remote port>,"
                "<local port>,<tetype> *"},
    .facts = kStatusFacts,
};

/// Arguments of AT+CIPDOMAIN.
struct DomainArgs {
  net::HostName name{};
};
Answer look_up(Chip&, const DomainArgs&);

inline constexpr FaultWords kHostWords{.missing = Word::ip_error,
                                       .wrong = Word::ip_error,
                                       .too_small = Word::ip_error,
                                       .too_large = Word::ip_error};
inline constexpr Param kDomainParams[] = {
    param<&DomainArgs::name>("domain name", length(1, 63), "the name").saying(kHostWords),
};
inline constexpr Word kDomainRefusals[] = {Word::dns_fail};
inline constexpr Fact kDomainFacts[] = {
    {Origin::manual, "4.2.2", "The address, or DNS Fail and ERROR; a name has less than 64 bytes."},
    {Origin::ours, "dialect 3.3.2", "An address is answered without asking anybody."},
    {Origin::ours, "dialect 2.5", "What names no host: IP ERROR, and nobody is asked."},
    {Origin::ours, "dialect 3.3.3",
     "Without a network DNS Fail comes after 6 s; one silent name server is given up after 6 s, "
     "several after 15 s at most."},
};
inline constexpr Command kDomain{
    .name = "+CIPDOMAIN",
    .summary = "Look up the address of a name",
    .set = set<&look_up>(kDomainParams).answering("{}:<IP address>"),
    .refusals = kDomainRefusals,
    .facts = kDomainFacts,
};

// Opening -----------------------------------------------------------------------------------------

/// Arguments of AT+CIPSTART for TCP and SSL.
struct StreamArgs {
  std::uint8_t link = 0;
  net::Transport transport{};
  net::HostName host{};
  std::uint16_t port = 0;
  std::optional<std::uint16_t> keep_alive_s{};
  std::optional<Ipv4> own{};  ///< the address that the link is to leave from
};
/// A host, or "0" for none yet, which becomes 0.0.0.0.
struct DatagramHost : net::HostName {
  [[nodiscard]] bool assign(std::string_view typed) {
    return HostName::assign(typed == "0" ? "0.0.0.0" : typed);
  }
};

/// Arguments of AT+CIPSTART for UDP.
struct DatagramArgs {
  std::uint8_t link = 0;
  net::Transport transport{};
  DatagramHost host{};
  std::optional<std::uint16_t> port{};
  std::optional<std::uint16_t> local_port{};
  std::optional<UdpMode> mode{};
  std::optional<Ipv4> own{};
};
Refusal needs_address(const Chip&);
Answer open_stream(Chip&, const StreamArgs&);
Answer open_datagram(Chip&, const DatagramArgs&);
bool opens_datagram_single(const Chip&, Fields);
bool opens_datagram_multiple(const Chip&, Fields);
bool names_no_port_single(const Chip&, Fields);
bool names_no_port_multiple(const Chip&, Fields);
// Of AT+CIPSTARTEX, which takes the lowest number that is free.
Answer open_stream_anywhere(Chip&, const StreamArgs&);
Answer open_datagram_anywhere(Chip&, const DatagramArgs&);
bool opens_datagram_anywhere(const Chip&, Fields);
bool names_no_port_anywhere(const Chip&, Fields);

inline constexpr FaultWords kStartLinkWords{.missing = Word::link_type_error,
                                            .wrong = Word::link_type_error,
                                            .too_small = Word::id_error,
                                            .too_large = Word::id_error};
inline constexpr FaultWords kTypeWords{.missing = Word::link_type_error,
                                       .wrong = Word::link_type_error};
inline constexpr FaultWords kPortWords{.missing = Word::entry_error};

inline constexpr Param kStreamLink =
    param<&StreamArgs::link>("link ID", between(0, 4), "the link's number").saying(kStartLinkWords);
inline constexpr Param kStreamType =
    param<&StreamArgs::transport>("type", "\"TCP\", or \"SSL\" for TLS over it").saying(kTypeWords);
inline constexpr Param kStreamHost =
    param<&StreamArgs::host>("remote IP", length(1, 64), "an address or a name").saying(kHostWords);
inline constexpr Param kStreamPort =
    param<&StreamArgs::port>("remote port", between(1, 65535), "the server's port")
        .saying(kPortWords);
inline constexpr Param kKeepAlive = param<&StreamArgs::keep_alive_s>(
    "TCP keep alive", between(0, 7200), "seconds of silence before probes; 0, the default: none");
inline constexpr Param kDatagramLink =
    param<&DatagramArgs::link>("link ID", between(0, 4), "the link's number")
        .saying(kStartLinkWords);
inline constexpr Param kDatagramType =
    param<&DatagramArgs::transport>("type", "\"UDP\"").saying(kTypeWords);
inline constexpr Param kDatagramHost =
    param<&DatagramArgs::host>("remote IP", length(1, 64),
                               "an address or a name, \"0\" for none yet")
        .saying(kHostWords);
inline constexpr Param kDatagramPort =
    param<&DatagramArgs::port>("remote port", between(1, 65535), "the peer's port").required();
inline constexpr Param kNoPort =
    param<&DatagramArgs::port>("remote port", between(0, 0), "0: there is no peer yet");
inline constexpr Param kLocalPort = param<&DatagramArgs::local_port>(
    "UDP local port", between(1, 65535), "our own port; any when left out");
inline constexpr FaultWords kOwnPortWords{.missing = Word::missing_parameter};
inline constexpr Param kOwnPort =
    param<&DatagramArgs::local_port>("UDP local port", between(1, 65535), "our own port")
        .required()
        .saying(kOwnPortWords);
inline constexpr Param kUdpMode = param<&DatagramArgs::mode>(
    "UDP mode", between(0, 2),
    "0: the peer stays; 1: it changes once; 2: it changes with each sender");

inline constexpr Param kStreamSingle[] = {kStreamType, kStreamHost, kStreamPort, kKeepAlive};
inline constexpr Param kStreamMultiple[] = {kStreamLink, kStreamType, kStreamHost, kStreamPort,
                                            kKeepAlive};
inline constexpr Param kDatagramSingle[] = {kDatagramType, kDatagramHost, kDatagramPort, kLocalPort,
                                            kUdpMode};
inline constexpr Param kDatagramMultiple[] = {kDatagramLink, kDatagramType, kDatagramHost,
                                              kDatagramPort, kLocalPort,    kUdpMode};
inline constexpr Param kNoPeerSingle[] = {kDatagramType, kDatagramHost, kNoPort, kOwnPort,
                                          kUdpMode};
inline constexpr Param kNoPeerMultiple[] = {kDatagramLink, kDatagramType, kDatagramHost,
                                            kNoPort,       kOwnPort,      kUdpMode};
inline constexpr Shape kStartShapes[] = {
    shape<&open_datagram>(kNoPeerSingle)
        .when(names_no_port_single, "UDP without a peer yet, one link (AT+CIPMUX=0)")
        .answering("{connect}"),
    shape<&open_datagram>(kDatagramSingle)
        .when(opens_datagram_single, "UDP, one link (AT+CIPMUX=0)")
        .answering("{connect}"),
    shape<&open_stream>(kStreamSingle)
        .when(single, "TCP or SSL, one link (AT+CIPMUX=0)")
        .answering("{connect}"),
    shape<&open_datagram>(kNoPeerMultiple)
        .when(names_no_port_multiple, "UDP without a peer yet, several links (AT+CIPMUX=1)")
        .answering("<link ID>,{connect}"),
    shape<&open_datagram>(kDatagramMultiple)
        .when(opens_datagram_multiple, "UDP, several links (AT+CIPMUX=1)")
        .answering("<link ID>,{connect}"),
    shape<&open_stream>(kStreamMultiple)
        .when(multiple, "TCP or SSL, several links (AT+CIPMUX=1)")
        .answering("<link ID>,{connect}"),
};
inline constexpr Word kStartRefusals[] = {Word::no_ip, Word::dns_fail, Word::already_connected,
                                          Word::connect_fail, Word::tls_is_taken};
inline constexpr Fact kStartFacts[] = {
    {Origin::manual, "4.3.3",
     "ALREADY CONNECTED when the link is in use; keep-alive 0 to 7200 s, off by default."},
    {Origin::manual, "4.3.3", "UDP modes 0, 1 and 2; a mode stands behind the local port."},
    {Origin::observed, "T15, T18", "CONNECT comes before OK."},
    {Origin::observed, "T21, T50, T51", "A refused connection answers ERROR and then CLOSED."},
    {Origin::observed, "T23, T33", "Without an address: no ip, ERROR."},
    {Origin::observed, "T45",
     "A link ID in single mode, or none in multiple mode: Link type ERROR."},
    {Origin::ours, "dialect 3.3.3, 3.3.12",
     "A server that never answers is given up after 20 s; a name after 6 s by one silent name "
     "server, after 15 s at most by several."},
    {Origin::ours, "dialect 2.4", "Digits and dots that are no address: IP ERROR."},
    {Origin::ours, "dialect 2.5", "So is a name with anything but letters, digits, -, _ and dots."},
    {Origin::ours, "dialect 0.4.11",
     "UDP with a mode and an empty local port takes any port that is free."},
    {Origin::ours, "dialect 0.4.32",
     "IPv6 is not known: a literal is IP ERROR, a name with such addresses alone DNS Fail."},
    {Origin::ours, "dialect 3.3.4", "A second SSL link: ssl reach max, ERROR."},
    {Origin::ours, "dialect 0.4.14",
     "A failed TLS handshake ends like a refused connection; nothing is verified."},
};
inline constexpr Command kStart{
    .name = "+CIPSTART",
    .summary = "Open a connection",
    .allowed = needs_address,
    .needs = "an address, in station mode",
    .set = set(kStartShapes),
    .refusals = kStartRefusals,
    .facts = kStartFacts,
};

// Sending -----------------------------------------------------------------------------------------

/// Arguments of AT+CIPSEND.
struct SendArgs {
  std::uint8_t link = 0;
  std::uint16_t length = 0;
  std::optional<Ipv4> address{};
  std::optional<std::uint16_t> port{};
};
Refusal may_send(const Chip&);
Refusal may_send_single(const Chip&);
Refusal link_is_open(const Chip&, const SendArgs&);
Answer send(Chip&, const SendArgs&);
Answer send_escaped(Chip&, const SendArgs&);
Answer enter_passthrough(Chip&);

inline constexpr FaultWords kLengthWords{.too_large = Word::too_long};
inline constexpr FaultWords kSendAddressWords{.missing = Word::bad_ip, .wrong = Word::bad_ip};
inline constexpr FaultWords kSendPortWords{.missing = Word::no_port,
                                           .wrong = Word::port_error,
                                           .too_small = Word::port_range_error,
                                           .too_large = Word::port_range_error};
inline constexpr Param kSendLink =
    param<&SendArgs::link>("link ID", between(0, 4), "the link's number")
        .and_then(check<&link_is_open, SendArgs>);
inline constexpr Param kSendLength =
    param<&SendArgs::length>("length", between(1, 2048), "how many bytes follow the prompt")
        .saying(kLengthWords);
inline constexpr Param kSendAddress =
    param<&SendArgs::address>("remote IP", "where this datagram goes, instead of to the peer")
        .saying(kSendAddressWords);
inline constexpr Param kSendPort =
    param<&SendArgs::port>("remote port", between(1, 65535), "and to which port")
        .saying(kSendPortWords)
        .together();

inline constexpr Param kSendSingle[] = {kSendLength};
inline constexpr Param kSendDatagramSingle[] = {kSendLength, kSendAddress, kSendPort};
inline constexpr Param kSendMultiple[] = {kSendLink, kSendLength};
inline constexpr Param kSendDatagramMultiple[] = {kSendLink, kSendLength, kSendAddress, kSendPort};
inline constexpr Doc kSendResult =
    "{prompt}; {received_before}<length>{received_after} ?; "
    "{send_ok} | {send_fail} | {send_canceled} | {error}";
inline constexpr Shape kSendShapes[] = {
    shape<&send>(kSendDatagramSingle)
        .when(single_datagram, "one UDP link (AT+CIPMUX=0)")
        .needing(may_send_single)
        .surplus_says(Word::no_tail)
        .ending(kSendResult),
    shape<&send>(kSendSingle)
        .when(single, "one link (AT+CIPMUX=0)")
        .needing(may_send_single)
        .surplus_says(Word::no_tail)
        .ending(kSendResult),
    shape<&send>(kSendDatagramMultiple)
        .when(multiple_datagram, "a UDP link of several (AT+CIPMUX=1)")
        .needing(may_send)
        .surplus_says(Word::no_tail)
        .ending(kSendResult),
    shape<&send>(kSendMultiple)
        .when(multiple, "several links (AT+CIPMUX=1)")
        .needing(may_send)
        .surplus_says(Word::no_tail)
        .ending(kSendResult),
};
inline constexpr Word kSendRefusals[] = {Word::transparent, Word::link_is_not_valid,
                                         Word::send_mode_error, Word::buffer_full};
inline constexpr Fact kSendFacts[] = {
    {Origin::observed, "T18, T19",
     "OK, then the prompt `> ` in a line of its own, with a space behind it."},
    {Origin::observed, "T18", "Recv n bytes, then SEND OK, then data that came meanwhile."},
    {Origin::observed, "T52", "A link that is not open: link is not valid, ERROR."},
    {Origin::ours, "dialect 0.4.1",
     "+++ alone in its burst cancels, unless it completes the payload."},
    {Origin::ours, "dialect 0.4.2",
     "A link that goes meanwhile: the payload is taken, then ERROR, what came before, CLOSED."},
    {Origin::ours, "dialect 0.4.29",
     "Cancelled after its link has gone: SEND Canceled, what came before, CLOSED."},
    {Origin::ours, "dialect 0.4.14",
     "What the network does not take in 10 s: SEND FAIL, what came meanwhile, CLOSED."},
    {Origin::ours, "dialect 5.1.2", "An address in the command is for that datagram alone."},
    {Origin::manual, "4.4.4", "Without a length: transparent transmission, until +++ comes alone."},
    {Origin::ours, "dialect 0.4.32",
     "Without a peer (0.0.0.0 or port 0) a UDP link is refused transparent transmission, and a "
     "datagram to it is SEND FAIL."},
    {Origin::observed, "T58", "Leaving transparent transmission prints nothing."},
    {Origin::ours, "dialect 0.4.12",
     "A silence of 20 ms ends a packet; a steady stream goes out 2048 bytes at a time."},
    {Origin::ours, "dialect 5.2.1",
     "A TCP link that breaks is opened again every 100 ms, and what is typed is dropped."},
};
inline constexpr Command kSend{
    .name = "+CIPSEND",
    .summary = "Send bytes on a link, or enter transparent transmission",
    .set = set(kSendShapes),
    .execute = {.run = enter_passthrough, .result = "{passthrough_prompt}"},
    .refusals = kSendRefusals,
    .facts = kSendFacts,
};

inline constexpr Doc kSendEscapedResult =
    "{prompt}; {received_before}<bytes>{received_after} ?; "
    "{send_ok} | {send_fail} | {send_canceled} | {error}";
/// The same shape for AT+CIPSENDEX.
consteval Shape escaped(const Shape& of_send) {
  Shape shape = of_send.ending(kSendEscapedResult);
  shape.run = at::shape<&send_escaped>(of_send.params).run;
  return shape;
}
inline constexpr Shape kSendEscapedShapes[] = {escaped(kSendShapes[0]), escaped(kSendShapes[1]),
                                               escaped(kSendShapes[2]), escaped(kSendShapes[3])};
inline constexpr Fact kSendEscapedFacts[] = {
    {Origin::manual, "AT+CIPSENDEX 2020",
     "As AT+CIPSEND, and `\\0` ends the payload before its length, which counts what is typed."},
    {Origin::manual, "AT+CIPSENDEX 2020", "`\\\\0` sends `\\0`."},
    {Origin::ours, "dialect 5.1.3", "Other backslashes are sent as they are."},
    {Origin::ours, "dialect 5.1.4", "Recv says how many bytes are sent."},
};
inline constexpr Command kSendEscaped{
    .name = "+CIPSENDEX",
    .summary = "Send bytes on a link, up to a length or `\\0`",
    .set = set(kSendEscapedShapes),
    .refusals = kSendRefusals,
    .facts = kSendEscapedFacts,
};

// Closing -----------------------------------------------------------------------------------------

/// Arguments of AT+CIPCLOSE.
struct CloseArgs {
  std::uint8_t link = 0;
};
Refusal needs_multiple(const Chip&);
Answer close_numbered(Chip&, const CloseArgs&);
Answer close_single(Chip&);

inline constexpr Param kCloseParams[] = {
    param<&CloseArgs::link>("link ID", between(0, 5), "the link; 5: all of them"),
};
inline constexpr Shape kCloseShapes[] = {
    shape<&close_numbered>(kCloseParams).needing(needs_multiple).answering("<link ID>,{closed} *"),
};
inline constexpr Word kCloseRefusals[] = {Word::multiplexing_is_off, Word::multiplexing_is_on,
                                          Word::unlink};
inline constexpr Fact kCloseFacts[] = {
    {Origin::observed, "T20, T23, T28",
     "CLOSED comes before OK; with nothing open ERROR comes alone."},
    {Origin::observed, "T53", "A number that is not open: UNLINK, ERROR."},
    {Origin::manual, "4.4.5", "5 closes all; while the server runs it has no effect."},
    {Origin::ours, "dialect 3.3.5", "The form for the other mode: MUX=0 or MUX=1, ERROR."},
};
inline constexpr Command kClose{
    .name = "+CIPCLOSE",
    .summary = "Close a link, or all of them",
    .set = set(kCloseShapes),
    .execute = {.run = close_single, .reply = "{closed}"},
    .refusals = kCloseRefusals,
    .facts = kCloseFacts,
};

// Modes -------------------------------------------------------------------------------------------

/// The one argument of a command that switches something: 0 or 1.
struct SwitchArgs {
  std::uint8_t on = 0;
};
Answer show_multiple(Chip&);
Answer set_multiple(Chip&, const SwitchArgs&);
Answer show_passthrough(Chip&);
Answer set_passthrough(Chip&, const SwitchArgs&);
Answer show_sender(Chip&);
Answer set_sender(Chip&, const SwitchArgs&);

inline constexpr Param kMultipleParams[] = {
    param<&SwitchArgs::on>("mode", between(0, 1), "0: one link, the default; 1: up to five"),
};
inline constexpr Word kMultipleRefusals[] = {Word::links_exist, Word::transparent_must_be_off,
                                             Word::server_must_be_off, Word::other_links_exist};
inline constexpr Fact kMultipleFacts[] = {
    {Origin::manual, "4.4.6",
     "Only with transparent transmission off, no link open, and no server when going back."},
    {Origin::ours, "dialect 3.3.6",
     "What is set already answers OK, whatever is open; each refusal has its line."},
};
inline constexpr Command kMultiple{
    .name = "+CIPMUX",
    .summary = "Choose between one link and several",
    .query = {show_multiple, "{}:<mode>"},
    .set = set<&set_multiple>(kMultipleParams),
    .refusals = kMultipleRefusals,
    .facts = kMultipleFacts,
};

inline constexpr Param kPassthroughParams[] = {
    param<&SwitchArgs::on>("mode", between(0, 1),
                           "0: CIPSEND takes a length; 1: transparent transmission"),
};
inline constexpr Word kPassthroughRefusals[] = {Word::multiplexing_and_server_must_be_off};
inline constexpr Fact kPassthroughFacts[] = {
    {Origin::manual, "4.4.9", "Not stored; TCP in single mode, or UDP whose peer does not change."},
    {Origin::ours, "dialect 3.3.7",
     "With CIPMUX=1 or a server: CIPMUX and CIPSERVER must be 0, ERROR."},
    {Origin::ours, "dialect 0.4.7",
     "Until AT+CIPSEND data come as +IPD and a broken link prints CLOSED."},
};
inline constexpr Command kPassthrough{
    .name = "+CIPMODE",
    .summary = "Choose what AT+CIPSEND does",
    .query = {show_passthrough, "{}:<mode>"},
    .set = set<&set_passthrough>(kPassthroughParams),
    .refusals = kPassthroughRefusals,
    .facts = kPassthroughFacts,
};

inline constexpr Param kSenderParams[] = {
    param<&SwitchArgs::on>("mode", between(0, 1), "1: +IPD names the sender's address and port"),
};
inline constexpr Fact kSenderFacts[] = {
    {Origin::manual, "4.4.10", "AT+CIPDINFO=1 adds the remote IP and port to +IPD."},
    {Origin::observed, "T28", "The address is not quoted."},
    {Origin::observed, "T35", "The query prints TRUE or FALSE."},
};
inline constexpr Command kSender{
    .name = "+CIPDINFO",
    .summary = "Choose whether +IPD names the sender",
    .query = {show_sender, "{}:{is_true} | {}:{is_false}", Spacing::by_dialect},
    .set = set<&set_sender>(kSenderParams),
    .facts = kSenderFacts,
};
}  // namespace bfq::commands

#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "at/command.h"
#include "base/host_name.h"
#include "commands/tcpip.h"
#include "settings/ranges.h"

/// How links are opened at a start, and closed: commands of Espressif's AT firmware that neither
/// manual of the BFQ4004 has.
namespace bfq::commands {

/// The one word of AT+SAVETRANSLINK's type in its form with TCP, and in that with UDP.
enum class Stream : std::uint8_t { tcp };
/// See Stream.
enum class Datagrams : std::uint8_t { udp };
/// See Stream, where SSL is possible.
enum class AnyStream : std::uint8_t { tcp, tls };
}  // namespace bfq::commands

namespace bfq::at {
template <>
struct Choices<commands::Stream> {
  static constexpr std::array<std::string_view, 1> words = {"TCP"};
};
template <>
struct Choices<commands::AnyStream> {
  static constexpr std::array<std::string_view, 2> words = {"TCP", "SSL"};
};
template <>
struct Choices<commands::Datagrams> {
  static constexpr std::array<std::string_view, 1> words = {"UDP"};
};
}  // namespace bfq::at

namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

/// Arguments of AT+SAVETRANSLINK=1 with TCP.
struct StartStreamArgs {
  std::uint8_t mode = 0;
  HostName host{};
  std::uint16_t port = 0;
  std::optional<Stream> type{};
  std::optional<std::uint16_t> keep_alive_s{};
};
/// The same with TCP or SSL.
struct StartAnyStreamArgs {
  std::uint8_t mode = 0;
  HostName host{};
  std::uint16_t port = 0;
  std::optional<AnyStream> type{};
  std::optional<std::uint16_t> keep_alive_s{};
};
/// The same with UDP.
struct StartDatagramsArgs {
  std::uint8_t mode = 0;
  HostName host{};
  std::uint16_t port = 0;
  Datagrams type{};
  std::optional<std::uint16_t> local_port{};
};
/// Arguments of AT+SAVETRANSLINK=0.
struct NoStartLinkArgs {
  std::uint8_t mode = 0;
  std::optional<Ignored> host{}, port{}, type{}, more{};
};
bool starts_without_link(const Chip&, Fields);
bool starts_with_datagrams(const Chip&, Fields);
Answer start_with_stream(Chip&, const StartStreamArgs&);
Answer start_with_any_stream(Chip&, const StartAnyStreamArgs&);
Answer start_with_datagrams(Chip&, const StartDatagramsArgs&);
Answer start_without_link(Chip&, const NoStartLinkArgs&);

inline constexpr Param kNoStartLinkParams[] = {
    param<&NoStartLinkArgs::mode>("mode", between(0, 0), "0: the module starts in command mode"),
    param<&NoStartLinkArgs::host>("remote IP", "not looked at"),
    param<&NoStartLinkArgs::port>("remote port", "not looked at"),
    param<&NoStartLinkArgs::type>("type", "not looked at"),
    param<&NoStartLinkArgs::more>("TCP keep alive", "not looked at"),
};
inline constexpr Param kStartDatagramsParams[] = {
    param<&StartDatagramsArgs::mode>("mode", between(1, 1), "1: with this link"),
    param<&StartDatagramsArgs::host>("remote IP", ranges::kHost, "an address or a name"),
    param<&StartDatagramsArgs::port>("remote port", ranges::kPort, "the peer's port"),
    param<&StartDatagramsArgs::type>("type", "\"UDP\""),
    param<&StartDatagramsArgs::local_port>("UDP local port", ranges::kPort,
                                           "our own port; any when left out"),
};
inline constexpr Param kStartStreamParams[] = {
    param<&StartStreamArgs::mode>("mode", between(1, 1), "1: with this link"),
    param<&StartStreamArgs::host>("remote IP", ranges::kHost, "an address or a name"),
    param<&StartStreamArgs::port>("remote port", ranges::kPort, "the server's port"),
    param<&StartStreamArgs::type>("type", "\"TCP\", also when left out"),
    param<&StartStreamArgs::keep_alive_s>("TCP keep alive", ranges::kKeepAlive,
                                          "seconds of silence before probes; 0, the default: none"),
};
inline constexpr Shape kStartLinkShapes[] = {
    shape<&start_without_link>(kNoStartLinkParams).when(starts_without_link, "no link"),
    shape<&start_with_datagrams>(kStartDatagramsParams).when(starts_with_datagrams, "UDP"),
    shape<&start_with_stream>(kStartStreamParams),
};
inline constexpr Fact kStartLinkFacts[] = {
    {Origin::ours, "personalities 2.1.16",
     "Stored, and in force from the next start on. The host is not looked up before; 0.0.0.0 is "
     "refused."},
    {Origin::ours, "personalities 2.1.17",
     "Behind ready and the lines of the join the module opens the link and is in transparent "
     "transmission: CONNECT, OK and >. AT+CIPMODE is 1 then."},
    {Origin::ours, "personalities 2.1.18",
     "What goes wrong is tried again and prints nothing. +++ ends it; at the next start it begins "
     "anew."},
};
inline constexpr Command kStartLink{
    .name = "+SAVETRANSLINK",
    .summary = "Open a link at each start, and be in transparent transmission",
    .keep = Keep::in_flash,
    .set = set(kStartLinkShapes),
    .later = "{passthrough_prompt}",
    .facts = kStartLinkFacts,
};

/// Arguments of AT+CIPCLOSEMODE.
struct CloseModeArgs {
  std::uint8_t link = 0;
  std::uint8_t resets = 0;
};
Answer set_close_mode(Chip&, const CloseModeArgs&);

inline constexpr Param kCloseModeSingle[] = {
    param<&CloseModeArgs::resets>("mode", between(0, 1), "1: the next close resets the connection"),
};
inline constexpr Param kCloseModeMultiple[] = {
    param<&CloseModeArgs::link>("link ID", between(0, 4), "the link's number"),
    param<&CloseModeArgs::resets>("mode", between(0, 1), "1: the next close resets the connection"),
};
inline constexpr Shape kCloseModeShapes[] = {
    shape<&set_close_mode>(kCloseModeSingle).when(single, "one link (AT+CIPMUX=0)"),
    shape<&set_close_mode>(kCloseModeMultiple).when(multiple, "several links (AT+CIPMUX=1)"),
};
inline constexpr Fact kCloseModeFacts[] = {
    {Origin::ours, "personalities 2.1.19",
     "ERROR where the link is not open, or is not TCP; forgotten with the link."},
};
inline constexpr Command kCloseMode{
    .name = "+CIPCLOSEMODE",
    .summary = "Choose how a link is closed",
    .set = set(kCloseModeShapes),
    .facts = kCloseModeFacts,
};
}  // namespace bfq::commands

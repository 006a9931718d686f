#pragma once
#include <array>
#include <cstdint>

#include "at/command.h"
#include "base/text.h"
#include "commands/counted.h"
#include "commands/esp_at_links.h"
#include "commands/tcpip.h"

/// What SSL links of ESP-AT say of themselves and expect of servers, beside certificates. The
/// network keeps it until the next reset.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

inline constexpr Fact kTlsTextFacts[] = {
    {Origin::ours, "personalities 2.5.3",
     "A line for each link that has one; an empty text forgets it. Nothing is stored."},
    {Origin::ours, "personalities 2.5.4",
     "It holds for links that are opened later; 5 stands for all."},
};

// Names -------------------------------------------------------------------------------------------

/// Arguments of AT+CIPSSLCCN and AT+CIPSSLCSNI.
struct TlsNameArgs {
  std::uint8_t link = 0;
  Text<64> name{};
};
Answer show_common_names(Chip&);
Answer set_common_name(Chip&, const TlsNameArgs&);
Answer show_server_names(Chip&);
Answer set_server_name(Chip&, const TlsNameArgs&);

inline constexpr Param kTlsNameLink =
    param<&TlsNameArgs::link>("link ID", kLinkOrAll, "the link's number; 5: all");
inline constexpr Param kCommonName = param<&TlsNameArgs::name>(
    "common name", length(0, 64), "that a server's certificate must have, where it is verified");
inline constexpr Param kServerName = param<&TlsNameArgs::name>(
    "SNI", length(0, 64), "that servers are told, instead of the host that is connected to");
inline constexpr Param kCommonNameSingle[] = {kCommonName};
inline constexpr Param kCommonNameMultiple[] = {kTlsNameLink, kCommonName};
inline constexpr Param kServerNameSingle[] = {kServerName};
inline constexpr Param kServerNameMultiple[] = {kTlsNameLink, kServerName};
inline constexpr Shape kCommonNameShapes[] = {
    shape<&set_common_name>(kCommonNameSingle).when(single, "one link (AT+CIPMUX=0)"),
    shape<&set_common_name>(kCommonNameMultiple).when(multiple, "several links (AT+CIPMUX=1)"),
};
inline constexpr Shape kServerNameShapes[] = {
    shape<&set_server_name>(kServerNameSingle).when(single, "one link (AT+CIPMUX=0)"),
    shape<&set_server_name>(kServerNameMultiple).when(multiple, "several links (AT+CIPMUX=1)"),
};
inline constexpr Command kTlsCommonName{
    .name = "+CIPSSLCCN",
    .summary = "Choose the common name that servers must have",
    .query = {show_common_names, "{}:<link ID>,\"<common name>\" *"},
    .set = set(kCommonNameShapes),
    .facts = kTlsTextFacts,
};
inline constexpr Command kTlsServerName{
    .name = "+CIPSSLCSNI",
    .summary = "Choose the name that servers are told",
    .query = {show_server_names, "{}:<link ID>,\"<SNI>\" *"},
    .set = set(kServerNameShapes),
    .facts = kTlsTextFacts,
};

// Protocols ---------------------------------------------------------------------------------------

/// Arguments of AT+CIPSSLCALPN and AT+MQTTALPN.
struct ProtocolsArgs {
  std::uint8_t link = 0, count = 0;
  Text<32> first{}, second{}, third{}, fourth{}, fifth{};
};
/// Hands them over to the network, for the links of these bits.
void add_protocols(Chip&, std::uint8_t links, const ProtocolsArgs&);
Answer show_protocols(Chip&);
Answer set_protocols(Chip&, const ProtocolsArgs&);

consteval Param protocol_count(std::int32_t count) {
  return param<&ProtocolsArgs::count>("counts", between(count, count), "how many follow");
}
inline constexpr Doc kProtocolAbout = "a name of ALPN, such as h2; the best comes first";
inline constexpr std::array kProtocols{
    param<&ProtocolsArgs::first>("ALPN 1", length(1, 32), kProtocolAbout),
    param<&ProtocolsArgs::second>("ALPN 2", length(1, 32), kProtocolAbout),
    param<&ProtocolsArgs::third>("ALPN 3", length(1, 32), kProtocolAbout),
    param<&ProtocolsArgs::fourth>("ALPN 4", length(1, 32), kProtocolAbout),
    param<&ProtocolsArgs::fifth>("ALPN 5", length(1, 32), kProtocolAbout),
};
inline constexpr Doc kHowMany[] = {"none", "one", "two", "three", "four", "five"};
/// So many protocols, where the argument at `kAt` says how many there are.
template <std::int32_t kCount, std::size_t kAt>
bool names_protocols(const Chip&, Fields fields) {
  return is_number(fields, kAt, kCount);
}
template <std::int32_t kCount>
bool names_protocols_single(const Chip& chip, Fields fields) {
  return single(chip, fields) && is_number(fields, 0, kCount);
}
template <std::int32_t kCount>
bool names_protocols_multiple(const Chip& chip, Fields fields) {
  return multiple(chip, fields) && is_number(fields, 1, kCount);
}
template <std::int32_t kCount>
inline constexpr auto kProtocolsSingle = counted<kCount>(std::array{protocol_count(kCount)},
                                                         kProtocols);
template <std::int32_t kCount>
inline constexpr auto kProtocolsMultiple = counted<kCount>(
    std::array{param<&ProtocolsArgs::link>("link ID", kLinkOrAll, "the link's number; 5: all"),
               protocol_count(kCount)},
    kProtocols);
template <std::int32_t kCount>
consteval Shape protocols_single() {
  return shape<&set_protocols>(kProtocolsSingle<kCount>)
      .when(names_protocols_single<kCount>, "one link (AT+CIPMUX=0)");
}
template <std::int32_t kCount>
consteval Shape protocols_multiple() {
  return shape<&set_protocols>(kProtocolsMultiple<kCount>)
      .when(names_protocols_multiple<kCount>, "several links (AT+CIPMUX=1)");
}
inline constexpr Shape kProtocolShapes[] = {
    protocols_single<0>(),   protocols_single<1>(),   protocols_single<2>(),
    protocols_single<3>(),   protocols_single<4>(),   protocols_single<5>(),
    protocols_multiple<0>(), protocols_multiple<1>(), protocols_multiple<2>(),
    protocols_multiple<3>(), protocols_multiple<4>(), protocols_multiple<5>(),
};
inline constexpr Doc kProtocolsShown =
    "{}:<link ID>,\"<ALPN 1>\"[,\"<ALPN 2>\"[,\"<ALPN 3>\"[,\"<ALPN 4>\"[,\"<ALPN 5>\"]]]] *";
inline constexpr Fact kProtocolsFacts[] = {
    {Origin::ours, "personalities 2.5.5",
     "As many follow as the number says, else ERROR; 0 forgets them. Nothing is stored."},
    {Origin::ours, "personalities 2.5.6", "A name has 32 bytes at most."},
};
inline constexpr Command kTlsProtocols{
    .name = "+CIPSSLCALPN",
    .summary = "Choose the protocols that servers are offered",
    .query = {show_protocols, kProtocolsShown},
    .set = set(kProtocolShapes),
    .facts = kProtocolsFacts,
};

// A shared key ------------------------------------------------------------------------------------

/// Arguments of AT+CIPSSLCPSK.
struct SharedKeyArgs {
  std::uint8_t link = 0;
  Text<32> key{}, hint{};
};
Answer show_shared_keys(Chip&);
Answer set_shared_key(Chip&, const SharedKeyArgs&);

inline constexpr Param kSharedKey =
    param<&SharedKeyArgs::key>("psk", length(0, 32), "the key that the server has, too").masked();
inline constexpr Param kSharedKeyHint =
    param<&SharedKeyArgs::hint>("hint", length(0, 32), "whose key that is").masked();
inline constexpr Param kSharedKeySingle[] = {kSharedKey, kSharedKeyHint};
inline constexpr Param kSharedKeyMultiple[] = {
    param<&SharedKeyArgs::link>("link ID", kLinkOrAll, "the link's number; 5: all"), kSharedKey,
    kSharedKeyHint};
inline constexpr Shape kSharedKeyShapes[] = {
    shape<&set_shared_key>(kSharedKeySingle).when(single, "one link (AT+CIPMUX=0)"),
    shape<&set_shared_key>(kSharedKeyMultiple).when(multiple, "several links (AT+CIPMUX=1)"),
};
inline constexpr Command kTlsSharedKey{
    .name = "+CIPSSLCPSK",
    .summary = "Set a key that servers have, too",
    .query = {show_shared_keys, "{}:<link ID>,\"<psk>\",\"<hint>\" *"},
    .set = set(kSharedKeyShapes),
    .facts = kTlsTextFacts,
};
}  // namespace bfq::commands

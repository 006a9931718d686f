#pragma once
#include <optional>

#include "at/command.h"
#include "base/host_name.h"
#include "base/text.h"
#include "commands/tcpip.h"
#include "settings/ranges.h"

/// Commands of Espressif's AT firmware that neither manual of the BFQ4004 has.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

// The chip ----------------------------------------------------------------------------------------

/// Arguments of AT+RFVDD.
struct SupplyVoltageArgs {
  std::uint16_t volts = 0;
};
Answer show_supply_voltage(Chip&);
Answer set_supply_voltage(Chip&, const SupplyVoltageArgs&);
Answer measure_supply_voltage(Chip&);
Answer show_analog_input(Chip&);

inline constexpr Param kSupplyVoltageParams[] = {
    param<&SupplyVoltageArgs::volts>("vdd33", between(1900, 3300), "in 1/1024 V"),
};
inline constexpr Fact kSupplyVoltageFacts[] = {
    {Origin::observed, "P13", "65535: the pin that would measure it is in use."},
    {Origin::ours, "personalities 2.1", "What is set has no effect."},
};
inline constexpr Command kSupplyVoltage{
    .name = "+RFVDD",
    .summary = "Tell the radio the supply voltage",
    .query = {show_supply_voltage, "{}:65535"},
    .set = set<&set_supply_voltage>(kSupplyVoltageParams),
    .execute = {measure_supply_voltage},
    .facts = kSupplyVoltageFacts,
};

inline constexpr Fact kAnalogInputFacts[] = {
    {Origin::ours, "personalities 2.1", "0 to 1024, as the world says; 0 while it says nothing."},
};
inline constexpr Command kAnalogInput{
    .name = "+SYSADC",
    .summary = "Show the analog input",
    .query = {show_analog_input, "{}:<analog input>"},
    .facts = kAnalogInputFacts,
};

/// Arguments of AT+SYSMSG.
struct MessageArgs {
  std::uint8_t bits = 0;
};
Answer show_messages(Chip&);
Answer set_messages(Chip&, const MessageArgs&);

inline constexpr Param kMessageParams[] = {
    param<&MessageArgs::bits>("bits", ranges::kMessages,
                              "bit 0: +QUITT at the end of transparent transmission; bit 1: "
                              "+LINK_CONN instead of CONNECT"),
};
inline constexpr Fact kMessageFacts[] = {
    {Origin::ours, "personalities 2.1",
     "+LINK_CONN:<0 or 1: failed>,<link>,\"<type>\",<1: of the server>,\"<IP>\",<port>,<own port>; "
     "one that failed stands in front of ERROR."},
    {Origin::ours, "personalities 2.1", "+QUITT has an empty line in front."},
};
inline constexpr Command kMessages{
    .name = "+SYSMSG",
    .summary = "Choose how connections and the end of passthrough are reported, and store that",
    .keep = Keep::in_flash,
    .query = {show_messages, "{}:<bits>"},
    .set = set<&set_messages>(kMessageParams),
    .facts = kMessageFacts,
};
inline constexpr Command kMessagesCurrent =
    kMessages.named("+SYSMSG_CUR", Keep::until_reset,
                    "Choose how connections and the end of passthrough are reported, until the "
                    "next reset");
inline constexpr Command kMessagesDefault = kMessages.named(
    "+SYSMSG_DEF", Keep::in_flash,
    "Choose how connections and the end of passthrough are reported, and store that");

// The station -------------------------------------------------------------------------------------

Answer show_station_mac(Chip&);
Answer show_soft_ap_mac(Chip&);

inline constexpr Fact kMacFacts[] = {
    {Origin::observed, "P11", "In lower case, quoted, in every mode."},
    {Origin::ours, "see commands", "It cannot be set: addresses belong to the world's file."},
};
inline constexpr Command kStationMac{
    .name = "+CIPSTAMAC",
    .summary = "Show the station's MAC address",
    .query = {show_station_mac, "{}:\"<mac>\""},
    .facts = kMacFacts,
};
inline constexpr Command kStationMacCurrent =
    kStationMac.named("+CIPSTAMAC_CUR", Keep::until_reset, "Show the station's MAC address");
inline constexpr Command kStationMacDefault =
    kStationMac.named("+CIPSTAMAC_DEF", Keep::in_flash, "Show the station's MAC address");
inline constexpr Command kSoftApMac{
    .name = "+CIPAPMAC",
    .summary = "Show the softAP's MAC address",
    .query = {show_soft_ap_mac, "{}:\"<mac>\""},
    .facts = kMacFacts,
};
inline constexpr Command kSoftApMacCurrent =
    kSoftApMac.named("+CIPAPMAC_CUR", Keep::until_reset, "Show the softAP's MAC address");
inline constexpr Command kSoftApMacDefault =
    kSoftApMac.named("+CIPAPMAC_DEF", Keep::in_flash, "Show the softAP's MAC address");

/// Arguments of AT+CWSTARTDISCOVER.
struct DiscoverArgs {
  Text<32> number{}, type{};
  std::uint32_t seconds = 0;
};
Refusal needs_station_address(const Chip&);
Answer start_discovery(Chip&, const DiscoverArgs&);
Answer stop_discovery(Chip&);

inline constexpr Param kDiscoverParams[] = {
    param<&DiscoverArgs::number>("WeChat number", length(1, 32), "whose app finds the module"),
    param<&DiscoverArgs::type>("dev_type", length(1, 32), "as what it is found"),
    param<&DiscoverArgs::seconds>("time", between(0, 86400), "seconds between two packets"),
};
inline constexpr Fact kDiscoverFacts[] = {
    {Origin::ours, "personalities 2.1", "No app looks for the module, so it has no effect."},
};
inline constexpr Command kStartDiscovery{
    .name = "+CWSTARTDISCOVER",
    .summary = "Let an app find the module",
    .allowed = needs_station_address,
    .needs = "an address of the station",
    .set = set<&start_discovery>(kDiscoverParams),
    .facts = kDiscoverFacts,
};
inline constexpr Command kStopDiscovery{
    .name = "+CWSTOPDISCOVER",
    .summary = "Let no app find the module any more",
    .execute = {stop_discovery},
    .facts = kDiscoverFacts,
};

/// Arguments of AT+MDNS.
struct MdnsArgs {
  std::uint8_t on = 0;
  HostName host{};
  Text<64> server{};
  std::uint16_t port = 0;
};
bool stops_mdns(const Chip&, Fields);
Answer stop_mdns(Chip&, const MdnsArgs&);
Answer start_mdns(Chip&, const MdnsArgs&);

inline constexpr Param kStopMdnsParams[] = {
    param<&MdnsArgs::on>("enable", between(0, 0), "0: off"),
};
inline constexpr Param kStartMdnsParams[] = {
    param<&MdnsArgs::on>("enable", between(1, 1), "1: on"),
    param<&MdnsArgs::host>("hostname", length(1, 63), "what the module is called"),
    param<&MdnsArgs::server>("server_name", length(1, 64), "what its service is called"),
    param<&MdnsArgs::port>("server_port", between(1, 65535), "and its port"),
};
inline constexpr Shape kMdnsShapes[] = {
    shape<&stop_mdns>(kStopMdnsParams).when(stops_mdns, "to be found no more"),
    shape<&start_mdns>(kStartMdnsParams),
};
inline constexpr Word kMdnsRefusals[] = {Word::wrong_mode_for_mdns};
inline constexpr Fact kMdnsFacts[] = {
    {Origin::ours, "personalities 2.1",
     "As a softAP alone: opmode mismatch when mdns, ERROR; not joined: ERROR."},
    {Origin::ours, "personalities 2.1",
     "Nobody is answered: on a real network the module's address would lead nowhere."},
};
inline constexpr Command kMdns{
    .name = "+MDNS",
    .summary = "Let the module be found by its name",
    .set = set(kMdnsShapes),
    .refusals = kMdnsRefusals,
    .facts = kMdnsFacts,
};

// Links -------------------------------------------------------------------------------------------

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
    {Origin::ours, "personalities 2.1",
     "ERROR where the link is not open, or is not TCP; forgotten with the link."},
};
inline constexpr Command kCloseMode{
    .name = "+CIPCLOSEMODE",
    .summary = "Choose how a link is closed",
    .set = set(kCloseModeShapes),
    .facts = kCloseModeFacts,
};
}  // namespace bfq::commands

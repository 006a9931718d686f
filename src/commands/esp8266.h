#pragma once
#include <optional>

#include "at/command.h"
#include "base/host_name.h"
#include "base/text.h"
#include "commands/address.h"
#include "commands/hardware.h"
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
    {Origin::ours, "personalities 2.1.1", "What is set has no effect."},
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
    {Origin::ours, "personalities 2.1.2", "0 to 1024, as the world says; 0 while it says nothing."},
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
    {Origin::ours, "personalities 2.1.3",
     "+LINK_CONN:<0 or 1: failed>,<link>,\"<type>\",<1: of the server>,\"<IP>\",<port>,<own port>; "
     "one that failed stands in front of ERROR."},
    {Origin::ours, "personalities 2.1.4", "+QUITT has an empty line in front."},
};
inline constexpr Command kMessages{
    .name = "+SYSMSG",
    .summary = "Choose how links and passthrough's end are reported, and store that",
    .keep = Keep::in_flash,
    .query = {show_messages, "{}:<bits>"},
    .set = set<&set_messages>(kMessageParams),
    .facts = kMessageFacts,
};
inline constexpr Command kMessagesCurrent =
    kMessages.named("+SYSMSG_CUR", Keep::until_reset,
                    "Choose how links and passthrough's end are reported, until the next reset");
inline constexpr Command kMessagesDefault =
    kMessages.named("+SYSMSG_DEF", Keep::in_flash,
                    "Choose how links and passthrough's end are reported, and store that");

// The station -------------------------------------------------------------------------------------

/// Arguments of AT+CIPSTAMAC and AT+CIPAPMAC.
struct MacArgs {
  MacAddress mac{};
};
Answer show_station_mac(Chip&);
Answer show_soft_ap_mac(Chip&);
Answer set_station_mac(Chip&, const MacArgs&);
Answer set_soft_ap_mac(Chip&, const MacArgs&);

inline constexpr Param kMacParams[] = {
    param<&MacArgs::mac>("mac", "bit 0 of its first byte is 0"),
};
inline constexpr Shape kStationMacShapes[] = {
    shape<&set_station_mac>(kMacParams).needing(station_active),
};
inline constexpr Shape kSoftApMacShapes[] = {
    shape<&set_soft_ap_mac>(kMacParams).needing(soft_ap_active),
};
inline constexpr Fact kStationMacFacts[] = {
    {Origin::observed, "P11", "In lower case, quoted, in every mode."},
    {Origin::ours, "personalities 2.1.5",
     "The address of a group, that of the softAP, or the station off: ERROR. A new one ends the "
     "association: OK, then WIFI DISCONNECT, as AT+CWQAP says them."},
    {Origin::ours, "personalities 2.1.6",
     "So is 00:00:00:00:00:00. The present one changes nothing."},
};
inline constexpr Fact kSoftApMacFacts[] = {
    {Origin::observed, "P11", "In lower case, quoted, in every mode."},
    {Origin::ours, "personalities 2.1.7",
     "The address of a group, that of the station, or the softAP off: ERROR. With a new one the "
     "softAP restarts, and its stations are gone."},
    {Origin::ours, "personalities 2.1.6",
     "So is 00:00:00:00:00:00. The present one changes nothing."},
};
inline constexpr Command kStationMac{
    .name = "+CIPSTAMAC",
    .summary = "Choose the station's MAC address, and store it",
    .keep = Keep::in_flash,
    .needs = "station mode, to set",
    .query = {show_station_mac, "{}:\"<mac>\""},
    .set = set(kStationMacShapes),
    .facts = kStationMacFacts,
};
inline constexpr Command kStationMacCurrent = kStationMac.named(
    "+CIPSTAMAC_CUR", Keep::until_reset, "Choose the station's MAC address, until the next reset");
inline constexpr Command kStationMacDefault = kStationMac.named(
    "+CIPSTAMAC_DEF", Keep::in_flash, "Choose the station's MAC address, and store it");
inline constexpr Command kSoftApMac{
    .name = "+CIPAPMAC",
    .summary = "Choose the softAP's MAC address, and store it",
    .keep = Keep::in_flash,
    .needs = "softAP mode, to set",
    .query = {show_soft_ap_mac, "{}:\"<mac>\""},
    .set = set(kSoftApMacShapes),
    .facts = kSoftApMacFacts,
};
inline constexpr Command kSoftApMacCurrent = kSoftApMac.named(
    "+CIPAPMAC_CUR", Keep::until_reset, "Choose the softAP's MAC address, until the next reset");
inline constexpr Command kSoftApMacDefault = kSoftApMac.named(
    "+CIPAPMAC_DEF", Keep::in_flash, "Choose the softAP's MAC address, and store it");

/// Arguments of AT+CWSTARTSMART.
struct SmartConfigArgs {
  std::uint8_t type = 0;
  std::optional<std::uint8_t> weakest{};
};
Answer start_smart_config(Chip&, const SmartConfigArgs&);
Answer start_any_smart_config(Chip&);
Answer stop_smart_config(Chip&);

inline constexpr Param kSmartConfigParams[] = {
    param<&SmartConfigArgs::type>("type", between(1, 3), "1 ESPTOUCH, 2 AIRKISS, 3 both"),
};
inline constexpr Fact kSmartConfigFacts[] = {
    {Origin::ours, "personalities 2.1.8",
     "OK comes at once, and other commands work meanwhile. Nothing more is printed until a phone "
     "sends a network, or AT+CWSTOPSMART ends the wait."},
    {Origin::ours, "personalities 2.1.9",
     "Then: smartconfig type:<type>, Smart get wifi info, ssid:<ssid>, password:<password>, WIFI "
     "CONNECTED, WIFI GOT IP, smartconfig connected wifi; or, where it cannot be joined, "
     "smartconfig connect fail."},
    {Origin::ours, "personalities 2.1.10", "The network is stored, whatever becomes of the join."},
    {Origin::ours, "personalities 2.1.11", "It ends an association."},
};
inline constexpr Command kStartSmartConfig{
    .name = "+CWSTARTSMART",
    .summary = "Join the network that a phone sends",
    .allowed = needs_station_alone,
    .needs = "mode 1 of AT+CWMODE",
    .set = set<&start_smart_config>(kSmartConfigParams),
    .execute = {start_any_smart_config},
    .later =
        "{phone_type}<phone method> | {phone_found} | {phone_ssid}<phone ssid> | "
        "{phone_password}<phone password> | {phone_joined} | {phone_failed}",
    .facts = kSmartConfigFacts,
};
inline constexpr Fact kStopSmartConfigFacts[] = {
    {Origin::ours, "personalities 2.1.12", "OK always."},
};
inline constexpr Command kStopSmartConfig{
    .name = "+CWSTOPSMART",
    .summary = "Wait for no phone any more",
    .execute = {stop_smart_config},
    .facts = kStopSmartConfigFacts,
};

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
    {Origin::ours, "personalities 2.1.13", "No app looks for the module, so it has no effect."},
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
  Text<64> service{};
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
    param<&MdnsArgs::service>("server_name", length(1, 64), "what its service is called"),
    param<&MdnsArgs::port>("server_port", between(1, 65535), "and its port"),
};
inline constexpr Shape kMdnsShapes[] = {
    shape<&stop_mdns>(kStopMdnsParams).when(stops_mdns, "to be found no more"),
    shape<&start_mdns>(kStartMdnsParams),
};
inline constexpr Word kMdnsRefusals[] = {Word::wrong_mode_for_mdns};
inline constexpr Fact kMdnsFacts[] = {
    {Origin::ours, "personalities 2.1.14",
     "As a softAP alone: opmode mismatch when mdns, ERROR; not joined: ERROR."},
    {Origin::ours, "personalities 2.1.15",
     "Modules of its simulated network find it as <hostname>.local, but do not ask for services. "
     "On a real network nobody is answered, since the module's address would lead nowhere."},
};
inline constexpr Command kMdns{
    .name = "+MDNS",
    .summary = "Let the module be found by its name",
    .set = set(kMdnsShapes),
    .refusals = kMdnsRefusals,
    .facts = kMdnsFacts,
};
}  // namespace bfq::commands

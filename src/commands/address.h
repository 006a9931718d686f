#pragma once
#include <optional>

#include "at/command.h"
#include "base/ipv4.h"
#include "settings/ranges.h"

/// The module's own addresses and those that it gives: parts of the manual's chapters 3 and 4.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Answer show_addresses(Chip&);

inline constexpr Fact kAddressesFacts[] = {
    {Origin::observed, "T4, T14",
     "The softAP's lines come first; addresses and MACs are quoted, MACs in lower case."},
    {Origin::ours, "dialect 3.3.1", "A station without an address shows \"0.0.0.0\"."},
};
inline constexpr Command kAddresses{
    .name = "+CIFSR",
    .summary = "Show the module's own addresses",
    .execute = {show_addresses,
                "{}:APIP,\"<ip>\" ?; {}:APMAC,\"<mac>\" ?; {}:STAIP,\"<ip>\" ?; "
                "{}:STAMAC,\"<mac>\" ?"},
    .facts = kAddressesFacts,
};

// DHCP --------------------------------------------------------------------------------------------

/// Arguments of AT+CWDHCP.
struct DhcpArgs {
  std::uint8_t mode = 0;
  std::uint8_t enable = 0;
};
Answer show_dhcp(Chip&);
Answer set_dhcp(Chip&, const DhcpArgs&);

inline constexpr Param kDhcpParams[] = {
    param<&DhcpArgs::mode>("mode", between(0, 2), "0 softAP, 1 station, 2 both"),
    param<&DhcpArgs::enable>("en", between(0, 1), "1 on, 0 off"),
};
inline constexpr Fact kDhcpFacts[] = {
    {Origin::ours, "dialect SW4", "The query prints the station first, then the softAP."},
    {Origin::ours, "dialect 3.2.9",
     "What it is about must be active in the present mode, else ERROR."},
    {Origin::manual, "AT+CWDHCP 2020",
     "DHCP for the station and a fixed address exclude each other: the last one wins."},
};
inline constexpr Command kDhcp{
    .name = "+CWDHCP",
    .summary = "Turn DHCP on or off, and store that (older name)",
    .keep = Keep::in_flash,
    .query = {show_dhcp, "{}:<station>,<softAP>", Spacing::by_dialect},
    .set = set<&set_dhcp>(kDhcpParams),
    .facts = kDhcpFacts,
};
inline constexpr Command kDhcpCurrent =
    kDhcp.named("+CWDHCP_CUR", Keep::until_reset, "Turn DHCP on or off, until the next reset");
inline constexpr Command kDhcpDefault =
    kDhcp.named("+CWDHCP_DEF", Keep::in_flash, "Turn DHCP on or off, and store that");

/// Arguments of AT+CWDHCPS.
struct PoolArgs {
  std::uint8_t enable = 0;
  std::uint16_t lease_minutes = 0;
  Ipv4 first{}, last{};
};
Refusal needs_dhcp_server(const Chip&);
bool turns_pool_off(const Chip&, Fields);
Answer show_pool(Chip&);
Answer set_pool(Chip&, const PoolArgs&);

inline constexpr Param kPoolOffParams[] = {
    param<&PoolArgs::enable>("enable", between(0, 0), "0: the range of the factory"),
};
inline constexpr Param kPoolOnParams[] = {
    param<&PoolArgs::enable>("enable", between(1, 1), "1: this range"),
    param<&PoolArgs::lease_minutes>("lease time", ranges::kLeaseMinutes,
                                    "minutes that an address is lent for"),
    param<&PoolArgs::first>("start IP", "the first address to give"),
    param<&PoolArgs::last>("end IP", "the last one"),
};
inline constexpr Shape kPoolShapes[] = {
    shape<&set_pool>(kPoolOffParams)
        .when(turns_pool_off, "to go back to the factory's range")
        .needing(needs_dhcp_server),
    shape<&set_pool>(kPoolOnParams).needing(needs_dhcp_server),
};
inline constexpr Fact kPoolFacts[] = {
    {Origin::observed, "T35",
     "A colon and bare addresses; 120 minutes and .2 to .101 unless set; unset in flash: 0."},
    {Origin::ours, "dialect 3.2.10",
     "Start and end lie in the softAP's network, start not behind end, else ERROR."},
    {Origin::ours, "dialect 0.4.22",
     "The network's own, its broadcast and the softAP's address are not in the range, else ERROR."},
    {Origin::manual, "AT+CWDHCPS 2020", "Needs the softAP with its DHCP on."},
};
inline constexpr Command kPool{
    .name = "+CWDHCPS",
    .summary = "Choose the addresses that the softAP gives, and store that (older name)",
    .keep = Keep::in_flash,
    .needs = "softAP mode with DHCP on, to set",
    .query = {show_pool, "{}:<minutes>,<start IP>,<end IP>", Spacing::by_dialect},
    .set = set(kPoolShapes),
    .facts = kPoolFacts,
};
inline constexpr Command kPoolCurrent =
    kPool.named("+CWDHCPS_CUR", Keep::until_reset,
                "Choose the addresses that the softAP gives, until the next reset");
inline constexpr Command kPoolDefault = kPool.named(
    "+CWDHCPS_DEF", Keep::in_flash, "Choose the addresses that the softAP gives, and store that");

// Fixed addresses ---------------------------------------------------------------------------------

/// Arguments of AT+CIPSTA and AT+CIPAP.
struct AddressArgs {
  Ipv4 address{};
  std::optional<Ipv4> gateway{};
  std::optional<Ipv4> netmask{};
};
Refusal station_active(const Chip&);
Refusal soft_ap_active(const Chip&);
Answer show_station_address(Chip&);
Answer set_station_address(Chip&, const AddressArgs&);
Answer show_soft_ap_address(Chip&);
Answer set_soft_ap_address(Chip&, const AddressArgs&);

inline constexpr Param kAddressParams[] = {
    param<&AddressArgs::address>("ip", "the address"),
    param<&AddressArgs::gateway>("gateway", "the gateway; x.y.z.1 when left out"),
    param<&AddressArgs::netmask>("netmask", "the netmask; 255.255.255.0 when left out").together(),
};
inline constexpr Doc kAddressReply =
    "{}:ip:\"<ip>\"; {}:gateway:\"<gateway>\"; {}:netmask:\"<netmask>\"";

inline constexpr Shape kStationAddressShapes[] = {
    shape<&set_station_address>(kAddressParams).needing(station_active),
};
inline constexpr Fact kStationAddressFacts[] = {
    {Origin::observed, "T27, T35, T55",
     "Three lines: ip, gateway, netmask, quoted; not joined: 0.0.0.0."},
    {Origin::ours, "dialect 4.2.1",
     "Without gateway and netmask they are x.y.z.1 and 255.255.255.0."},
    {Origin::ours, "dialect 4.2.2", "Setting an address turns the station's DHCP off."},
    {Origin::ours, "dialect 4.2.5", "Gateway and netmask come together or not at all."},
    {Origin::ours, "dialect 0.4.22",
     "ERROR: 0.0.0.0, 127/8 and from 224.0.0.0 on; a network's own or broadcast address; a netmask "
     "with holes or of 31 or 32 bits; a gateway equal to the address, also where it is left out."},
    {Origin::ours, "dialect 4.2.6", "_DEF shows the stored address, 0.0.0.0 when none is stored."},
};
inline constexpr Command kStationAddress{
    .name = "+CIPSTA",
    .summary = "Give the station a fixed address, and store that (older name)",
    .keep = Keep::in_flash,
    .needs = "station mode, to set",
    .query = {show_station_address, kAddressReply},
    .set = set(kStationAddressShapes),
    .facts = kStationAddressFacts,
};
inline constexpr Command kStationAddressCurrent = kStationAddress.named(
    "+CIPSTA_CUR", Keep::until_reset, "Give the station a fixed address, until the next reset");
inline constexpr Command kStationAddressDefault = kStationAddress.named(
    "+CIPSTA_DEF", Keep::in_flash, "Give the station a fixed address, and store that");

inline constexpr Shape kSoftApAddressShapes[] = {
    shape<&set_soft_ap_address>(kAddressParams).needing(soft_ap_active),
};
inline constexpr Fact kSoftApAddressFacts[] = {
    {Origin::observed, "T27", "192.168.4.1 and 255.255.255.0 unless set."},
    {Origin::manual, "AT+CIPAP 2020", "Class C networks only."},
    {Origin::ours, "dialect 0.4.22",
     "ERROR: a network's own or broadcast address; a netmask with holes or of 31 or 32 bits."},
    {Origin::ours, "dialect 0.4.22",
     "A range of addresses to give that lies elsewhere is kept, but not used meanwhile."},
};
inline constexpr Command kSoftApAddress{
    .name = "+CIPAP",
    .summary = "Choose the softAP's own address, and store that (older name)",
    .keep = Keep::in_flash,
    .needs = "softAP mode, to set",
    .query = {show_soft_ap_address, kAddressReply},
    .set = set(kSoftApAddressShapes),
    .facts = kSoftApAddressFacts,
};
inline constexpr Command kSoftApAddressCurrent = kSoftApAddress.named(
    "+CIPAP_CUR", Keep::until_reset, "Choose the softAP's own address, until the next reset");
inline constexpr Command kSoftApAddressDefault = kSoftApAddress.named(
    "+CIPAP_DEF", Keep::in_flash, "Choose the softAP's own address, and store that");
}  // namespace bfq::commands

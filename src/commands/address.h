#pragma once
#include <optional>

#include "at/command.h"
#include "base/ipv4.h"
#include "module/effect.h"

/// The module's own addresses and those that it gives: parts of the manual's chapters 3 and 4.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

Answer show_addresses(Chip&);

inline constexpr Fact kAddressesFacts[] = {
    {Origin::observed, "T4, T14",
     "The softAP's lines come first; addresses and MACs are quoted, MACs in lower case."},
    {Origin::ours, "dialect 3.3", "A station without an address shows \"0.0.0.0\"."},
};
inline constexpr Command kAddresses{
    .name = "+CIFSR",
    .summary = "Show the module's own addresses",
    .execute = {show_addresses,
                "{}:APIP,<ip>, {}:APMAC,<mac>, {}:STAIP,<ip>, {}:STAMAC,<mac>, a line each"},
    .facts = kAddressesFacts,
};

// DHCP --------------------------------------------------------------------------------------------

struct DhcpArgs {
  std::uint8_t mode = 0;
  std::uint8_t enable = 0;
};
template <Keep which>
Answer show_dhcp(Chip&);
template <Keep keep>
Answer set_dhcp(Chip&, const DhcpArgs&);

inline constexpr Param kDhcpParams[] = {
    param<&DhcpArgs::mode>("mode", between(0, 2), "0 softAP, 1 station, 2 both"),
    param<&DhcpArgs::enable>("en", between(0, 1), "1 on, 0 off"),
};
inline constexpr Fact kDhcpFacts[] = {
    {Origin::ours, "dialect 0.3, SW4", "The query prints the station first, then the softAP."},
    {Origin::ours, "dialect 3.2",
     "What it is about must be active in the present mode, else ERROR."},
    {Origin::manual, "AT+CWDHCP 2020",
     "DHCP for the station and a fixed address exclude each other: the last one wins."},
};
template <Keep which, Keep keep>
consteval Command dhcp_row(std::string_view name, Doc summary) {
  return {
      .name = name,
      .summary = summary,
      .query = {show_dhcp<which>, "{}:<station>,<softAP>"},
      .set = set<&set_dhcp<keep>>(kDhcpParams),
      .facts = kDhcpFacts,
  };
}
inline constexpr Command kDhcpCurrent = dhcp_row<Keep::until_reset, Keep::until_reset>(
    "+CWDHCP_CUR", "Turn DHCP on or off, until the next reset");
inline constexpr Command kDhcpDefault =
    dhcp_row<Keep::in_flash, Keep::in_flash>("+CWDHCP_DEF", "Turn DHCP on or off, and store that");
inline constexpr Command kDhcp = dhcp_row<Keep::until_reset, Keep::in_flash>(
    "+CWDHCP", "Turn DHCP on or off, and store that (older name)");

struct PoolArgs {
  std::uint8_t enable = 0;
  std::uint16_t lease_minutes = 0;
  Ipv4 first{}, last{};
};
Refusal needs_dhcp_server(const Chip&);
bool turns_pool_off(const Chip&, Fields);
template <Keep which>
Answer show_pool(Chip&);
template <Keep keep>
Answer set_pool(Chip&, const PoolArgs&);

inline constexpr Param kPoolOffParams[] = {
    param<&PoolArgs::enable>("enable", between(0, 0), "0: the range of the factory"),
};
inline constexpr Param kPoolOnParams[] = {
    param<&PoolArgs::enable>("enable", between(1, 1), "1: this range"),
    param<&PoolArgs::lease_minutes>("lease time", between(1, 2880),
                                    "minutes that an address is lent for"),
    param<&PoolArgs::first>("start IP", "the first address to give"),
    param<&PoolArgs::last>("end IP", "the last one"),
};
template <Keep keep>
inline constexpr Shape kPoolShapes[] = {
    shape<&set_pool<keep>>(kPoolOffParams)
        .when(turns_pool_off, "to go back to the factory's range")
        .needing(needs_dhcp_server),
    shape<&set_pool<keep>>(kPoolOnParams).needing(needs_dhcp_server),
};
inline constexpr Fact kPoolFacts[] = {
    {Origin::observed, "T35",
     "A colon and bare addresses; 120 minutes and .2 to .101 unless set; unset in flash: 0."},
    {Origin::ours, "dialect 3.2",
     "Start and end lie in the softAP's network, start not behind end, else ERROR."},
    {Origin::manual, "AT+CWDHCPS 2020", "Needs the softAP with its DHCP on."},
};
template <Keep which, Keep keep>
consteval Command pool_row(std::string_view name, Doc summary) {
  return {
      .name = name,
      .summary = summary,
      .needs = "softAP mode with DHCP on, to set",
      .query = {show_pool<which>, "{}:<lease time>,<start IP>,<end IP>"},
      .set = set(kPoolShapes<keep>),
      .facts = kPoolFacts,
  };
}
inline constexpr Command kPoolCurrent = pool_row<Keep::until_reset, Keep::until_reset>(
    "+CWDHCPS_CUR", "Choose the addresses that the softAP gives, until the next reset");
inline constexpr Command kPoolDefault = pool_row<Keep::in_flash, Keep::in_flash>(
    "+CWDHCPS_DEF", "Choose the addresses that the softAP gives, and store that");
inline constexpr Command kPool = pool_row<Keep::until_reset, Keep::in_flash>(
    "+CWDHCPS", "Choose the addresses that the softAP gives, and store that (older name)");

// Fixed addresses ---------------------------------------------------------------------------------

struct AddressArgs {
  Ipv4 address{};
  std::optional<Ipv4> gateway{};
  std::optional<Ipv4> netmask{};
};
Refusal station_active(const Chip&);
Refusal soft_ap_active(const Chip&);
template <Keep which>
Answer show_station_address(Chip&);
template <Keep keep>
Answer set_station_address(Chip&, const AddressArgs&);
template <Keep which>
Answer show_soft_ap_address(Chip&);
template <Keep keep>
Answer set_soft_ap_address(Chip&, const AddressArgs&);

inline constexpr Param kAddressParams[] = {
    param<&AddressArgs::address>("ip", "the address"),
    param<&AddressArgs::gateway>("gateway", "the gateway; x.y.z.1 when left out"),
    param<&AddressArgs::netmask>("netmask", "the netmask; 255.255.255.0 when left out"),
};
inline constexpr Doc kAddressReply = "{}:ip:<ip>, {}:gateway:<ip>, {}:netmask:<ip>, a line each";

template <Keep keep>
inline constexpr Shape kStationAddressShapes[] = {
    shape<&set_station_address<keep>>(kAddressParams).needing(station_active),
};
inline constexpr Fact kStationAddressFacts[] = {
    {Origin::observed, "T27, T35, T55",
     "Three lines: ip, gateway, netmask, quoted; not joined: 0.0.0.0."},
    {Origin::ours, "dialect 4.2",
     "Without gateway and netmask they are x.y.z.1 and 255.255.255.0."},
    {Origin::ours, "dialect 4.2", "Setting an address turns the station's DHCP off."},
    {Origin::ours, "see commands",
     "Gateway and netmask come together or not at all; 0.0.0.0 is refused."},
    {Origin::ours, "see commands", "_DEF shows the stored address, 0.0.0.0 when none is stored."},
};
template <Keep which, Keep keep>
consteval Command station_address_row(std::string_view name, Doc summary) {
  return {
      .name = name,
      .summary = summary,
      .needs = "station mode, to set",
      .query = {show_station_address<which>, kAddressReply},
      .set = set(kStationAddressShapes<keep>),
      .facts = kStationAddressFacts,
  };
}
inline constexpr Command kStationAddressCurrent =
    station_address_row<Keep::until_reset, Keep::until_reset>(
        "+CIPSTA_CUR", "Give the station a fixed address, until the next reset");
inline constexpr Command kStationAddressDefault =
    station_address_row<Keep::in_flash, Keep::in_flash>(
        "+CIPSTA_DEF", "Give the station a fixed address, and store that");
inline constexpr Command kStationAddress = station_address_row<Keep::until_reset, Keep::in_flash>(
    "+CIPSTA", "Give the station a fixed address, and store that (older name)");

template <Keep keep>
inline constexpr Shape kSoftApAddressShapes[] = {
    shape<&set_soft_ap_address<keep>>(kAddressParams).needing(soft_ap_active),
};
inline constexpr Fact kSoftApAddressFacts[] = {
    {Origin::observed, "T27", "192.168.4.1 and 255.255.255.0 unless set."},
    {Origin::manual, "AT+CIPAP 2020", "Class C networks only."},
    {Origin::ours, "see commands",
     "A range of addresses to give that lies elsewhere goes back to the factory's."},
};
template <Keep which, Keep keep>
consteval Command soft_ap_address_row(std::string_view name, Doc summary) {
  return {
      .name = name,
      .summary = summary,
      .needs = "softAP mode, to set",
      .query = {show_soft_ap_address<which>, kAddressReply},
      .set = set(kSoftApAddressShapes<keep>),
      .facts = kSoftApAddressFacts,
  };
}
inline constexpr Command kSoftApAddressCurrent =
    soft_ap_address_row<Keep::until_reset, Keep::until_reset>(
        "+CIPAP_CUR", "Choose the softAP's own address, until the next reset");
inline constexpr Command kSoftApAddressDefault =
    soft_ap_address_row<Keep::in_flash, Keep::in_flash>(
        "+CIPAP_DEF", "Choose the softAP's own address, and store that");
inline constexpr Command kSoftApAddress = soft_ap_address_row<Keep::until_reset, Keep::in_flash>(
    "+CIPAP", "Choose the softAP's own address, and store that (older name)");
}  // namespace bfq::commands

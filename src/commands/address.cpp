#include "commands/address.h"

#include "commands/wifi.h"
#include "module/chip.h"

namespace bfq::commands {
namespace {
constexpr Ipv4 kUsualNetmask(255, 255, 255, 0);
constexpr std::uint8_t kSoftApOnly = 0, kStationOnly = 1;

void show_pair(Chip& chip, Word name, Ipv4 address, Word mac_name, const MacAddress& mac) {
  chip.info().text(name).comma().quoted_address(address).end();
  chip.info().text(mac_name).comma().mac(mac).end();
}

Answer show_three(Chip& chip, const AddressSettings& what) {
  chip.info().text(Word::ip).text(":").quoted_address(what.address).end();
  chip.info().text(Word::gateway).text(":").quoted_address(what.gateway).end();
  chip.info().text(Word::netmask).text(":").quoted_address(what.netmask).end();
  return Answer::ok;
}

/// All three: what was left out is the usual.
AddressSettings complete(const AddressArgs& args) {
  const Ipv4 netmask = args.netmask.value_or(kUsualNetmask);
  const Ipv4 first((args.address.bits & kUsualNetmask.bits) | 1U);
  return {args.address, args.gateway.value_or(first), netmask};
}

/// Addresses from 192.0.0.0 to 223.255.255.255, in a network that is no larger than theirs.
bool is_class_c(const AddressSettings& what) {
  const bool small = (what.netmask.bits & kUsualNetmask.bits) == kUsualNetmask.bits;
  return small && what.address.octet(0) >= 192 && what.address.octet(0) <= 223;
}
}  // namespace

Answer show_addresses(Chip& chip) {
  if (chip.has_access_point()) {
    const Ipv4 own = chip.settings().soft_ap_address.address;
    show_pair(chip, Word::ap_ip, own, Word::ap_mac, chip.soft_ap_mac());
  }
  if (chip.has_station()) {
    const Ipv4 own = chip.station().address().address;
    show_pair(chip, Word::station_ip, own, Word::station_mac, chip.station_mac());
  }
  return Answer::ok;
}

// DHCP --------------------------------------------------------------------------------------------

Answer show_dhcp(Chip& chip) {
  using enum SwitchPoints::DhcpReply;
  const DhcpSettings& dhcp = chip.shown_settings().dhcp;
  const int station = dhcp.station ? 1 : 0, soft_ap = dhcp.soft_ap ? 1 : 0;
  switch (chip.dialect().switches.dhcp_reply) {
    case station_and_soft_ap: chip.info().number(station).comma().number(soft_ap).end(); break;
    case bits: chip.info().number(soft_ap + 2 * station).end(); break;
    case bits_from_station: chip.info().number(station + 2 * soft_ap).end(); break;
  }
  return Answer::ok;
}

Answer set_dhcp(Chip& chip, const DhcpArgs& args) {
  const bool station = args.mode != kSoftApOnly, soft_ap = args.mode != kStationOnly;
  if ((station && !chip.has_station()) || (soft_ap && !chip.has_access_point()))
    return Answer::error;
  const Effect effect = station && soft_ap ? Effect::addresses
                        : station          ? Effect::address
                                           : Effect::serving;
  return chip.change(effect, [&](Settings& s) {
    const bool on = args.enable != 0;
    if (soft_ap) s.dhcp.soft_ap = on;
    if (station) s.dhcp.station = on;
    if (station && on) s.station_address = {};
  });
}

Refusal needs_dhcp_server(const Chip& chip) {
  return chip.has_access_point() && chip.settings().dhcp.soft_ap ? kAccepted : at::refuse();
}

bool turns_pool_off(const Chip&, Fields fields) {
  return !fields.empty() && fields.front().text == "0";
}

Answer show_pool(Chip& chip) {
  const Settings& settings = chip.shown_settings();
  const PoolSettings pool = chip.shows_stored() ? settings.pool : pool_in_use(settings);
  chip.info()
      .number(pool.lease_minutes)
      .comma()
      .address(pool.first)
      .comma()
      .address(pool.last)
      .end();
  return Answer::ok;
}

Answer set_pool(Chip& chip, const PoolArgs& args) {
  const AddressSettings& own = chip.settings().soft_ap_address;
  const bool on = args.enable != 0;
  const PoolSettings pool =
      on ? PoolSettings{args.lease_minutes, args.first, args.last} : PoolSettings{};
  const bool gives_own = pool.first <= own.address && own.address <= pool.last;
  if (on && (!fits(pool, own) || gives_own)) return Answer::error;
  return chip.change(Effect::serving, [&](Settings& s) { s.pool = pool; });
}

// Fixed addresses ---------------------------------------------------------------------------------

Refusal station_active(const Chip& chip) { return needs_station(chip); }
Refusal soft_ap_active(const Chip& chip) { return needs_soft_ap(chip); }

Answer show_station_address(Chip& chip) {
  const bool stored = chip.shows_stored();
  return show_three(chip,
                    stored ? chip.shown_settings().station_address : chip.station().address());
}

Answer set_station_address(Chip& chip, const AddressArgs& args) {
  const AddressSettings wanted = complete(args);
  if (!is_possible(wanted) || wanted.gateway == wanted.address) return Answer::error;
  return chip.change(Effect::address, [&](Settings& s) {
    s.station_address = wanted;
    s.dhcp.station = false;
  });
}

Answer show_soft_ap_address(Chip& chip) {
  return show_three(chip, chip.shown_settings().soft_ap_address);
}

Answer set_soft_ap_address(Chip& chip, const AddressArgs& args) {
  const AddressSettings wanted = complete(args);
  if (!is_possible(wanted) || !is_class_c(wanted)) return Answer::error;
  return chip.change(Effect::serving, [&](Settings& s) { s.soft_ap_address = wanted; });
}
}  // namespace bfq::commands

#include "commands/address.h"

#include "at/words.h"
#include "commands/wifi.h"
#include "module/module.h"

namespace bfq::commands {
namespace {
constexpr Ipv4 kUsualNetmask(255, 255, 255, 0);
constexpr std::uint8_t kSoftApOnly = 0, kStationOnly = 1;

void show_pair(Module& module, std::string_view name, Ipv4 address, std::string_view mac_name,
               const MacAddress& mac) {
  module.info().text(name).comma().quoted_address(address).end();
  module.info().text(mac_name).comma().mac(mac).end();
}

Answer show_three(Module& module, const AddressSettings& what) {
  module.info().text(words::kIp).text(":").quoted_address(what.address).end();
  module.info().text(words::kGateway).text(":").quoted_address(what.gateway).end();
  module.info().text(words::kNetmask).text(":").quoted_address(what.netmask).end();
  return Answer::ok;
}

/// All three, or nothing when the arguments do not belong together.
std::optional<AddressSettings> complete(const AddressArgs& args) {
  if (args.address.is_none() || args.gateway.has_value() != args.netmask.has_value())
    return std::nullopt;
  const Ipv4 netmask = args.netmask.value_or(kUsualNetmask);
  const Ipv4 first((args.address.bits & kUsualNetmask.bits) | 1U);
  return AddressSettings{args.address, args.gateway.value_or(first), netmask};
}

/// Addresses from 192.0.0.0 to 223.255.255.255, in a network that is no larger than theirs.
bool is_class_c(const AddressSettings& what) {
  const bool small = (what.netmask.bits & kUsualNetmask.bits) == kUsualNetmask.bits;
  return small && what.address.octet(0) >= 192 && what.address.octet(0) <= 223;
}
}  // namespace

Answer show_addresses(Module& module) {
  const Identity& identity = module.identity();
  if (module.has_access_point()) {
    const Ipv4 own = module.settings().soft_ap_address.address;
    show_pair(module, words::kApIp, own, words::kApMac, identity.access_point_mac);
  }
  if (module.has_station()) {
    const Ipv4 own = module.station().address().address;
    show_pair(module, words::kStationIp, own, words::kStationMac, identity.station_mac);
  }
  return Answer::ok;
}

// DHCP --------------------------------------------------------------------------------------------

Answer show_dhcp(Module& module) {
  const DhcpSettings& dhcp = module.shown_settings().dhcp;
  module.info().number(dhcp.station ? 1 : 0).comma().number(dhcp.soft_ap ? 1 : 0).end();
  return Answer::ok;
}

Answer set_dhcp(Module& module, const DhcpArgs& args) {
  const bool station = args.mode != kSoftApOnly, soft_ap = args.mode != kStationOnly;
  if ((station && !module.has_station()) || (soft_ap && !module.has_access_point()))
    return Answer::error;
  const Effect effect = station && soft_ap ? Effect::addresses
                        : station          ? Effect::address
                                           : Effect::serving;
  return module.change(effect, [&](Settings& s) {
    const bool on = args.enable != 0;
    if (soft_ap) s.dhcp.soft_ap = on;
    if (station) s.dhcp.station = on;
    if (station && on) s.station_address = {};
  });
}

Refusal needs_dhcp_server(const Module& module) {
  return module.has_access_point() && module.settings().dhcp.soft_ap ? kAccepted : at::refuse();
}

bool turns_pool_off(const Module&, Fields fields) {
  return !fields.empty() && fields.front().text == "0";
}

Answer show_pool(Module& module) {
  const Settings& settings = module.shown_settings();
  const PoolSettings pool = module.shows_stored() ? settings.pool : pool_in_use(settings);
  module.info()
      .number(pool.lease_minutes)
      .comma()
      .address(pool.first)
      .comma()
      .address(pool.last)
      .end();
  return Answer::ok;
}

Answer set_pool(Module& module, const PoolArgs& args) {
  const AddressSettings& own = module.settings().soft_ap_address;
  const auto local = [&](Ipv4 a) { return same_network(a, own.address, own.netmask); };
  const bool on = args.enable != 0;
  if (on && (!local(args.first) || !local(args.last) || args.last < args.first))
    return Answer::error;
  const PoolSettings pool =
      on ? PoolSettings{args.lease_minutes, args.first, args.last} : PoolSettings{};
  return module.change(Effect::serving, [&](Settings& s) { s.pool = pool; });
}

// Fixed addresses ---------------------------------------------------------------------------------

Refusal station_active(const Module& module) { return needs_station(module); }
Refusal soft_ap_active(const Module& module) { return needs_soft_ap(module); }

Answer show_station_address(Module& module) {
  const bool stored = module.shows_stored();
  return show_three(module,
                    stored ? module.shown_settings().station_address : module.station().address());
}

Answer set_station_address(Module& module, const AddressArgs& args) {
  const std::optional<AddressSettings> wanted = complete(args);
  if (!wanted) return Answer::error;
  return module.change(Effect::address, [&](Settings& s) {
    s.station_address = *wanted;
    s.dhcp.station = false;
  });
}

Answer show_soft_ap_address(Module& module) {
  return show_three(module, module.shown_settings().soft_ap_address);
}

Answer set_soft_ap_address(Module& module, const AddressArgs& args) {
  const std::optional<AddressSettings> wanted = complete(args);
  if (!wanted || !is_class_c(*wanted)) return Answer::error;
  return module.change(Effect::serving, [&](Settings& s) {
    s.soft_ap_address = *wanted;
    if (!same_network(s.pool.first, wanted->address, wanted->netmask)) s.pool = {};
  });
}
}  // namespace bfq::commands

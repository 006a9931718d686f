#include "settings/settings.h"

#include <algorithm>
#include <initializer_list>

#include "settings/stored_keys.h"

namespace bfq {
namespace {
constexpr std::uint8_t kOpen = 0, kWep = 1;  // of <ecn>
constexpr std::size_t kShortestPassphrase = 8;
// Observed T35: what a module gives as long as nothing else was set; hosts of its network.
constexpr std::uint16_t kFactoryLease = 120;  // minutes
constexpr Ipv4 kFactoryNameServer(208, 67, 222, 222);
constexpr std::uint32_t kFirstOfFactory = 2, kLastOfFactory = 101;

}  // namespace

Text<32> numbered_name(std::string_view prefix, const MacAddress& mac) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::array<char, kLongestNamePrefix + 6> name{};
  CHECK(prefix.size() <= kLongestNamePrefix);
  auto* end = std::copy(prefix.begin(), prefix.end(), name.begin());
  for (std::size_t i = 3; i < mac.bytes.size(); ++i) {
    *end++ = kHex[mac.bytes[i] >> 4U];
    *end++ = kHex[mac.bytes[i] & 15U];
  }
  return Text<32>({name.data(), static_cast<std::size_t>(end - name.data())});
}

Settings factory_settings(std::string_view name_prefix, const MacAddress& soft_ap_mac) {
  Settings settings;
  settings.soft_ap.ssid = numbered_name(name_prefix, soft_ap_mac);
  return settings;
}

bool protection_is_possible(const SoftApSettings& soft_ap) {
  if (soft_ap.security == kWep) return false;
  return soft_ap.security == kOpen || soft_ap.password.view().size() >= kShortestPassphrase;
}

bool is_possible(const AddressSettings& own) {
  return is_unicast(own.address) && is_contiguous(own.netmask) && is_host(own.address, own.netmask);
}

bool is_possible(const MacAddress& mac) { return (mac.bytes[0] & 1U) == 0 && mac != MacAddress{}; }

bool is_possible(const MacSettings& set) {
  if (set.station && set.station == set.soft_ap) return false;
  return (!set.station || is_possible(*set.station)) && (!set.soft_ap || is_possible(*set.soft_ap));
}

bool is_possible(const NameServerSettings& set) {
  const auto is_another = [&](Ipv4 server, std::initializer_list<Ipv4> others) {
    return is_unicast(server) && std::find(others.begin(), others.end(), server) == others.end();
  };
  if (set.first.is_none()) return set.second.is_none() && set.third.is_none();
  if (!is_unicast(set.first)) return false;
  if (set.second.is_none()) return set.third.is_none();
  return is_another(set.second, {set.first}) &&
         (set.third.is_none() || is_another(set.third, {set.first, set.second}));
}

std::array<Ipv4, 3> servers_in_use(const NameServerSettings& set) {
  if (set.first.is_none()) return {kFactoryNameServer};
  return {set.first, set.second, set.third};
}

bool fits(const PoolSettings& pool, const AddressSettings& soft_ap) {
  const auto is_of_network = [&](Ipv4 a) {
    return same_network(a, soft_ap.address, soft_ap.netmask) && is_host(a, soft_ap.netmask);
  };
  const bool gives_one = pool.first != pool.last || pool.first != soft_ap.address;
  return is_of_network(pool.first) && is_of_network(pool.last) && is_in_order(pool) && gives_one;
}

// Fidelity (our decision, dialect 0.4.22): A range of addresses that does not fit the softAP's
// network stays set, and the factory's is used meanwhile, cut to that network: .2 to .101 but for
// the softAP's own address at an end, or else the lowest address that is free.
PoolSettings pool_in_use(const Settings& settings) {
  const AddressSettings& own = settings.soft_ap_address;
  if (settings.pool.lease_minutes != 0 && fits(settings.pool, own)) return settings.pool;
  const std::uint32_t hosts = ~own.netmask.bits, network = own.address.bits & own.netmask.bits;
  const std::uint32_t own_host = own.address.bits & hosts;
  std::uint32_t first = kFirstOfFactory;
  std::uint32_t last = std::min(kLastOfFactory, std::max<std::uint32_t>(hosts, 1) - 1);
  if (first == own_host) ++first;
  if (last == own_host) --last;
  if (first > last) first = last = own_host == 1 ? 2 : 1;
  return {kFactoryLease, Ipv4(network + first), Ipv4(network + last)};
}

std::uint8_t soft_ap_channel(const Settings& settings) {
  const CountrySettings& country = settings.country;
  const std::uint8_t wanted = settings.soft_ap.channel;
  const bool has_it =
      wanted >= country.first_channel && wanted < country.first_channel + country.channels;
  return has_it ? wanted : country.first_channel;
}

void copy_key(Key key, const Settings& from, Settings& to) {
  record::kStoredKeys[static_cast<std::size_t>(key)].copy(from, to);
}
}  // namespace bfq

#include "daemon/wifi/addresses.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <numeric>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::wifi {
namespace {
template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

/// Tables below 256 are the machine's own; ours has a number by the name of its interface, so that
/// it is the same each time.
constexpr unsigned kFirstTable = 40'040'000, kTables = 10'000;
constexpr unsigned kPriority = 4004;  // before the machine's tables, which begin at 32766

unsigned table_of(const std::string& interface) {
  return kFirstTable +
         std::accumulate(interface.begin(), interface.end(), 0U, [](unsigned sum, char c) {
           return (sum * 31 + static_cast<unsigned char>(c)) % kTables;
         });
}

Owned<nl_addr> netlink_address(Ipv4 address, unsigned bits) {
  const std::array<std::uint8_t, 4> bytes{address.octet(0), address.octet(1), address.octet(2),
                                          address.octet(3)};
  Owned<nl_addr> built(nl_addr_build(AF_INET, bytes.data(), bytes.size()), nl_addr_put);
  nl_addr_set_prefixlen(built.get(), static_cast<int>(bits));
  return built;
}

unsigned bits_of(Ipv4 netmask) { return static_cast<unsigned>(std::popcount(netmask.bits)); }

std::string text_of(int error) { return error < 0 ? nl_geterror(error) : ""; }

/// The flags of an interface, of which those of `cleared` are cleared.
int flags_of(const std::string& interface, int cleared) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::copy_n(interface.begin(), std::min<std::size_t>(interface.size(), IFNAMSIZ - 1),
              request.ifr_name);
  ioctl(descriptor, SIOCGIFFLAGS, &request);
  const int flags = request.ifr_flags;
  request.ifr_flags = static_cast<short>(flags & ~cleared);
  if (request.ifr_flags != flags) ioctl(descriptor, SIOCSIFFLAGS, &request);
  close(descriptor);
  return flags;
}

/// All objects of a cache, whatever they are.
template <class T>
void for_each(nl_cache* cache, const std::function<void(T*)>& visit) {
  nl_cache_foreach(
      cache,
      [](nl_object* object, void* with) {
        (*static_cast<const std::function<void(T*)>*>(with))(reinterpret_cast<T*>(object));
      },
      const_cast<std::function<void(T*)>*>(&visit));
}
}  // namespace

bool is_up(const std::string& interface) { return (flags_of(interface, 0) & IFF_UP) != 0; }
void put_down(const std::string& interface) { flags_of(interface, IFF_UP); }

Addresses::Addresses(std::string interface)
    : interface_(std::move(interface)),
      table_(table_of(interface_)),
      socket_(nl_socket_alloc(), nl_socket_free) {
  if (socket_ == nullptr) throw process::Failure("cannot allocate a netlink socket");
  if (const int error = nl_connect(socket_.get(), NETLINK_ROUTE); error < 0)
    throw process::Failure("netlink: " + text_of(error));
  forget();
}

std::string Addresses::use(Ipv4 address, Ipv4 netmask, Ipv4 gateway) {
  forget();
  const auto index = static_cast<int>(if_nametoindex(interface_.c_str()));
  if (index == 0) return interface_ + " is gone";
  if (auto why = add_address(index, address, netmask); !why.empty()) return why;
  const Ipv4 network(address.bits & netmask.bits);
  if (auto why = add_route(index, network, bits_of(netmask), {}); !why.empty()) return why;
  if (!gateway.is_none())
    if (auto why = add_route(index, {}, 0, gateway); !why.empty()) return why;
  return change_rules(address, true);
}

/// Without a route of its own: that would be in the machine's table.
std::string Addresses::add_address(int index, Ipv4 address, Ipv4 netmask) {
  const Owned<rtnl_addr> wanted(rtnl_addr_alloc(), rtnl_addr_put);
  const auto local = netlink_address(address, bits_of(netmask));
  const auto everybody = netlink_address(Ipv4(address.bits | ~netmask.bits), bits_of(netmask));
  rtnl_addr_set_ifindex(wanted.get(), index);
  rtnl_addr_set_local(wanted.get(), local.get());
  rtnl_addr_set_broadcast(wanted.get(), everybody.get());
  rtnl_addr_set_flags(wanted.get(), IFA_F_NOPREFIXROUTE);
  const int error = rtnl_addr_add(socket_.get(), wanted.get(), NLM_F_REPLACE);
  return error == 0 ? "" : "address: " + text_of(error);
}

std::string Addresses::add_route(int index, Ipv4 network, unsigned bits, Ipv4 gateway) {
  const Owned<rtnl_route> wanted(rtnl_route_alloc(), rtnl_route_put);
  const auto destination = netlink_address(network, bits);
  rtnl_route_set_family(wanted.get(), AF_INET);
  rtnl_route_set_table(wanted.get(), table_);
  rtnl_route_set_dst(wanted.get(), destination.get());
  rtnl_route_set_scope(wanted.get(), gateway.is_none() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
  rtnl_nexthop* const next = rtnl_route_nh_alloc();  // the route takes it over
  rtnl_route_nh_set_ifindex(next, index);
  if (!gateway.is_none()) {
    const auto through = netlink_address(gateway, 32);
    rtnl_route_nh_set_gateway(next, through.get());
    rtnl_route_nh_set_flags(next, RTNH_F_ONLINK);  // its network is in this table alone
  }
  rtnl_route_add_nexthop(wanted.get(), next);
  const int error = rtnl_route_add(socket_.get(), wanted.get(), NLM_F_REPLACE);
  return error == 0 ? "" : "route: " + text_of(error);
}

/// Who sends by the interface, and what is sent from the address, is routed by our table.
std::string Addresses::change_rules(Ipv4 address, bool add) {
  int error = 0;
  for (const bool by_interface : {true, false}) {
    const Owned<rtnl_rule> rule(rtnl_rule_alloc(), rtnl_rule_put);
    rtnl_rule_set_family(rule.get(), AF_INET);
    rtnl_rule_set_action(rule.get(), FR_ACT_TO_TBL);
    rtnl_rule_set_table(rule.get(), table_);
    rtnl_rule_set_prio(rule.get(), kPriority);
    const auto source = netlink_address(address, 32);
    by_interface ? rtnl_rule_set_oif(rule.get(), interface_.c_str())
                 : rtnl_rule_set_src(rule.get(), source.get());
    const int failed = add ? rtnl_rule_add(socket_.get(), rule.get(), 0)
                           : rtnl_rule_delete(socket_.get(), rule.get(), 0);
    if (failed < 0) error = failed;
  }
  return error == 0 ? "" : "rule: " + text_of(error);
}

/// What is there, not what we know of: a helper that was killed has left it.
void Addresses::forget() {
  nl_cache* cache = nullptr;
  const auto index = static_cast<int>(if_nametoindex(interface_.c_str()));
  if (rtnl_rule_alloc_cache(socket_.get(), AF_INET, &cache) == 0) {
    for_each<rtnl_rule>(cache, [this](rtnl_rule* rule) {
      if (rtnl_rule_get_table(rule) == table_) rtnl_rule_delete(socket_.get(), rule, 0);
    });
    nl_cache_free(cache);
  }
  if (rtnl_route_alloc_cache(socket_.get(), AF_INET, 0, &cache) == 0) {
    for_each<rtnl_route>(cache, [this](rtnl_route* route) {
      if (rtnl_route_get_table(route) == table_) rtnl_route_delete(socket_.get(), route, 0);
    });
    nl_cache_free(cache);
  }
  if (index == 0 || rtnl_addr_alloc_cache(socket_.get(), &cache) != 0) return;
  for_each<rtnl_addr>(cache, [this, index](rtnl_addr* address) {
    if (rtnl_addr_get_ifindex(address) == index && rtnl_addr_get_family(address) == AF_INET)
      rtnl_addr_delete(socket_.get(), address, 0);
  });
  nl_cache_free(cache);
}
}  // namespace bfq::wifi

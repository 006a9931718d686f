#include "daemon/wifi/wireless.h"

#include <fmt/format.h>
#include <linux/nl80211.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>

#include <array>
#include <cstdint>
#include <functional>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::wifi {
namespace {
constexpr const char* kMark = "made by bfq4004";  // an interface's alias

using Socket = std::unique_ptr<nl_sock, void (*)(nl_sock*)>;
using Link = std::unique_ptr<rtnl_link, void (*)(rtnl_link*)>;
using Message = std::unique_ptr<nl_msg, void (*)(nl_msg*)>;

Socket generic_socket() {
  Socket made(nl_socket_alloc(), nl_socket_free);
  if (made != nullptr && genl_connect(made.get()) == 0) return made;
  return {nullptr, nl_socket_free};
}

/// A message about an interface; nothing where there is none, or no nl80211.
Message about(nl_sock* socket, const std::string& interface, std::uint8_t command, int flags = 0) {
  Message message(nullptr, nlmsg_free);
  const unsigned index = if_nametoindex(interface.c_str());
  const int family = genl_ctrl_resolve(socket, NL80211_GENL_NAME);
  if (index == 0 || family < 0) return message;
  message.reset(nlmsg_alloc());
  genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command, 0);
  nla_put_u32(message.get(), NL80211_ATTR_IFINDEX, index);
  return message;
}

/// Calls `visit` with each attribute in a nest.
void each_in(nlattr* nest, const std::function<void(nlattr*)>& visit) {
  int left = nla_len(nest);
  for (auto* each = static_cast<nlattr*>(nla_data(nest)); nla_ok(each, left);
       each = nla_next(each, &left))
    visit(each);
}

nlattr* part_of(nlattr* nest, int type) {
  return nla_find(static_cast<const nlattr*>(nla_data(nest)), nla_len(nest), type);
}

bool names_mode(nlattr* modes, int mode) { return modes != nullptr && part_of(modes, mode); }

/// One combination has limits, each of them "so many interfaces of these modes".
bool takes_both(nlattr* combination) {
  nlattr* const most = part_of(combination, NL80211_IFACE_COMB_MAXNUM);
  nlattr* const limits = part_of(combination, NL80211_IFACE_COMB_LIMITS);
  if (most == nullptr || limits == nullptr || nla_get_u32(most) < 2) return false;
  unsigned stations = 0, access_points = 0, all = 0;
  each_in(limits, [&](nlattr* limit) {
    nlattr* const number = part_of(limit, NL80211_IFACE_LIMIT_MAX);
    nlattr* const modes = part_of(limit, NL80211_IFACE_LIMIT_TYPES);
    const unsigned several = number != nullptr ? nla_get_u32(number) : 0;
    const bool station = names_mode(modes, NL80211_IFTYPE_STATION);
    const bool access_point = names_mode(modes, NL80211_IFTYPE_AP);
    stations += station ? several : 0;
    access_points += access_point ? several : 0;
    all += station || access_point ? several : 0;
  });
  return stations > 0 && access_points > 0 && all > 1;
}

/// A driver tells of its chip in several messages.
int read_abilities(nl_msg* message, void* into) {
  auto& abilities = *static_cast<ChipAbilities*>(into);
  auto* const head = static_cast<genlmsghdr*>(nlmsg_data(nlmsg_hdr(message)));
  const auto part = [&](int type) {
    return nla_find(genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0), type);
  };
  if (nlattr* const modes = part(NL80211_ATTR_SUPPORTED_IFTYPES)) {
    abilities.station = names_mode(modes, NL80211_IFTYPE_STATION);
    abilities.access_point = names_mode(modes, NL80211_IFTYPE_AP);
  }
  if (nlattr* const combinations = part(NL80211_ATTR_INTERFACE_COMBINATIONS))
    each_in(combinations, [&](nlattr* combination) {
      abilities.both_at_once = abilities.both_at_once || takes_both(combination);
    });
  return NL_OK;
}

/// Has that done about the interface, and returns what comes of it: 0, or an error of libnl's. Each
/// time by a socket of its own: some commands are answered twice, and one answer would be left.
int command_now(const std::string& interface, std::uint8_t command,
                const std::function<void(nl_msg*)>& fill = {}) {
  const Socket socket = generic_socket();
  if (socket == nullptr) return -NLE_NOMEM;
  Message message = about(socket.get(), interface, command);
  if (message == nullptr) return -NLE_NODEV;
  if (fill) fill(message.get());
  return nl_send_sync(socket.get(), message.release());
}
}  // namespace

std::optional<ChipAbilities> abilities_of(const std::string& interface) {
  ChipAbilities abilities;
  const Socket socket = generic_socket();
  if (socket == nullptr) return std::nullopt;
  Message message = about(socket.get(), interface, NL80211_CMD_GET_WIPHY, NLM_F_DUMP);
  if (message == nullptr) return std::nullopt;
  nla_put_flag(message.get(), NL80211_ATTR_SPLIT_WIPHY_DUMP);
  nl_socket_modify_cb(socket.get(), NL_CB_VALID, NL_CB_CUSTOM, read_abilities, &abilities);
  if (nl_send_auto(socket.get(), message.get()) < 0 || nl_recvmsgs_default(socket.get()) < 0)
    return std::nullopt;
  return abilities;
}

namespace {
int read_country(nl_msg* message, void* into) {
  auto* const head = static_cast<genlmsghdr*>(nlmsg_data(nlmsg_hdr(message)));
  nlattr* const letters =
      nla_find(genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0), NL80211_ATTR_REG_ALPHA2);
  if (letters != nullptr && nla_len(letters) >= 2)
    static_cast<std::string*>(into)->assign(static_cast<const char*>(nla_data(letters)), 2);
  return NL_OK;
}

/// "00": the rules that hold everywhere.
std::string country_of(const std::string& interface) {
  std::string country = "00";
  const Socket socket = generic_socket();
  if (socket == nullptr) return country;
  const Message message = about(socket.get(), interface, NL80211_CMD_GET_REG);
  nl_socket_modify_cb(socket.get(), NL_CB_VALID, NL_CB_CUSTOM, read_country, &country);
  if (message != nullptr && nl_send_auto(socket.get(), message.get()) >= 0)
    nl_recvmsgs_default(socket.get());
  return country;
}
}  // namespace

void Regulations::remember() { before_ = country_of(interface_); }

void Regulations::set(std::string_view country) {
  if (country.empty() && !before_) return;
  if (!before_) before_ = country_of(interface_);
  const std::string wanted(country.empty() ? *before_ : country);
  if (country.empty()) before_.reset();
  command_now(interface_, NL80211_CMD_REQ_SET_REG, [&](nl_msg* message) {
    nla_put_string(message, NL80211_ATTR_REG_ALPHA2, wanted.c_str());
  });
}

MacAddress neighbour_of(MacAddress station) {
  constexpr std::uint8_t kLocal = 2, kOther = 4;
  MacAddress other = station;
  const bool is_local = (station.bytes[0] & kLocal) != 0;
  other.bytes[0] = static_cast<std::uint8_t>(other.bytes[0] ^ (is_local ? kOther : kLocal));
  return other;
}

SoftApInterface::SoftApInterface(std::string station, std::string name)
    : station_(std::move(station)),
      name_(std::move(name)),
      routes_(nl_socket_alloc(), nl_socket_free) {
  if (routes_ == nullptr || nl_connect(routes_.get(), NETLINK_ROUTE) < 0)
    throw process::Failure("cannot open a netlink socket");
  remove();
}

bool SoftApInterface::is_there() const { return if_nametoindex(name_.c_str()) != 0; }

bool SoftApInterface::is_ours() const {
  rtnl_link* found = nullptr;
  if (rtnl_link_get_kernel(routes_.get(), 0, name_.c_str(), &found) != 0) return false;
  const Link link(found, rtnl_link_put);
  const char* const alias = rtnl_link_get_ifalias(found);
  return alias != nullptr && std::string_view(alias) == kMark;
}

std::string SoftApInterface::make(MacAddress mac) {
  remove();
  if (is_there()) return fmt::format("there is an interface {} that is not ours", name_);
  const auto abilities = abilities_of(station_);
  if (!abilities) return station_ + " is gone";
  if (!abilities->access_point) return "the chip cannot be an access point";
  if (!abilities->both_at_once) return "the chip cannot be a station and an access point at once";
  std::string why = add(mac);
  if (why.empty()) why = mark();
  if (!why.empty()) remove_any();
  return why;
}

std::string SoftApInterface::add(MacAddress mac) {
  const int error = command_now(station_, NL80211_CMD_NEW_INTERFACE, [&](nl_msg* message) {
    nla_put_string(message, NL80211_ATTR_IFNAME, name_.c_str());
    nla_put_u32(message, NL80211_ATTR_IFTYPE, NL80211_IFTYPE_AP);
    nla_put(message, NL80211_ATTR_MAC, static_cast<int>(mac.bytes.size()), mac.bytes.data());
  });
  if (error < 0)
    return fmt::format("the driver makes no interface {}: {}", name_, nl_geterror(error));
  return {};
}

/// Without its mark it would stay for ever if we are killed.
std::string SoftApInterface::mark() {
  const Link old(rtnl_link_alloc(), rtnl_link_put), wanted(rtnl_link_alloc(), rtnl_link_put);
  rtnl_link_set_ifindex(old.get(), static_cast<int>(if_nametoindex(name_.c_str())));
  rtnl_link_set_ifalias(wanted.get(), kMark);
  const int error = rtnl_link_change(routes_.get(), old.get(), wanted.get(), 0);
  return error == 0 ? "" : fmt::format("cannot mark {}: {}", name_, nl_geterror(error));
}

void SoftApInterface::remove() {
  if (is_ours()) remove_any();
}

void SoftApInterface::remove_any() { command_now(name_, NL80211_CMD_DEL_INTERFACE); }
}  // namespace bfq::wifi

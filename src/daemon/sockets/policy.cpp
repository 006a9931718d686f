#include "daemon/sockets/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "daemon/process/failure.h"
#include "daemon/process/number.h"
#include "daemon/process/printable.h"
#include "daemon/sockets/address.h"
#include "daemon/sockets/networks.h"

namespace bfq::sockets {
namespace {
constexpr Ipv4 kLinkLocal{169, 254, 0, 0};
constexpr Ipv4 kLinkLocalMask{255, 255, 0, 0};
// Where clouds tell secrets to whoever asks from inside a machine: Alibaba, Azure, Oracle; those of
// Amazon, Google and most others are link-local.
constexpr std::array kMetadataAddresses = {Ipv4{100, 100, 100, 200}, Ipv4{168, 63, 129, 16},
                                           Ipv4{192, 0, 0, 192}};
constexpr std::array<std::string_view, 2> kMetadataNames = {"metadata.google.internal",
                                                            "metadata.goog"};

[[noreturn]] void refuse(std::string_view list, std::string_view entry, const std::string& why) {
  throw process::UsageError(std::string(list) + ": '" + process::printable(entry) + "': " + why);
}

std::optional<unsigned> parse_number(std::string_view text, unsigned last) {
  const auto value = process::whole_number<unsigned>(text);
  return value && *value <= last ? value : std::nullopt;
}

constexpr Ipv4 mask_of(unsigned bits) {
  return Ipv4(bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits));
}

/// Loopback, link-local, private (RFC 1918) and shared (RFC 6598, also VPNs') networks: what DNS
/// says about names of the outside leads there by mistake, or in order to reach what only this
/// machine can.
constexpr std::array<std::pair<Ipv4, unsigned>, 6> kInnerNetworks = {{{Ipv4{127, 0, 0, 0}, 8},
                                                                      {Ipv4{100, 64, 0, 0}, 10},
                                                                      {Ipv4{10, 0, 0, 0}, 8},
                                                                      {Ipv4{172, 16, 0, 0}, 12},
                                                                      {Ipv4{192, 168, 0, 0}, 16},
                                                                      {Ipv4{169, 254, 0, 0}, 16}}};

bool is_inner(Ipv4 address) {
  return std::any_of(kInnerNetworks.begin(), kInnerNetworks.end(), [address](const auto& network) {
    return same_network(address, network.first, mask_of(network.second));
  });
}

bool is_guarded_address(Ipv4 address) {
  return same_network(address, kLinkLocal, kLinkLocalMask) ||
         std::find(kMetadataAddresses.begin(), kMetadataAddresses.end(), address) !=
             kMetadataAddresses.end();
}

bool is_guarded_name(std::string_view name) {
  return std::any_of(kMetadataNames.begin(), kMetadataNames.end(),
                     [name](std::string_view guarded) { return is_same_name(guarded, name); });
}

/// Calls `visit` with each part of `text` between separators, spaces around it removed.
template <class Visit>
void split(std::string_view text, char separator, Visit visit) {
  while (true) {
    const std::size_t end = text.find(separator);
    std::string_view part = text.substr(0, end);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    visit(part);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}
}  // namespace

NetPolicy NetPolicy::parse(std::string_view text) try {
  NetPolicy policy;
  if (text.empty()) return policy;
  split(text, ';', [&](std::string_view field) {
    if (field.empty()) return;
    const std::size_t equals = field.find('=');
    const std::string_view list = field.substr(0, equals);
    if (equals == std::string_view::npos || (list != "allow" && list != "deny")) {
      throw process::UsageError("'" + process::printable(field) +
                                "': expected allow=... or deny=...");
    }
    split(field.substr(equals + 1), ',', [&](std::string_view entry) { policy.add(list, entry); });
  });
  return policy;
} catch (const process::UsageError& error) {
  throw process::UsageError("--net " + std::string(error.what()));
}

NetPolicy NetPolicy::from_lists(const std::vector<std::string>& allow,
                                const std::vector<std::string>& deny) {
  NetPolicy policy;
  for (const std::string& entry : allow) policy.add("allow", entry);
  for (const std::string& entry : deny) policy.add("deny", entry);
  return policy;
}

void NetPolicy::add(std::string_view list, std::string_view entry) {
  (list == "allow" ? allow_ : deny_).push_back(parse_rule(entry, list));
}

NetPolicy::Rule NetPolicy::parse_rule(std::string_view entry, std::string_view list) {
  const std::size_t colon = entry.rfind(':');
  Rule rule = parse_host(entry.substr(0, colon), list, entry);
  rule.text = entry;
  if (colon == std::string_view::npos) return rule;
  const std::string_view ports = entry.substr(colon + 1);
  const std::size_t dash = ports.find('-');
  const auto first = parse_number(ports.substr(0, dash), 65535);
  const auto last =
      dash == std::string_view::npos ? first : parse_number(ports.substr(dash + 1), 65535);
  if (!first || !last || *first > *last || *first == 0) {
    refuse(list, entry, "after ':' comes a port from 1 to 65535, or first-last");
  }
  rule.first_port = static_cast<std::uint16_t>(*first);
  rule.last_port = static_cast<std::uint16_t>(*last);
  return rule;
}

NetPolicy::Rule NetPolicy::network_rule(Ipv4 network, unsigned bits) {
  Rule rule;
  rule.kind = Rule::Kind::network;
  rule.network = network;
  rule.mask = mask_of(bits);
  return rule;
}

NetPolicy::Rule NetPolicy::parse_host(std::string_view host, std::string_view list,
                                      std::string_view entry) {
  Rule rule;
  if (host == "*") return rule;
  const std::size_t slash = host.find('/');
  const std::string_view address = host.substr(0, slash);
  if (looks_like_ipv4(address)) {
    const auto network = parse_ipv4(address);
    const auto bits =
        slash == std::string_view::npos ? 32U : parse_number(host.substr(slash + 1), 32);
    if (!network || !bits)
      refuse(list, entry, "expected an address a.b.c.d or a network a.b.c.d/bits");
    return network_rule(*network, *bits);
  }
  const bool is_suffix = host.substr(0, 2) == "*.";
  rule.kind = is_suffix ? Rule::Kind::suffix : Rule::Kind::name;
  const std::string_view name = is_suffix ? host.substr(2) : host;
  if (looks_like_ipv4(name) || !rule.name.assign(name))
    refuse(list, entry, "expected *, an address, a network a.b.c.d/bits, a name or *.suffix");
  const bool is_machine = !is_suffix && is_same_name(rule.name.view(), kThisMachine);
  return is_machine ? network_rule(kLocalhost, 32) : rule;
}

bool NetPolicy::Rule::holds(Ipv4 address) const {
  return kind == Kind::network && same_network(address, network, mask);
}

bool NetPolicy::Rule::holds(std::string_view asked) const {
  return kind == Kind::suffix ? is_below(asked, name.view())
                              : kind == Kind::name && is_same_name(asked, name.view());
}

bool NetPolicy::Rule::denies(const Destination& destination) const {
  return holds(destination.port) &&
         (kind == Kind::anything || holds(destination.name) || holds(destination.asked) ||
          holds(destination.actual) || (destination.is_machine && holds(kLocalhost)));
}

bool NetPolicy::Rule::allows(const Destination& destination) const {
  const bool name_is_enough =
      destination.asked == destination.actual &&
      !(destination.is_from_dns && (destination.is_machine || is_inner(destination.actual)));
  return holds(destination.port) && (kind == Kind::anything || holds(destination.actual) ||
                                     (name_is_enough && holds(destination.name)));
}

bool NetPolicy::Rule::denies_query(std::string_view asked) const {
  const bool denies_all = kind == Kind::anything || (kind == Kind::network && mask.is_none());
  return first_port <= 1 && last_port == 65535 && (denies_all || holds(asked));
}

bool NetPolicy::Rule::allows_query(std::string_view asked) const {
  return kind == Kind::anything || holds(asked);
}

/// True for a rule that can only be meant for guarded addresses or names, not for all the world.
bool NetPolicy::Rule::is_meant_for_guarded() const {
  if (kind == Kind::name) return is_guarded_name(name.view());
  const bool inside_link_local = (mask.bits & kLinkLocalMask.bits) == kLinkLocalMask.bits;
  return kind == Kind::network && (inside_link_local || mask.bits == ~std::uint32_t{0});
}

bool NetPolicy::Rule::names_one_port_of_one_host() const {
  return kind == Kind::network && mask.bits == ~std::uint32_t{0} && first_port == last_port;
}

// Fidelity (our decision, dialect 11.15): A module does not reach the doors of its own program that
// listen by TCP, unless an entry of the allow list names address and port.
NetPolicy::Verdict NetPolicy::judge_door(const Destination& destination) const {
  const auto named = std::find_if(allow_.begin(), allow_.end(), [&](const Rule& rule) {
    return rule.names_one_port_of_one_host() && rule.allows(destination);
  });
  if (named != allow_.end()) return {true, "allow=" + named->text};
  return {false, fmt::format("it is a serial door of this program, which only allow={}:{} opens",
                             is_loopback(destination.actual) ? std::string(kThisMachine)
                                                             : text_of(destination.actual),
                             destination.port)};
}

NetPolicy::Verdict NetPolicy::judge(const Destination& destination) const {
  const auto denied = std::find_if(deny_.begin(), deny_.end(),
                                   [&](const Rule& rule) { return rule.denies(destination); });
  if (denied != deny_.end()) return {false, "deny=" + denied->text};
  if (destination.is_door) return judge_door(destination);
  if (is_guarded_address(destination.asked) || is_guarded_address(destination.actual) ||
      is_guarded_name(destination.name)) {
    const auto named = std::find_if(allow_.begin(), allow_.end(), [&](const Rule& rule) {
      return rule.is_meant_for_guarded() && rule.allows(destination);
    });
    if (named != allow_.end()) return {true, "allow=" + named->text};
    return {false,
            "link-local and cloud metadata addresses are denied unless the allow list names them"};
  }
  if (allow_.empty()) return {true, "nothing denies it"};
  const auto allowed = std::find_if(allow_.begin(), allow_.end(),
                                    [&](const Rule& rule) { return rule.allows(destination); });
  if (allowed != allow_.end()) return {true, "allow=" + allowed->text};
  return {false, why_not_allowed(destination)};
}

std::string NetPolicy::why_not_allowed(const Destination& destination) const {
  const auto by_name = std::find_if(allow_.begin(), allow_.end(), [&](const Rule& rule) {
    return rule.holds(destination.port) && rule.holds(destination.name);
  });
  if (by_name == allow_.end()) return "the allow list does not hold it";
  if (destination.asked != destination.actual)
    return fmt::format(
        "allow={} holds its name, but the address is that of a gateway, which is "
        "this machine: allow {} too",
        by_name->text, kThisMachine);
  return fmt::format(
      "allow={} holds its name, but {} is {} and comes from DNS: allow the address too",
      by_name->text, text_of(destination.actual),
      is_inner(destination.actual) ? "no public address" : "an address of this machine");
}

std::vector<std::string> NetPolicy::allowed_within(Ipv4 network, Ipv4 mask) const {
  std::vector<std::string> entries;
  for (const Rule& rule : allow_)
    if (rule.kind == Rule::Kind::network && (rule.mask.bits & mask.bits) == mask.bits &&
        same_network(rule.network, network, mask))
      entries.push_back(rule.text);
  return entries;
}

NetPolicy::Verdict NetPolicy::judge_query(std::string_view name) const {
  const auto denied = std::find_if(deny_.begin(), deny_.end(),
                                   [name](const Rule& rule) { return rule.denies_query(name); });
  if (denied != deny_.end()) return {false, "deny=" + denied->text};
  if (allow_.empty()) return {true, "nothing denies it"};
  const auto allowed = std::find_if(allow_.begin(), allow_.end(),
                                    [name](const Rule& rule) { return rule.allows_query(name); });
  if (allowed != allow_.end()) return {true, "allow=" + allowed->text};
  return {false, "the allow list does not hold the name"};
}
}  // namespace bfq::sockets

#include "daemon/sockets/policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "daemon/process/failure.h"

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

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  if (out.size() > 1 && out.back() == '.') out.pop_back();  // a name's root dot changes nothing
  return out;
}

[[noreturn]] void refuse(std::string_view list, std::string_view entry, const std::string& why) {
  throw process::UsageError(std::string(list) + ": '" + std::string(entry) + "': " + why);
}

std::optional<unsigned> parse_number(std::string_view text, unsigned last) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > last)
    return std::nullopt;
  return value;
}

constexpr Ipv4 mask_of(unsigned bits) {
  return Ipv4(bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits));
}

bool is_guarded_address(Ipv4 address) {
  return same_network(address, kLinkLocal, kLinkLocalMask) ||
         std::find(kMetadataAddresses.begin(), kMetadataAddresses.end(), address) !=
             kMetadataAddresses.end();
}

bool is_guarded_name(std::string_view name) {
  return std::find(kMetadataNames.begin(), kMetadataNames.end(), lower(name)) !=
         kMetadataNames.end();
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
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
      throw process::UsageError("'" + std::string(field) + "': expected allow=... or deny=...");
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
    rule.kind = Rule::Kind::network;
    rule.network = *network;
    rule.mask = mask_of(*bits);
    return rule;
  }
  const bool is_suffix = host.substr(0, 2) == "*.";
  rule.kind = is_suffix ? Rule::Kind::suffix : Rule::Kind::name;
  rule.name = lower(is_suffix ? host.substr(1) : host);
  if (!is_name(is_suffix ? rule.name.substr(1) : rule.name)) {
    refuse(list, entry, "expected *, an address, a network a.b.c.d/bits, a name or *.suffix");
  }
  return rule;
}

bool NetPolicy::Rule::matches_name(std::string_view other) const {
  const std::string asked = lower(other);
  if (kind == Kind::name) return asked == name;
  return kind == Kind::suffix && asked.size() > name.size() &&
         asked.compare(asked.size() - name.size(), name.size(), name) == 0;
}

bool NetPolicy::Rule::matches(const Destination& destination) const {
  if (destination.port < first_port || destination.port > last_port) return false;
  if (kind == Kind::anything) return true;
  if (kind != Kind::network) return matches_name(destination.name);
  return same_network(destination.asked, network, mask) ||
         same_network(destination.actual, network, mask);
}

/// True for a rule that can only be meant for the guarded address itself, not for all the world.
bool NetPolicy::Rule::names_guarded(const Destination& destination) const {
  if (!matches(destination)) return false;
  if (kind == Kind::name) return is_guarded_name(name);
  const bool inside_link_local = (mask.bits & kLinkLocalMask.bits) == kLinkLocalMask.bits;
  return kind == Kind::network && (inside_link_local || mask.bits == ~std::uint32_t{0});
}

NetPolicy::Verdict NetPolicy::judge(const Destination& destination) const {
  const auto matches = [&](const Rule& rule) { return rule.matches(destination); };
  const auto denied = std::find_if(deny_.begin(), deny_.end(), matches);
  if (denied != deny_.end()) return {false, "deny=" + denied->text};
  if (is_guarded_address(destination.asked) || is_guarded_address(destination.actual) ||
      is_guarded_name(destination.name)) {
    const auto named = std::find_if(allow_.begin(), allow_.end(), [&](const Rule& rule) {
      return rule.names_guarded(destination);
    });
    if (named != allow_.end()) return {true, "allow=" + named->text};
    return {false,
            "link-local and cloud metadata addresses are denied unless the allow list names them"};
  }
  if (allow_.empty()) return {true, "nothing denies it"};
  const auto allowed = std::find_if(allow_.begin(), allow_.end(), matches);
  if (allowed != allow_.end()) return {true, "allow=" + allowed->text};
  return {false, "the allow list does not hold it"};
}

bool NetPolicy::denies_name(std::string_view name) const {
  return std::any_of(deny_.begin(), deny_.end(), [&](const Rule& rule) {
    return rule.first_port == 0 && rule.last_port == 65535 && rule.matches_name(name);
  });
}
}  // namespace bfq::sockets

#include "daemon/world/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "daemon/board/hardware_addresses.h"
#include "daemon/process/failure.h"
#include "daemon/sockets/address.h"
#include "daemon/sockets/route.h"
#include "daemon/sockets/tls_credentials.h"
#include "daemon/world/events.h"
#include "daemon/world/key.h"
#include "daemon/world/network_kinds.h"
#include "daemon/world/repeated_modules.h"

namespace bfq::world {
namespace {
using radio::Security;
using AccessPointText = Written<sim::AccessPoint>;
using ModuleText = Written<board::ModuleSpec>;

/// Access points and simulated stations have default addresses (BSSID, subnet, MAC) that derive
/// from a number, and have room for this many.
constexpr std::size_t kMostInTheAir = 200;

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// One access point --------------------------------------------------------------------------------

/// What is required of a password for that security, or nothing where this one is allowed.
std::string_view wrong_about_password(Security security, std::string_view password) {
  const std::size_t size = password.size();
  switch (security) {
    case Security::open: return size == 0 ? "" : "an open network has none; leave it out";
    case Security::enterprise:
      return size == 0 ? "" : "a wpa2-enterprise network has none; leave it out";
    case Security::wep:
      if (size == 5 || size == 13 || ((size == 10 || size == 26) && is_hexadecimal(password)))
        return "";
      return "for wep, write 5 or 13 bytes, or 10 or 26 hexadecimal digits";
    case Security::wpa:
    case Security::wpa2:
    case Security::wpa_wpa2:
      if ((size >= 8 && size <= 63) || (size == 64 && is_hexadecimal(password))) return "";
      return "for wpa and wpa2, write 8 to 63 bytes, or 64 hexadecimal digits";
  }
  return "";
}

void check_password(AccessPointText& ap) {
  if (!ap.section.stands("password") || !ap.section.stands("security")) return;
  const std::string_view wrong = wrong_about_password(ap.value.security, ap.value.password);
  if (wrong.empty()) return;
  const std::size_t size = ap.value.password.size();
  ap.section.refuse("password", ap.section.wrote("password") && size > 0
                                    ? fmt::format("it has {} bytes; {}", size, wrong)
                                    : fmt::format("is missing; {}", wrong));
}

void check_channel(AccessPointText& ap) {
  if (!ap.section.wrote("country") || !ap.section.stands("country") ||
      !ap.section.stands("channel"))
    return;
  const unsigned highest = highest_channel(ap.value.country);
  if (ap.value.channel > highest)
    ap.section.refuse("channel",
                      fmt::format("{} is not allowed in {}; write a whole number from 1 to {}",
                                  ap.value.channel, ap.value.country, highest));
}

void check_signal(AccessPointText& ap) {
  if (ap.section.wrote("rssi") && ap.section.wrote("position"))
    ap.section.refuse(
        "rssi", "is the same everywhere, so that a position means nothing; write one of both");
}

/// The pool must lie between the network address and the broadcast address, and exclude the
/// gateway.
void check_pool(AccessPointText& ap) {
  if (!ap.value.pool || !ap.section.stands("dhcp.pool") || !ap.section.stands("subnet")) return;
  if (!ap.section.wrote("subnet"))
    return ap.section.refuse("dhcp.pool", "lies in a subnet that is not known; write subnet too");
  const sim::Pool pool = *ap.value.pool,
                  widest = sim::pool_of(
                      sim::AccessPoint{.network = ap.value.network, .netmask = ap.value.netmask});
  if (pool.first < widest.first || widest.last < pool.last)
    ap.section.refuse("dhcp.pool",
                      fmt::format("the subnet has {} to {} to give", sockets::text_of(widest.first),
                                  sockets::text_of(widest.last)));
}

void check_address_delay(AccessPointText& ap) {
  if (ap.section.wrote("dhcp.delay") && ap.section.wrote("delays.address"))
    ap.section.refuse("dhcp.delay", "is the same as delays.address; write one of both");
}

// What must be unique -----------------------------------------------------------------------------

/// Who has which value already; a second one that has it is refused.
template <class Thing>
class Owners {
 public:
  void take(const Thing& thing, Section& section, std::string_view key, const std::string& shown) {
    const auto [at, is_free] = owners_.try_emplace(thing, section.path(key));
    if (!is_free) section.refuse(key, fmt::format("{} is taken by {}", shown, at->second));
  }

 private:
  std::map<Thing, std::string> owners_;
};

void check_hardware_addresses(Draft& draft) {
  Owners<MacAddress> owners;
  for (auto& [ap, section] : draft.access_points)
    if (section.wrote("bssid") && section.stands("bssid"))
      owners.take(ap.bssid, section, "bssid", board::text_of(ap.bssid));
  for (auto& [station, section] : draft.stations)
    if (section.wrote("mac") && section.stands("mac"))
      owners.take(station.mac, section, "mac", board::text_of(station.mac));
  for (std::size_t i = 0; i < draft.modules.size(); ++i) {
    ModuleText& module = draft.modules[i];
    const auto index = static_cast<unsigned>(i);
    const auto take = [&](const char* key, MacAddress mac) {
      if (module.section.stands(key)) owners.take(mac, module.section, key, board::text_of(mac));
    };
    take("station_mac", module.value.station_mac.value_or(board::numbered_station_mac(index)));
    take("ap_mac", module.value.access_point_mac.value_or(board::numbered_access_point_mac(index)));
  }
}

void check_module_names(Draft& draft) {
  Owners<std::string> owners;
  for (auto& [module, section] : draft.modules)
    if (section.stands("name")) owners.take(module.name, section, "name", in_quotes(module.name));
}

/// What must be unique about a door; empty where nothing must be.
std::string place_of_door(const serial::DoorSpec& door) {
  if (door.kind == serial::DoorSpec::Kind::stdio) return "standard input";
  if (door.kind == serial::DoorSpec::Kind::tcp_connect) return {};
  if (door.port != 0) return fmt::format("{}:{}", door.host, door.port);
  return door.path;
}

void check_doors(Draft& draft) {
  Owners<std::string> owners;
  for (auto& [module, section] : draft.modules) {
    if (!section.stands("name")) continue;  // its door may be named after it
    for (const serial::DoorSpec& door : module.doors)
      if (const std::string place = place_of_door(door); !place.empty())
        owners.take(place, section, "serial", place);
  }
}

void check_forwards(Draft& draft) {
  Owners<std::string> places;
  for (auto& [module, section] : draft.modules) {
    Owners<std::uint16_t> ports;
    for (const sockets::Forward& forward : module.forwards) {
      places.take(fmt::format("{}:{}", forward.host, forward.at), section, "forward",
                  fmt::format("{}:{}", forward.host, forward.at));
      ports.take(forward.port, section, "forward", fmt::format("port {}", forward.port));
    }
  }
}

/// A path as the file means it: from its own directory on. In an override, from the present one.
std::string path_of(const std::string& written, const SourcePosition& place) {
  const bool is_of_file = !place.source.starts_with(kOverride);
  if (!is_of_file || written.starts_with('/')) return written;
  return place.source.substr(0, place.source.rfind('/') + 1) + written;
}

/// Reads the file that a key of a module's `tls` names, and puts its path there.
void read_tls_file(Section& section, const char* key, std::string& file,
                   sockets::TlsCredentials& into,
                   void (sockets::TlsCredentials::*read)(const std::string&)) {
  if (file.empty() || !section.stands(key)) return;
  file = path_of(file, section.place_of(key));
  try {
    (into.*read)(file);
  } catch (const process::UsageError& error) {
    section.refuse(key, error.what());
  }
}

void check_tls(Draft& draft) {
  using sockets::TlsCredentials;
  for (auto& [module, section] : draft.modules) {
    board::TlsFiles& files = module.tls_files;
    if (files.certificate.empty() && !files.key.empty()) {
      section.refuse("tls.key", "there is no tls.certificate that it could belong to");
      continue;
    }
    const auto tls = std::make_shared<TlsCredentials>();
    read_tls_file(section, "tls.ca", files.authorities, *tls, &TlsCredentials::read_authorities);
    read_tls_file(section, "tls.certificate", files.certificate, *tls,
                  &TlsCredentials::read_certificate);
    if (section.stands("tls.certificate"))
      read_tls_file(section, "tls.key", files.key, *tls, &TlsCredentials::read_key);
    module.tls = tls;
  }
}

void check_names(Draft& draft) {
  Owners<std::string> owners;
  for (const sockets::KnownName& known : draft.net.names) {
    owners.take(known.name, draft.section, "net.names", in_quotes(known.name));
    if (known.name == sockets::kThisMachine)
      draft.section.refuse("net.names",
                           fmt::format("{} is this machine itself, always", sockets::kThisMachine));
  }
}

void check_counts(Draft& draft) {
  const auto check = [&](const char* key, std::size_t count, std::size_t most) {
    if (count > most)
      draft.section.refuse(key, fmt::format("there are {}, of at most {}", count, most));
  };
  check("ap", draft.access_points.size(), kMostInTheAir);
  check("station", draft.stations.size(), kMostInTheAir);
  check("module", draft.modules.size(), kMostModules);
  for (ModuleText& module : draft.modules)  // the file's own are laid out, and gone
    if (module.section.wrote("count") && module.section.stands("count"))
      module.section.refuse("count", "belongs in the file; --set speaks of one of the modules");
}

void check_faults(Draft& draft) {
  std::set<std::string_view> names{""};
  for (const ModuleText& module : draft.modules) names.insert(module.value.name);
  for (auto& [fault, section] : draft.faults) {
    check_fault(fault, section);
    const std::string& name = fault.module;
    if (!names.contains(name)) section.refuse("module", "there is no module " + in_quotes(name));
  }
}
}  // namespace

std::vector<std::string> useless_entries(const sockets::NetPolicy& policy, const sim::Air& air) {
  std::map<std::string, std::string> lines;  // two access points of one network are told of once
  for (const sim::AccessPoint& ap : air.access_points)
    for (const std::string& entry : policy.allowed_within(ap.network, ap.netmask))
      lines.try_emplace(
          entry, fmt::format("'{}' matches nothing: it lies in {}/{}, the simulated network of {}; "
                             "write {} for this machine, and nothing for a module there",
                             entry, sockets::text_of(ap.network), std::popcount(ap.netmask.bits),
                             in_quotes(ap.ssid), sockets::kThisMachine));
  std::vector<std::string> out;
  out.reserve(lines.size());
  for (const auto& [entry, line] : lines) out.push_back(line);
  return out;
}

void check_together(Draft& draft) {
  for (AccessPointText& ap : draft.access_points) {
    check_password(ap);
    check_channel(ap);
    check_signal(ap);
    check_pool(ap);
    check_address_delay(ap);
  }
  check_hardware_addresses(draft);
  check_module_names(draft);
  check_doors(draft);
  check_forwards(draft);
  check_tls(draft);
  check_names(draft);
  check_events(draft);
  check_faults(draft);
  check_counts(draft);
}
}  // namespace bfq::world

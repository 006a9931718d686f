#include <spdlog/spdlog.h>

#include <string>
#include <vector>

#include "daemon/sockets/address.h"
#include "daemon/sockets/host_sockets.h"
#include "daemon/sockets/local_names.h"

// How a module's sockets find the address of a name.
namespace bfq::sockets {
namespace {
constexpr std::uint16_t kNamePort = 53;
constexpr std::uint32_t kClients = 0x10000;  // their askers are behind all tickets

/// Those that a real network's DHCP server has named, as c-ares takes them.
std::vector<std::string> given_name_servers(const VirtualLan& lan) {
  std::vector<std::string> servers;
  for (const Ipv4 server : lan.name_servers)
    if (!server.is_none()) servers.push_back(text_of(net::Endpoint{server, kNamePort}));
  return servers;
}
}  // namespace

void HostSockets::resolve(const net::Resolve& request) {
  find_address(request.ticket.number, request.name, request.servers,
               [this, ticket = request.ticket](std::optional<Ipv4> address) {
                 if (address)
                   due_.push_back(net::Resolved{ticket, *address});
                 else
                   due_.push_back(net::ResolveFailed{ticket});
               });
}

void HostSockets::look_up(std::uint8_t client, const net::HostName& name,
                          const net::NameServers& servers, Found found) {
  queries_.erase(kClients + client);
  find_address(kClients + client, name, servers, found);
}

void HostSockets::find_address(std::uint32_t asker, const net::HostName& host,
                               const net::NameServers& asked, const Found& found) {
  const std::string name(host.view());
  // Fidelity (our decision, dialect 11.6): Names come from those that the world knows, from the
  // hosts file, then from DNS, IPv4 alone and without search domains.
  const Networks networks = side_.networks();
  if (const auto announced = find_announced(host, networks)) {
    spdlog::debug("{}: name {} is {}, says a module", side_.name(), name, text_of(*announced));
    found(announced);
  } else if (!networks.station || !networks.station->leads_on) {
    spdlog::info("{}: DNS is not asked for {}: the module is on no network that routes to others",
                 side_.name(), name);
    found(std::nullopt);
  } else if (const auto local = find_local_name(name, settings_, networks)) {
    spdlog::debug("{}: name {} is {}, says {}", side_.name(), name, text_of(local->address),
                  local->source);
    found(local->address);
  } else if (const auto verdict = policy_.judge_query(name); !verdict.allowed) {
    // Fidelity (our decision, dialect 11.7): A name that the policy does not let be asked for
    // answers DNS Fail.
    spdlog::info("{}: DNS is not asked for {}: {}", side_.name(), name, verdict.reason);
    found(std::nullopt);
  } else if (asked[0].is_none() && !networks.are_real) {
    ask_dns(asker, name, {}, found);
  } else if (asked[0].is_none()) {
    ask_dns(asker, name, given_name_servers(*networks.station), found);
  } else if (const auto servers = permitted_name_servers(asked); !servers.empty()) {
    ask_dns(asker, name, servers, found);
  } else {
    found(std::nullopt);
  }
}

// Fidelity (our decision, dialect 11.8): A name that a module has announced by AT+MDNS is known
// to the modules of its LAN, itself included, as <name>.local, and to nobody else.
std::optional<Ipv4> HostSockets::find_announced(const net::HostName& name,
                                                const Networks& networks) const {
  for (const auto* lan : {&networks.station, &networks.soft_ap}) {
    if (!*lan || networks.are_real) continue;
    const auto address = neighbourhood_.find_announced((*lan)->access_point, name);
    if (address) return address;
  }
  return std::nullopt;
}

void HostSockets::announce(const net::Announce& request) {
  announced_ = request;
  spdlog::info("{}: announces {}.local {}", side_.name(), request.name.view(),
               settings_.real ? "nowhere: its networks are real" : "on its simulated networks");
}

/// Those that a packet of the module reaches, as c-ares takes them.
std::vector<std::string> HostSockets::permitted_name_servers(
    const net::NameServers& servers) const {
  std::vector<std::string> permitted;
  for (const Ipv4 server : servers) {
    if (server.is_none()) continue;
    const Route way = route(side_.networks(), server, neighbourhood_, settings_.index);
    const std::string name = text_of(server);
    std::string why = way.to == Route::To::neighbour ? "a module is no name server" : way.why;
    if (way.to == Route::To::outside) {
      // Fidelity (our decision, dialect 4.3.14): A name server that is set is a destination like
      // any other, at port 53: one that the policy forbids is not asked.
      const auto verdict = judge(net::HostName(name), server, {way.address, kNamePort});
      if (verdict.allowed) {
        permitted.push_back(text_of(net::Endpoint{way.address, kNamePort}));
        continue;
      }
      why = verdict.reason;
    }
    spdlog::info("{}: name server {} is not asked: {}", side_.name(), name, why);
  }
  return permitted;
}

void HostSockets::ask_dns(std::uint32_t asker, const std::string& name,
                          const std::vector<std::string>& servers, const Found& found) {
  if (settings_.real && servers.empty()) {
    spdlog::info("{}: DNS is not asked for {}: its network has named no name server", side_.name(),
                 name);
    return found(std::nullopt);
  }
  const auto answered = [this, asker, name, found](const process::NameQuery::Result& result) {
    queries_.erase(asker);
    if (result.address)
      spdlog::debug("{}: name {} is {}, says DNS", side_.name(), name, text_of(*result.address));
    else
      spdlog::info("{}: DNS knows no address of {}: {}", side_.name(), name, result.why);
    found(result.address);
    side_.settle();
  };
  queries_[asker] =
      process::NameQuery::start(io_, name, process::NameQuery::Where::only_dns, answered, servers,
                                settings_.real ? settings_.real->station : "");
}
}  // namespace bfq::sockets

#include "daemon/net/host_sockets.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/overloaded.h"
#include "daemon/net/address.h"
#include "daemon/net/tcp_link.h"
#include "daemon/net/tls_link.h"
#include "daemon/net/udp_link.h"

namespace bfq::daemon {
namespace {
bool is_this_machine(std::string_view name) {
  return name.size() == kThisMachine.size() &&
         std::equal(name.begin(), name.end(), kThisMachine.begin(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}
}  // namespace

HostSockets::HostSockets(boost::asio::io_context& io, ModuleSide& side, const NetPolicy& policy,
                         unsigned index)
    : io_(io), side_(side), policy_(policy), index_(index), server_(io, side, index) {}

bool HostSockets::request(const Request& request) {
  return std::visit(overloaded{
                        [this](const net::Resolve& r) { return resolve(r), true; },
                        [this](const net::Open& r) { return open(r), true; },
                        [this](const net::Close& r) { return close(r), true; },
                        [this](const net::Listen& r) { return listen(r), true; },
                        [this](const net::StopListening&) { return server_.stop(), true; },
                        [this](const net::Accept& r) { return accept(r), true; },
                        [this](const net::Refuse& r) { return server_.refuse(r.client), true; },
                        [](const auto&) { return false; },
                    },
                    request);
}

bool HostSockets::drain() {
  bool moved = tell();
  for (auto& link : links_) {
    if (link && !link->ended()) moved |= link->drain();
    if (link && link->ended()) link.reset();
  }
  return moved;
}

bool HostSockets::tell() {
  const bool any = !due_.empty();
  while (!due_.empty()) {
    const Event event = due_.front();
    due_.pop_front();
    side_.handle(event);
  }
  return any;
}

void HostSockets::power_off() {
  for (auto& link : links_) {
    if (auto ending = std::exchange(link, nullptr)) ending->close();
  }
  server_.stop();
  queries_.clear();
  due_.clear();
}

// Names -------------------------------------------------------------------------------------------

void HostSockets::resolve(const net::Resolve& request) {
  const std::string name(request.name.view());
  // Fidelity (our decision, see HostSockets): Names come from the hosts file, then from DNS, IPv4 alone.
  const auto lan = side_.networks().station;
  if (!lan) {
    due_.push_back(net::ResolveFailed{request.ticket});
  } else if (is_this_machine(name)) {
    due_.push_back(net::Resolved{request.ticket, lan->gateway});
  } else if (policy_.denies_name(name)) {
    spdlog::info("name {} refused: the deny list has it", name);
    due_.push_back(net::ResolveFailed{request.ticket});
  } else {
    const Ticket ticket = request.ticket;
    queries_[ticket.number] = NameQuery::start(io_, name, [this, ticket, name](std::optional<Ipv4> address) {
      spdlog::debug("name {} is {}", name, address ? text_of(*address) : "unknown");
      queries_.erase(ticket.number);
      if (address)
        side_.handle(net::Resolved{ticket, *address});
      else
        side_.handle(net::ResolveFailed{ticket});
      side_.settle();
    });
  }
}

// Links -------------------------------------------------------------------------------------------

void HostSockets::open(const net::Open& request) {
  if (request.link.id >= links_.size()) return;
  if (auto old = std::exchange(links_[request.link.id], nullptr)) old->close();
  if (request.transport == net::Transport::udp) return open_datagrams(request);
  const auto actual = route(side_.networks(), request.remote.address);
  if (!actual) return refuse(request, net::OpenFailure::unreachable, "nobody has that address");
  const auto verdict =
      policy_.judge({request.name.view(), request.remote.address, *actual, request.remote.port});
  // Fidelity (our decision, see NetPolicy): What --net forbids ends like a refused connection.
  if (!verdict.allowed) return refuse(request, net::OpenFailure::unreachable, verdict.reason.c_str());
  const auto start = [&](const auto& link) {
    links_[request.link.id] = link;
    link->connect({*actual, request.remote.port}, is_loopback(*actual) ? module_address(index_) : Ipv4());
  };
  if (request.transport == net::Transport::tls)
    start(std::make_shared<TlsLink>(io_, side_, request));
  else
    start(std::make_shared<TcpLink>(io_, side_, request));
}

/// A datagram's way is looked for when it is sent, so whatever the peer, the link opens.
void HostSockets::open_datagrams(const net::Open& request) {
  const auto link = std::make_shared<UdpLink>(io_, side_, policy_, index_, request);
  const auto port = link->take_port();
  if (!port) {
    due_.push_back(net::OpenFailed{request.link, net::OpenFailure::no_resources});
    return;
  }
  links_[request.link.id] = link;
  const auto through = side_towards(side_.networks(), request.remote.address);
  due_.push_back(net::Opened{request.link, *port, through});
}

void HostSockets::refuse(const net::Open& request, net::OpenFailure why, const char* reason) {
  spdlog::info("link {}: {} {}:{} refused: {}", request.link.id, request.name.view(),
               text_of(request.remote.address), request.remote.port, reason);
  due_.push_back(net::OpenFailed{request.link, why});
}

void HostSockets::close(const net::Close& request) {
  const auto speaks_of_it = [&](const Event& event) {
    const auto* opened = std::get_if<net::Opened>(&event);
    const auto* failed = std::get_if<net::OpenFailed>(&event);
    return (opened != nullptr && opened->link == request.link) ||
           (failed != nullptr && failed->link == request.link);
  };
  due_.erase(std::remove_if(due_.begin(), due_.end(), speaks_of_it), due_.end());
  if (request.link.id >= links_.size()) return;
  auto& link = links_[request.link.id];
  if (link && link->handle() == request.link) std::exchange(link, nullptr)->close();
}

// The server --------------------------------------------------------------------------------------

void HostSockets::listen(const net::Listen& request) {
  if (server_.listen(request.port))
    due_.push_back(net::Listening{request.ticket});
  else
    due_.push_back(net::ListenFailed{request.ticket});
}

void HostSockets::accept(const net::Accept& request) {
  auto client = server_.take(request.client);
  if (!client || request.link.id >= links_.size()) {
    due_.push_back(net::Closed{request.link});
    return;
  }
  if (auto old = std::exchange(links_[request.link.id], nullptr)) old->close();
  links_[request.link.id] = std::make_shared<TcpLink>(side_, request.link, std::move(*client));
}
}  // namespace bfq::daemon

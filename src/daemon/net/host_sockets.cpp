#include "daemon/net/host_sockets.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/overloaded.h"
#include "daemon/net/tcp_link.h"

namespace bfq::daemon {
namespace {
std::string text_of(Ipv4 address) {
  return fmt::format("{}.{}.{}.{}", address.octet(0), address.octet(1), address.octet(2), address.octet(3));
}

bool is_this_machine(std::string_view name) {
  return name.size() == kThisMachine.size() &&
         std::equal(name.begin(), name.end(), kThisMachine.begin(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}
}  // namespace

HostSockets::HostSockets(boost::asio::io_context& io, ModuleSide& side, const NetPolicy& policy,
                         unsigned index)
    : io_(io), side_(side), policy_(policy), index_(index) {}

bool HostSockets::request(const Request& request) {
  return std::visit(overloaded{
                        [this](const net::Resolve& r) { return resolve(r), true; },
                        [this](const net::Open& r) { return open(r), true; },
                        [this](const net::Close& r) { return close(r), true; },
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
  queries_.clear();
  due_.clear();
}

// Names -------------------------------------------------------------------------------------------

void HostSockets::resolve(const net::Resolve& request) {
  const std::string name(request.name.view());
  // Fidelity (our decision, see HostSockets): Names come from the hosts file, then from DNS, IPv4 alone.
  const auto lan = side_.lan();
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
  if (request.transport != net::Transport::tcp) {
    return refuse(request, net::OpenFailure::no_resources, "only TCP is there yet");
  }
  const auto actual = route(side_.lan(), request.remote.address);
  if (!actual) return refuse(request, net::OpenFailure::unreachable, "nobody has that address");
  const auto verdict =
      policy_.judge({request.name.view(), request.remote.address, *actual, request.remote.port});
  // Fidelity (our decision, see NetPolicy): What --net forbids ends like a refused connection.
  if (!verdict.allowed) return refuse(request, net::OpenFailure::unreachable, verdict.reason.c_str());
  const auto link = std::make_shared<TcpLink>(io_, side_, request);
  links_[request.link.id] = link;
  link->connect({*actual, request.remote.port}, is_loopback(*actual) ? module_address(index_) : Ipv4());
}

void HostSockets::refuse(const net::Open& request, net::OpenFailure why, const char* reason) {
  spdlog::info("link {}: {} {}:{} refused: {}", request.link.id, request.name.view(),
               text_of(request.remote.address), request.remote.port, reason);
  due_.push_back(net::OpenFailed{request.link, why});
}

void HostSockets::close(const net::Close& request) {
  const auto speaks_of_it = [&](const Event& event) {
    const auto* failed = std::get_if<net::OpenFailed>(&event);
    return failed != nullptr && failed->link == request.link;
  };
  due_.erase(std::remove_if(due_.begin(), due_.end(), speaks_of_it), due_.end());
  if (request.link.id >= links_.size()) return;
  auto& link = links_[request.link.id];
  if (link && link->handle() == request.link) std::exchange(link, nullptr)->close();
}
}  // namespace bfq::daemon

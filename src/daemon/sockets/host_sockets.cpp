#include "daemon/sockets/host_sockets.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/overloaded.h"
#include "daemon/sockets/absent_link.h"
#include "daemon/sockets/address.h"
#include "daemon/sockets/local_names.h"
#include "daemon/sockets/tls_credentials.h"
#include "daemon/sockets/udp_link.h"

namespace bfq::sockets {
namespace {
constexpr std::uint16_t kTimePort = 123;
}  // namespace

HostSockets::HostSockets(boost::asio::io_context& io, ModuleSide& side, const NetPolicy& policy,
                         Neighbourhood& neighbourhood, SocketsSetup settings)
    : io_(io),
      side_(io, side, settings.delay),
      policy_(policy),
      neighbourhood_(neighbourhood),
      settings_(std::move(settings)),
      server_(io, side, neighbourhood, settings_),
      http_(*this, side, settings_.update_server),
      broker_(io, *this, side) {
  neighbourhood_.enter(*this);
}

HostSockets::~HostSockets() { neighbourhood_.leave(*this); }

void HostSockets::take(const net::Request& request) {
  std::visit(overloaded{
                 [this](const net::Resolve& r) { resolve(r); },
                 [this](const net::Open& r) { open(r); },
                 [this](const net::Close& r) { close(r); },
                 [this](const net::Listen& r) { listen(r); },
                 [this](const net::StopListening&) { server_.stop(); },
                 [this](const net::Accept& r) { accept(r); },
                 [this](const net::Refuse& r) { server_.refuse(r.client); },
                 [this](const net::GiveUp& r) { give_up(r); },
                 [this](const net::Ping& r) { ping(r); },
                 [this](const net::AskTime& r) { ask_time(r); },
                 [this](const net::AddTlsText& r) { tls_texts_.add(r); },
                 [this](const net::RecallTlsTexts& r) { due_.push_back(tls_texts_.recall(r)); },
                 [this](const net::Announce& r) { announce(r); },
                 [this](const net::StopAnnouncing&) { announced_.reset(); },
             },
             request);
}

bool HostSockets::drain() {
  bool moved = fulfil_requests_of_clients();
  moved |= tell();
  moved |= end_what_has_lost_its_place();
  server_.follow_networks();
  for (auto& link : links_) {
    if (link && !link->ended()) moved |= link->drain();
    if (link && link->ended()) link.reset();
  }
  moved |= side_.drain();
  say_what_was_dropped();
  return moved;
}

void HostSockets::say_what_was_dropped() {
  const std::uint64_t now = side_.dropped_bytes();
  if (now > dropped_)
    spdlog::info("{} link 0: dropped {} bytes that were typed for a connection that broke",
                 side_.name(), now - dropped_);
  dropped_ = now;
}

/// Each end of a link between two modules looks after itself: its peer sees the connection's end.
bool HostSockets::end_what_has_lost_its_place() {
  bool any = false;
  for (const auto& link : links_) {
    if (!link || link->ended() || !link->exit().place || still_has(side_.networks(), link->exit()))
      continue;
    // Fidelity (our decision, dialect 11.5): A link between two modules ends, with CLOSED, at
    // both of them as soon as one has left their LAN or has another address there.
    link->lose_place();
    any = true;
  }
  return any;
}

bool HostSockets::tell() {
  const bool any = !due_.empty();
  while (!due_.empty()) {
    const Event event = due_.front();
    due_.pop_front();
    std::visit(
        [&](const auto& e) {
          if constexpr (requires { e.link.id; })
            side_of(e.link).handle(event);
          else
            side_.handle(event);
        },
        event);
  }
  return any;
}

ModuleSide& HostSockets::side_of(LinkHandle link) {
  if (link.id == http_.link().number()) return http_.link();
  if (link.id == broker_.link().number()) return broker_.link();
  return side_;
}

/// A client may ask for something within a call of its own link, which then comes to its end first.
bool HostSockets::fulfil_requests_of_clients() {
  const bool any = !asked_by_clients_.empty();
  while (!asked_by_clients_.empty()) {
    const net::Request request = asked_by_clients_.front();
    asked_by_clients_.pop_front();
    take(request);
  }
  return any;
}

void HostSockets::power_off() {
  for (auto& link : links_) {
    if (auto ending = std::exchange(link, nullptr)) ending->close();
  }
  server_.stop();
  http_.power_off();
  broker_.power_off();
  asked_by_clients_.clear();
  queries_.clear();
  echo_.reset();
  time_query_.reset();
  announced_.reset();
  due_.clear();
  tls_texts_.clear();
  side_.forget_all();
}

/// On a real network it is the address and the interface of the side that the way leaves by;
/// towards this machine, the module's own loopback address.
SocketOrigin HostSockets::origin_of(const Route& way) const {
  const Networks networks = side_.networks();
  if (!settings_.real)
    return {.source = is_loopback(way.address) ? module_address(settings_.index) : Ipv4()};
  const auto& lan =
      way.exit.through == net::Interface::station ? networks.station : networks.soft_ap;
  return {.source = lan ? lan->address : Ipv4(), .interface = settings_.real->of(way.exit.through)};
}

/// What the policy says of an address outside the simulated networks, which the module knows as
/// `asked`.
NetPolicy::Verdict HostSockets::judge(const net::HostName& name, Ipv4 asked,
                                      net::Endpoint actual) const {
  return policy_.judge({.name = name.view(),
                        .asked = asked,
                        .actual = actual.address,
                        .port = actual.port,
                        .is_from_dns = is_from_dns(name, asked, settings_, side_.networks()),
                        .is_door = neighbourhood_.has_door(actual),
                        .is_machine = is_own_address(actual.address)});
}

// Echoes ------------------------------------------------------------------------------------------

void HostSockets::ping(const net::Ping& request) {
  echo_.reset();
  const Networks networks = side_.networks();
  const Route way = route(networks, request.address, neighbourhood_, settings_.index);
  const auto is_at = [&](const std::optional<VirtualLan>& lan, Ipv4 VirtualLan::*who) {
    return lan && (*lan).*who == request.address;
  };
  const bool is_own = is_at(networks.station, &VirtualLan::address) ||
                      is_at(networks.soft_ap, &VirtualLan::address);
  const bool is_gateway = !networks.are_real && is_at(networks.station, &VirtualLan::gateway) &&
                          networks.station->leads_on;
  // Fidelity (our decision, dialect 11.9): The module itself, its gateway and other modules on
  // its LAN answer AT+PING; no packet leaves the program for that.
  if (is_own || is_gateway || way.to == Route::To::neighbour)
    return due_.push_back(net::Pong{request.ticket});
  if (way.to == Route::To::outside) return send_echo(request, way);
  spdlog::info("{}: no answer to a ping of {}: {}", side_.name(), text_of(request.address),
               way.why);
}

/// Where the policy or the machine forbids it nobody answers, and the log says why.
void HostSockets::send_echo(const net::Ping& request, const Route& way) {
  const std::string name(request.name.view());
  const auto verdict = judge(request.name, request.address, {way.address, 0});
  if (!verdict.allowed)
    return spdlog::info("{}: ping of {} refused: {}", side_.name(), name, verdict.reason);
  const auto answered = [this, ticket = request.ticket] {
    side_.handle(net::Pong{ticket});
    side_.settle();
  };
  std::string why;
  echo_ = EchoRequest::start(io_, way.address, origin_of(way),
                             std::chrono::milliseconds(request.timeout_ms), answered, why);
  if (!echo_) spdlog::warn("{}: cannot ping {}: {}", side_.name(), name, why);
}

// The time ----------------------------------------------------------------------------------------

/// Where the policy, a route or the machine forbids it no server answers, and the log says why.
void HostSockets::ask_time(const net::AskTime& request) {
  time_query_.reset();
  const std::string name(request.name.view());
  const auto why_not = [&]() -> std::string {
    const Route way = route(side_.networks(), request.address, neighbourhood_, settings_.index);
    if (way.to == Route::To::neighbour) return "a module is no time server";
    if (way.to != Route::To::outside) return way.why;
    const net::Endpoint actual{way.address, kTimePort};
    // Fidelity (our decision, dialect 4.3.17): A time server is a destination like any other, at
    // UDP port 123: one that the policy forbids is not asked.
    const auto verdict = judge(request.name, request.address, actual);
    return verdict.allowed ? send_time_query(request, way) : verdict.reason;
  }();
  if (!why_not.empty())
    spdlog::info("{}: time server {} is not asked: {}", side_.name(), name, why_not);
}

/// Returns why it could not be sent, or nothing.
std::string HostSockets::send_time_query(const net::AskTime& request, const Route& way) {
  const auto answered = [this, ticket = request.ticket,
                         name = std::string(request.name.view())](const net::UnixTime& time) {
    spdlog::info("{}: time server {} has answered", side_.name(), name);
    side_.handle(net::TimeTold{ticket, time});
    side_.settle();
  };
  std::string why;
  time_query_ = TimeQuery::start(io_, {way.address, kTimePort}, origin_of(way),
                                 std::chrono::milliseconds(request.timeout_ms), answered, why);
  return why;
}

// Links -------------------------------------------------------------------------------------------

void HostSockets::open(const net::Open& request) {
  if (request.link.id >= links_.size()) return;
  if (auto old = std::exchange(links_[request.link.id], nullptr)) old->close();
  if (request.transport == net::Transport::udp) return open_datagrams(request);
  if (const auto missing = missing_for(settings_.tls.get(), request))
    return refuse(request, missing->says, std::nullopt, missing->why);
  const auto to = directions(request);
  if (!to) return;
  const auto link = std::make_shared<StreamLink>(shared(side_of(request.link)), request, *to,
                                                 attempts_[request.link.id]);
  links_[request.link.id] = link;
  link->connect();
}

StreamLink::Shared HostSockets::shared(ModuleSide& side) {
  return {io_, side, closes_, settings_.tls.get(), tls_texts_};
}

/// Where a connection goes; nothing where it is refused.
std::optional<Directions> HostSockets::directions(const net::Open& request) {
  const auto [address, port] = request.remote;
  const Route way = route(side_.networks(), address, neighbourhood_, settings_.index);
  if (way.to == Route::To::nowhere) return refuse(request, way.why), std::nullopt;
  if (way.to == Route::To::nobody) {
    attempts_[request.link.id].failed(fmt::format("{}: cannot connect to {}: {}",
                                                  label_of(side_.name(), request.link),
                                                  describe(request), way.why));
    const auto link = std::make_shared<AbsentLink>(io_, side_of(request.link), request, way.exit);
    links_[request.link.id] = link;
    link->connect();
    return std::nullopt;
  }
  const Ipv4 own = module_address(settings_.index);
  if (way.to == Route::To::neighbour) {
    const auto server = way.neighbour->server(port);
    if (!server) return refuse(request, "that module does not listen there"), std::nullopt;
    return Directions{*server, {.source = own}, way.exit, "a module on the same network"};
  }
  const net::Endpoint actual{way.address, port};
  const auto verdict = judge(request.name, address, actual);
  // Fidelity (our decision, dialect 11.10): A link towards this machine does not reach the
  // module's own server: it ends like a refused connection.
  if (server_.is_at(actual))
    return refuse(request, "that is the module's own server", actual), std::nullopt;
  // Fidelity (our decision, dialect 11.11): What the policy forbids ends like a refused connection.
  if (!verdict.allowed) return refuse(request, verdict.reason, actual), std::nullopt;
  return Directions{actual, origin_of(way), way.exit, verdict.reason};
}

/// A datagram's way is looked for when it is sent, so whatever the peer, the link opens.
void HostSockets::open_datagrams(const net::Open& request) {
  const auto link =
      std::make_shared<UdpLink>(io_, side_, policy_, neighbourhood_, settings_, request);
  const auto port = link->take_port();
  if (!port) {
    due_.push_back(net::OpenFailed{request.link, net::OpenFailure::no_resources});
    return;
  }
  links_[request.link.id] = link;
  const auto through = side_towards(side_.networks(), request.remote.address);
  due_.push_back(net::Opened{request.link, *port, through});
}

void HostSockets::refuse(const net::Open& request, std::string_view reason,
                         std::optional<net::Endpoint> actual, net::OpenFailure why) {
  attempts_[request.link.id].failed(fmt::format("{}: {} refused: {}",
                                                label_of(side_.name(), request.link),
                                                describe(request, actual), reason));
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
  if (request.link.id < limits::kLinks) side_.forget(request.link);
  if (link && link->handle() == request.link)
    std::exchange(link, nullptr)->close_for_module(request.resets);
}

void HostSockets::give_up(const net::GiveUp& request) {
  const auto& link = links_[request.link.id];
  if (!link || link->handle() != request.link || link->ended()) return;
  link->give_up();
  if (link->ended()) due_.push_back(net::Closed{request.link});
}

bool HostSockets::interfere(std::size_t link, Interference what) {
  if (link >= limits::kLinks) return false;
  const std::shared_ptr<HostLink> it = links_[link];  // it may end within
  return it && !it->ended() && it->interfere(what);
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
  links_[request.link.id] = std::make_shared<StreamLink>(shared(side_), request.link, client->exit,
                                                         std::move(client->socket));
}

// For the neighbours ------------------------------------------------------------------------------

template <class Matches>
const HostLink* HostSockets::find_link(Matches matches) const {
  const auto at =
      std::find_if(links_.begin(), links_.end(), [&](const std::shared_ptr<HostLink>& link) {
        return link && !link->ended() && matches(*link);
      });
  return at == links_.end() ? nullptr : at->get();
}

std::optional<net::Endpoint> HostSockets::datagrams(std::uint16_t port) const {
  const HostLink* link =
      find_link([port](const HostLink& l) { return l.datagram_ports().shown == port; });
  if (link == nullptr || port == 0) return std::nullopt;
  return net::Endpoint{module_address(settings_.index), link->datagram_ports().actual};
}

std::optional<std::uint16_t> HostSockets::datagram_port(std::uint16_t actual) const {
  const HostLink* link =
      find_link([actual](const HostLink& l) { return l.datagram_ports().actual == actual; });
  if (link == nullptr || actual == 0) return std::nullopt;
  return link->datagram_ports().shown;
}

bool HostSockets::has_datagrams_at_localhost(std::uint16_t port) const {
  return port != 0 && find_link([port](const HostLink& l) {
                        return l.datagram_ports().at_localhost == port;
                      }) != nullptr;
}

std::optional<EgressPath> HostSockets::connection(std::uint16_t from, net::Endpoint to) const {
  const HostLink* link = find_link([&](const HostLink& l) { return l.connects(from, to); });
  return link == nullptr ? std::nullopt : std::optional(link->exit());
}
}  // namespace bfq::sockets

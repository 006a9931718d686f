#include "daemon/sockets/tcp_server.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "daemon/sockets/address.h"
#include "daemon/sockets/client_socket.h"

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// How many clients the kernel keeps for us between two turns: more than there are links, so that
// each of them is answered.
constexpr int kBacklog = 16;
// How long accepting pauses when the machine has no file descriptor left.
constexpr auto kAcceptPause = std::chrono::seconds(1);

/// Resets the connection, as a server does that takes no more clients.
void turn_away(tcp::socket client) {
  boost::system::error_code ignored;
  client.set_option(asio::socket_base::linger(true, 0), ignored);
  client.close(ignored);
}
}  // namespace

TcpServer::TcpServer(asio::io_context& io, ModuleSide& side, const Neighbourhood& neighbourhood,
                     const SocketsSetup& settings)
    : io_(io), side_(side), neighbourhood_(neighbourhood), settings_(settings) {}

// Listening ---------------------------------------------------------------------------------------

bool TcpServer::listen(std::uint16_t port) {
  stop();
  port_ = port;
  // Fidelity (our decision, dialect 0.4.30): Where another program has the port at 127.0.0.1, or
  // the place of a forward, AT+CIPSERVER answers ERROR.
  if (settings_.real) {
    if (!listen_at_interface(net::Interface::station) || !listen_at_forwards())
      return stop(), false;
    actual_ = port_;
    follow_networks();
    return true;
  }
  const bool everywhere = listen_at_module(module_address(settings_.index)) &&
                          (!settings_.is_at_localhost || listen_at_module(kLocalhost)) &&
                          listen_at_forwards();
  if (!everywhere) stop();
  return everywhere;
}

bool TcpServer::listen_at_module(Ipv4 address) {
  boost::system::error_code error;
  const std::uint16_t actual = listen_at({address, port_}, false, error);
  if (error) {
    spdlog::warn("{} server: cannot listen on {}: {}", side_.name(), text_of({address, port_}),
                 error.message());
    return false;
  }
  if (actual_ == 0) actual_ = actual;
  if (actual == port_) {
    spdlog::info("{} server: listens on {}", side_.name(), text_of({address, port_}));
  } else {
    spdlog::warn("{} server: this machine refuses port {}, so connect to {}", side_.name(), port_,
                 text_of({address, actual}));
  }
  return true;
}

/// At whatever address that has, as it may have none yet. Nobody else gets in: what comes by
/// another interface is not for this socket.
bool TcpServer::listen_at_interface(net::Interface side) {
  auto listener = std::make_unique<Listener>(io_);
  listener->side = side;
  tcp::acceptor& acceptor = listener->acceptor;
  const std::string& interface = settings_.real->of(side);
  boost::system::error_code error;
  acceptor.open(tcp::v4(), error);
  if (!error && !bind_to_interface(acceptor.native_handle(), interface))
    error.assign(errno, boost::system::system_category());
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) set_usual_options(acceptor.native_handle());
  if (!error) acceptor.bind(asio_endpoint<tcp>({Ipv4(), port_}), error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) {
    spdlog::warn("{} server: cannot listen on port {} of {}: {}", side_.name(), port_, interface,
                 error.message());
    return false;
  }
  spdlog::info("{} server: listens on port {} of {}", side_.name(), port_, interface);
  accept(*listeners_.emplace_back(std::move(listener)));
  return true;
}

void TcpServer::follow_networks() {
  if (!settings_.real || actual_ == 0) return;
  const auto is_of_soft_ap = [](const auto& listener) {
    return listener->side == net::Interface::soft_ap;
  };
  const bool listens = std::any_of(listeners_.begin(), listeners_.end(), is_of_soft_ap);
  const bool is_open = side_.networks().soft_ap.has_value();
  if (is_open == listens) return;
  if (is_open) return void(listen_at_interface(net::Interface::soft_ap));
  const auto it = std::find_if(listeners_.begin(), listeners_.end(), is_of_soft_ap);
  (*it)->acceptor.close();
  (*it)->side.reset();  // it lives until stop(), as its handler may be under way
}

bool TcpServer::listen_at_forwards() {
  bool everywhere = true;
  for (const Forward& forward : settings_.forwards) {
    if (forward.port != port_) continue;
    const std::optional<Ipv4> address = parse_ipv4(forward.host);
    boost::system::error_code error = asio::error::invalid_argument;
    if (address) listen_at({*address, forward.at}, true, error);
    if (error) {
      spdlog::error("{} server: cannot forward {}:{} to port {}: {}", side_.name(), forward.host,
                    forward.at, port_, error.message());
      everywhere = false;
    } else {
      spdlog::info("{} server: {}:{} is forwarded to port {}", side_.name(), forward.host,
                   forward.at, port_);
    }
  }
  return everywhere;
}

/// Returns the port that it listens on.
std::uint16_t TcpServer::listen_at(net::Endpoint at, bool forwards,
                                   boost::system::error_code& error) {
  auto listener = std::make_unique<Listener>(io_);
  listener->forwards = forwards;
  tcp::acceptor& acceptor = listener->acceptor;
  std::uint16_t actual = 0;
  acceptor.open(tcp::v4(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) set_usual_options(acceptor.native_handle());  // a client's socket inherits them
  if (!error && forwards) acceptor.bind(asio_endpoint<tcp>(at), error);
  if (!error && !forwards)
    actual = bind_or_move(acceptor, at, neighbourhood_.has_port(at.port), error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return 0;
  accept(*listeners_.emplace_back(std::move(listener)));
  return actual;
}

void TcpServer::stop() {
  ++term_;
  actual_ = 0;
  listeners_.clear();
  for (auto& client : std::exchange(waiting_, {})) turn_away(std::move(client.second.socket));
}

std::optional<net::Endpoint> TcpServer::place(std::uint16_t port) const {
  if (actual_ == 0 || port != port_) return std::nullopt;
  return net::Endpoint{module_address(settings_.index), actual_};
}

bool TcpServer::is_at(net::Endpoint actual) const {
  return std::any_of(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
    boost::system::error_code error;
    const net::Endpoint at = endpoint_of(listener->acceptor.local_endpoint(error));
    const bool is_there =
        at.address == actual.address || (at.address.is_none() && is_own_address(actual.address));
    return !error && at.port == actual.port && is_there;
  });
}

// Clients -----------------------------------------------------------------------------------------

void TcpServer::accept(Listener& listener) {
  listener.acceptor.async_accept([this, &listener, term = term_](auto error, tcp::socket client) {
    if (term != term_) return turn_away(std::move(client));
    if (!error) {
      // Accepts the next before the module hears of this one, which may make it stop the server.
      const bool forwarded = listener.forwards;
      const auto side = listener.side;
      accept(listener);
      return welcome(std::move(client), forwarded, side);
    }
    if (!listener.acceptor.is_open()) return;  // its network is gone
    spdlog::warn("{} server: cannot accept a client: {}", side_.name(), error.message());
    listener.pause.expires_after(kAcceptPause);
    listener.pause.async_wait([this, &listener, term = term_](auto cancelled) {
      if (!cancelled && term == term_) accept(listener);
    });
  });
}

void TcpServer::welcome(tcp::socket client, bool forwarded, std::optional<net::Interface> side) {
  boost::system::error_code error;
  const auto peer = client.remote_endpoint(error);
  const auto local = error ? peer : client.local_endpoint(error);
  if (error) return;  // gone already
  const net::Endpoint actual = endpoint_of(peer);
  const Seen seen = side ? see(actual, *side) : see(actual, endpoint_of(local), forwarded);
  if (seen.refusal != nullptr) {
    spdlog::info("{} server: {} turned away: {}", side_.name(), text_of(actual), seen.refusal);
    return turn_away(std::move(client));
  }
  last_client_.number = static_cast<std::uint16_t>(last_client_.number + 1);
  waiting_.insert_or_assign(last_client_.number, Client{std::move(client), seen.exit});
  side_.handle(net::Incoming{last_client_, {seen.address, actual.port}, port_, seen.exit.through});
  side_.settle();
}

/// On a real network. What this machine sends to an address of its own comes by that interface too.
TcpServer::Seen TcpServer::see(net::Endpoint client, net::Interface side) {
  if (is_own_address(client.address))
    return {.refusal = "this machine is on no network of the module"};
  return {.address = client.address, .exit = {side}};
}

TcpServer::Seen TcpServer::see(net::Endpoint client, net::Endpoint here, bool forwarded) const {
  const Networks networks = side_.networks();
  if (networks.none()) return {.refusal = "the module is on no network"};
  const Neighbour* neighbour = forwarded ? nullptr : neighbourhood_.owner_of(client.address);
  if (neighbour != nullptr && neighbour->index() != settings_.index)
    return see(*neighbour, client.port, here);
  // Fidelity (our decision, dialect 11.21): Programs of this machine come by the station's network
  // or, where the module is on none, by that of its access point.
  const auto through = networks.station ? net::Interface::station : net::Interface::soft_ap;
  return {.address = shown_address(client.address), .exit = {through}};
}

/// Another module must be on a LAN with this one, and must still hold on to its end.
TcpServer::Seen TcpServer::see(const Neighbour& neighbour, std::uint16_t port,
                               net::Endpoint here) const {
  const auto theirs = neighbour.connection(port, here);
  if (!theirs) return {.refusal = "that module has given it up"};
  const auto lan = theirs->place ? std::optional(theirs->place->lan) : std::nullopt;
  const auto meeting = meet(side_.networks(), neighbour.networks(), lan);
  if (!meeting) return {.refusal = "that module is on no network of this one's"};
  return {.address = meeting->theirs, .exit = meeting->exit};
}

std::optional<TcpServer::Client> TcpServer::take(Ticket client) {
  const auto at = waiting_.find(client.number);
  if (at == waiting_.end()) return std::nullopt;
  Client taken = std::move(at->second);
  waiting_.erase(at);
  return taken;
}

void TcpServer::refuse(Ticket client) {
  if (auto refused = take(client)) {
    boost::system::error_code ignored;
    const auto peer = refused->socket.remote_endpoint(ignored);
    spdlog::info("{} server: {} turned away: no link is free", side_.name(),
                 text_of(endpoint_of(peer)));
    turn_away(std::move(refused->socket));
  }
}
}  // namespace bfq::sockets

#include "daemon/net/tcp_server.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "daemon/net/address.h"

namespace bfq::daemon {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// Clients that the kernel keeps for us between two turns; more than links, so that each is answered.
constexpr int kBacklog = 16;
// When the machine has no descriptor left for a client, it gets another chance after this time.
constexpr auto kAcceptPause = std::chrono::seconds(1);

/// The peer sees a connection that was reset, as from a server that has no place left.
void turn_away(tcp::socket client) {
  boost::system::error_code ignored;
  client.set_option(asio::socket_base::linger(true, 0), ignored);
  client.close(ignored);
}
}  // namespace

TcpServer::TcpServer(asio::io_context& io, ModuleSide& side, unsigned index)
    : side_(side), index_(index), at_module_(io), at_localhost_(io) {}

// Listening ---------------------------------------------------------------------------------------

bool TcpServer::listen(std::uint16_t port) {
  stop();
  port_ = port;
  if (listen_at(at_module_, module_address(index_)) &&
      (!is_also_at_localhost(index_) || listen_at(at_localhost_, kLocalhost))) {
    return true;
  }
  stop();
  return false;
}

bool TcpServer::listen_at(Listener& listener, Ipv4 address) {
  tcp::acceptor& acceptor = listener.acceptor;
  boost::system::error_code error;
  std::uint16_t actual = 0;
  acceptor.open(tcp::v4(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) actual = bind_or_move(acceptor, {address, port_}, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) {
    spdlog::warn("server: cannot listen on {}: {}", text_of({address, port_}), error.message());
    return false;
  }
  if (actual == port_) {
    spdlog::info("server: listens on {}", text_of({address, port_}));
  } else {
    spdlog::warn("server: this machine refuses port {}, so connect to {}", port_, text_of({address, actual}));
  }
  accept(listener);
  return true;
}

void TcpServer::stop() {
  ++term_;
  boost::system::error_code ignored;
  for (Listener* listener : {&at_module_, &at_localhost_}) {
    listener->acceptor.close(ignored);
    listener->pause.cancel();
  }
  for (auto& client : std::exchange(waiting_, {})) turn_away(std::move(client.second));
}

// Clients -----------------------------------------------------------------------------------------

void TcpServer::accept(Listener& listener) {
  listener.acceptor.async_accept([this, &listener, term = term_](auto error, tcp::socket client) {
    if (term != term_) return turn_away(std::move(client));
    if (!error) {
      // Before the module hears of it: it may stop the server.
      accept(listener);
      return welcome(std::move(client));
    }
    spdlog::warn("server: cannot take a client: {}", error.message());
    listener.pause.expires_after(kAcceptPause);
    listener.pause.async_wait([this, &listener, term = term_](auto cancelled) {
      if (!cancelled && term == term_) accept(listener);
    });
  });
}

void TcpServer::welcome(tcp::socket client) {
  boost::system::error_code error;
  const auto peer = client.remote_endpoint(error);
  if (error) return;  // gone already
  const net::Endpoint actual = endpoint_of(peer);
  const Networks networks = side_.networks();
  if (!networks.station && !networks.soft_ap) {
    spdlog::info("server: {} turned away: the module is on no network", text_of(actual));
    return turn_away(std::move(client));
  }
  last_client_.number = static_cast<std::uint16_t>(last_client_.number + 1);
  waiting_.insert_or_assign(last_client_.number, std::move(client));
  // Fidelity (our decision, see TcpServer): Clients come by the station's network or, where the module is on
  // none, by that of its access point.
  const auto through = networks.station ? net::Interface::station : net::Interface::soft_ap;
  const net::Endpoint shown{shown_address(actual.address), actual.port};
  side_.handle(net::Incoming{last_client_, shown, port_, through});
  side_.settle();
}

std::optional<tcp::socket> TcpServer::take(Ticket client) {
  const auto at = waiting_.find(client.number);
  if (at == waiting_.end()) return std::nullopt;
  tcp::socket socket = std::move(at->second);
  waiting_.erase(at);
  return socket;
}

void TcpServer::refuse(Ticket client) {
  if (auto socket = take(client)) {
    boost::system::error_code ignored;
    const auto peer = socket->remote_endpoint(ignored);
    spdlog::info("server: {} turned away: there is no place for it", text_of(endpoint_of(peer)));
    turn_away(std::move(*socket));
  }
}
}  // namespace bfq::daemon

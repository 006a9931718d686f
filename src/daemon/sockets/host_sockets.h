#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "daemon/process/name_query.h"
#include "daemon/sockets/attempt_log.h"
#include "daemon/sockets/broker_client.h"
#include "daemon/sockets/client_socket.h"
#include "daemon/sockets/delay_line.h"
#include "daemon/sockets/echo_request.h"
#include "daemon/sockets/host_link.h"
#include "daemon/sockets/lingering_close.h"
#include "daemon/sockets/module_side.h"
#include "daemon/sockets/neighbourhood.h"
#include "daemon/sockets/policy.h"
#include "daemon/sockets/route.h"
#include "daemon/sockets/settings.h"
#include "daemon/sockets/stream_link.h"
#include "daemon/sockets/tcp_server.h"
#include "daemon/sockets/time_query.h"
#include "daemon/sockets/web_fetcher.h"
#include "sim/tls_text_store.h"

namespace bfq::sockets {

/// The network port on this machine: links and the server are kernel sockets, names are looked up
/// by c-ares. One for each module, on the one thread of its io_context.
///
/// Events are passed to the module's side, followed by settle(); those that a request causes at
/// once, in the next drain().
class HostSockets final : private Neighbour, private ClientRoutes {
 public:
  /// References must outlive this. The module connects to loopback from its own address, and is
  /// reached there; other modules of the neighbourhood find it until this is destroyed.
  HostSockets(boost::asio::io_context& io, ModuleSide& side, const NetPolicy& policy,
              Neighbourhood& neighbourhood, SocketsSetup settings);
  ~HostSockets();
  HostSockets(const HostSockets&) = delete;
  HostSockets& operator=(const HostSockets&) = delete;

  /// Takes a request. What it causes at once is reported in the next drain().
  void take(const net::Request& request);
  void take(const web::Request& request) { http_.take(request); }
  void take(const mqtt::Request& request) { broker_.take(request); }

  /// Reports what is due, sends what the module has for its links, and reads again where it has
  /// room. To be called after anything that may have changed the module. Returns true when
  /// something moved.
  bool drain();

  /// Between turns: does that to the connection of that link. False where it has no connection that
  /// is open.
  bool interfere(std::size_t link, Interference what);

  /// The module has no power: ends all links and pending requests without reporting that.
  void power_off();

 private:
  // Neighbour
  unsigned index() const override { return settings_.index; }
  Networks networks() const override { return side_.networks(); }
  std::optional<net::Endpoint> server(std::uint16_t port) const override {
    return server_.place(port);
  }
  std::optional<net::Endpoint> datagrams(std::uint16_t port) const override;
  std::optional<std::uint16_t> datagram_port(std::uint16_t actual) const override;
  bool has_datagrams_at_localhost(std::uint16_t port) const override;
  std::optional<EgressPath> connection(std::uint16_t from, net::Endpoint to) const override;
  bool is_announced_as(const HostName& name) const override {
    return announced_ && is_announced(name, announced_->name);
  }

  SocketOrigin origin_of(const Route& way) const;
  // ClientRoutes
  void look_up(std::uint8_t client, const net::HostName& name, const net::NameServers& servers,
               Found found) override;
  void ask(const net::Request& request) override { asked_by_clients_.push_back(request); }
  void tell(const Event& event) override { due_.push_back(event); }

  /// Whose link that is: the module's, or a client's.
  ModuleSide& side_of(LinkHandle link);
  bool fulfil_requests_of_clients();
  NetPolicy::Verdict judge(const net::HostName& name, Ipv4 asked, net::Endpoint actual) const;
  void resolve(const net::Resolve& request);
  void find_address(std::uint32_t asker, const net::HostName& name, const net::NameServers& servers,
                    const Found& found);
  std::optional<Ipv4> find_announced(const net::HostName& name, const Networks& networks) const;
  void ask_dns(std::uint32_t asker, const std::string& name,
               const std::vector<std::string>& servers, const Found& found);
  void announce(const net::Announce& request);
  std::vector<std::string> permitted_name_servers(const net::NameServers& servers) const;
  void ping(const net::Ping& request);
  void ask_time(const net::AskTime& request);
  std::string send_time_query(const net::AskTime& request, const Route& way);
  void send_echo(const net::Ping& request, const Route& way);
  void open(const net::Open& request);
  std::optional<Directions> directions(const net::Open& request);
  void open_datagrams(const net::Open& request);
  void close(const net::Close& request);
  void give_up(const net::GiveUp& request);
  StreamLink::Shared shared(ModuleSide& side);
  void refuse(const net::Open& request, std::string_view reason,
              std::optional<net::Endpoint> actual = std::nullopt,
              net::OpenFailure why = net::OpenFailure::unreachable);
  void listen(const net::Listen& request);
  void accept(const net::Accept& request);
  template <class Matches>
  const HostLink* find_link(Matches matches) const;
  bool end_what_has_lost_its_place();
  bool tell();
  void say_what_was_dropped();

  boost::asio::io_context& io_;
  DelayLine side_;
  NetPolicy policy_;
  Neighbourhood& neighbourhood_;
  SocketsSetup settings_;
  TcpServer server_;
  std::array<std::shared_ptr<HostLink>, kAllLinks> links_;
  std::array<AttemptLog, kAllLinks> attempts_;
  LingeringCloses closes_;
  std::uint64_t dropped_ = 0;  ///< bytes that the log has told of
  /// By who asks: the ticket of a net::Resolve, or kClients and the number of a client.
  std::map<std::uint32_t, std::shared_ptr<process::NameQuery>> queries_;
  std::shared_ptr<EchoRequest> echo_;      ///< of the last Ping
  std::shared_ptr<TimeQuery> time_query_;  ///< of the last AskTime
  std::optional<net::Announce> announced_;
  std::list<Event> due_;
  WebFetcher http_;
  BrokerClient broker_;
  std::list<net::Request> asked_by_clients_;
  sim::TlsTextStore tls_texts_;
};
}  // namespace bfq::sockets

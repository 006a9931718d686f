// What a client of the control channel sends, at its Unix socket and over HTTP: whatever it is,
// each request is answered, in a program with one module, and nothing else happens.
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/faults.h"
#include "daemon/control/session.h"
#include "daemon/control/traces.h"
#include "daemon/control/waits.h"
#include "daemon/http/exchange.h"
#include "daemon/process/version.h"
#include "fuzz.h"
#include "violation.h"

#ifndef BFQ_DAEMON_TELLS_ITS_DATE
const char* const bfq::process::kBuildDate = "a fuzzer's";
#endif

namespace {
using namespace bfq;

/// The program, and one client.
class Program {
 public:
  Program() {
    board::BoardSetup setup;
    setup.module.name = "bfq0";
    boards_.push_back(std::make_unique<board::Board>(
        board::Surroundings{io_, clock_, medium_, neighbourhood_}, setup, [] {}));
  }

  /// Each request is answered by one line of JSON.
  void send_to_socket(std::span<const std::byte> input) {
    Ends ends;
    const auto session = std::make_shared<control::Session>(
        channel_, control::Session::Socket(io_, boost::asio::local::stream_protocol(), ends.ours));
    bool gone = false;
    session->start([&] { gone = true; });
    const std::size_t sent = converse(ends, input, [&] { return gone; });
    check_lines(input.first(sent));
  }

  /// TOKEN stands for the token, so that what is behind it is reached.
  void send_over_http(std::span<const std::byte> input) {
    Ends ends;
    connections_.start(std::make_shared<http::HttpExchange>(
        http::HttpShared{channel_, token_, tickets_, connections_},
        http::Tcp::socket(io_, http::Tcp::v4(), ends.ours), std::vector<std::string>{"a"}));
    std::string text(reinterpret_cast<const char*>(input.data()), input.size());
    constexpr std::string_view kToken = "TOKEN";
    for (std::size_t at = 0; (at = text.find(kToken, at)) != std::string::npos;)
      text.replace(at, kToken.size(), token_.text());
    converse(ends, std::as_bytes(std::span(text)), [&] { return connections_.count() == 0; });
    swarm::demand(received_.empty() || received_.starts_with("HTTP/1."), "no HTTP response");
    swarm::demand(connections_.count() <= 1, "more connections than clients");
  }

 private:
  static constexpr int kTurns = 200;

  /// A pair of sockets, of which ours is closed by whoever gets it.
  struct Ends {
    Ends() {
      int both[2];
      swarm::demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) == 0, "no socketpair");
      ours = both[0];
      client = both[1];
    }
    ~Ends() { close(client); }
    Ends(const Ends&) = delete;
    Ends& operator=(const Ends&) = delete;
    int ours = -1, client = -1;
  };

  template <class Gone>
  std::size_t converse(const Ends& ends, std::span<const std::byte> input, Gone gone) {
    const ssize_t sent =
        ::send(ends.client, input.data(), input.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(ends.client, SHUT_WR);
    for (int turn = 0; turn < kTurns && !gone(); ++turn) {
      io_.poll();
      io_.restart();
      read(ends.client);
    }
    read(ends.client);
    return static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  }

  void read(int socket) {
    char buffer[65536];
    for (ssize_t n = 0; (n = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;)
      received_.append(buffer, static_cast<std::size_t>(n));
  }

  void check_lines(std::span<const std::byte> input) const {
    const auto requests = std::count(input.begin(), input.end(), std::byte{'\n'}) + 1;
    std::ptrdiff_t answers = 0;
    std::string_view rest = received_;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      swarm::demand(end != std::string_view::npos, "a line that does not end");
      const auto line = control::read_json(rest.substr(0, end));
      swarm::demand(line.value && line.value->is_object(), "an answer that is no object");
      answers += line.value->get_object().contains("event") ? 0 : 1;
      rest.remove_prefix(end + 1);
    }
    swarm::demand(answers <= requests, "more answers than requests");
  }

  boost::asio::io_context io_{1};
  board::ProgramClock clock_;
  sim::Medium medium_{sim::default_air()};
  sockets::Neighbourhood neighbourhood_;
  std::vector<std::unique_ptr<board::Board>> boards_;
  control::EventLog events_;
  control::RunningProgram program_{io_, boards_, medium_, clock_, [] {}};
  control::Waits waits_{program_, events_};
  control::Faults faults_{program_, events_, 1};
  control::Traces traces_{program_, events_};
  control::Channel channel_{program_, events_, waits_, faults_, traces_};
  http::AccessToken token_ = http::AccessToken::fresh();
  http::Tickets tickets_;
  http::HttpConnections connections_{io_};
  std::string received_;
};
}  // namespace

void fuzz(std::span<const std::byte> input) {
  spdlog::set_level(spdlog::level::off);
  constexpr std::size_t kLongest = 65536;
  const auto bytes = input.first(std::min(input.size(), kLongest));
  Program().send_to_socket(bytes);
  Program().send_over_http(bytes);
}

// What a client of the control channel sends: whatever it is, each request is answered by one line
// of JSON, in a program with one module, and nothing else happens.
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/session.h"
#include "daemon/process/version.h"
#include "fuzz.h"
#include "violation.h"

const char* const bfq::process::kBuildDate = "a fuzzer's";

namespace {
using namespace bfq;

/// The program, and one client.
class Channel {
 public:
  Channel() {
    board::BoardSetup setup;
    setup.module.name = "bfq0";
    boards_.push_back(std::make_unique<board::Board>(
        board::Surroundings{io_, clock_, medium_, neighbourhood_}, setup, [] {}));
  }

  void send(std::span<const std::byte> input) {
    int ends[2];
    swarm::demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no socketpair");
    const control::Session::Shared shared{program_, events_, waits_};
    const auto session = std::make_shared<control::Session>(
        shared, control::Session::Socket(io_, boost::asio::local::stream_protocol(), ends[0]));
    bool gone = false;
    session->start([&] { gone = true; });
    const ssize_t sent = ::send(ends[1], input.data(), input.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(ends[1], SHUT_WR);
    for (int turn = 0; turn < kTurns && !gone; ++turn) {
      io_.poll();
      read(ends[1]);
    }
    read(ends[1]);
    check(input.first(static_cast<std::size_t>(std::max<ssize_t>(sent, 0))));
    close(ends[1]);
  }

 private:
  static constexpr int kTurns = 200;

  void read(int socket) {
    char buffer[65536];
    for (ssize_t n = 0; (n = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;)
      received_.append(buffer, static_cast<std::size_t>(n));
  }

  void check(std::span<const std::byte> input) const {
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
  std::string received_;
};
}  // namespace

void fuzz(std::span<const std::byte> input) {
  constexpr std::size_t kLongest = 65536;
  Channel().send(input.first(std::min(input.size(), kLongest)));
}

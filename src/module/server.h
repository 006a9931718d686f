#pragma once
#include <cstdint>

#include "at/answer.h"
#include "base/described.h"
#include "base/time.h"
#include "ports/messages.h"

namespace bfq {
class Chip;

/// The module's one TCP server. Its clients are links (Links::accept).
class Server {
 public:
  static constexpr auto kDescription =
      describe("Server", "running", "most_clients", "idle_limit_s", "port");

  /// AT+CIPSERVER=1. One that runs goes on, whatever the port.
  at::Answer start(Chip&, std::uint16_t port);
  /// AT+CIPSERVER=0: whether its clients' links close with it.
  at::Answer stop(Chip&, bool closes_links);
  bool running() const { return running_; }
  /// Of a server that runs.
  std::uint16_t port() const { return port_; }

  /// AT+CIPSERVERMAXCONN: how many clients may have links at once.
  std::uint8_t most_clients() const { return most_clients_; }
  void set_most_clients(std::uint8_t clients) { most_clients_ = clients; }
  /// AT+CIPSTO: seconds of silence after which a client's link is closed; 0: never.
  std::uint16_t idle_limit_s() const { return idle_limit_s_; }
  void set_idle_limit(std::uint16_t seconds) { idle_limit_s_ = seconds; }

  void on(Chip&, const net::Listening&);
  void on(Chip&, const net::ListenFailed&);
  void on(Chip&, const net::Incoming&);

  Deadline next_deadline(const Chip&) const;
  void advance(Chip&);

 private:
  bool running_ = false;
  std::uint8_t most_clients_ = 5;
  std::uint16_t idle_limit_s_ = 180;  // observed T35
  std::uint16_t port_ = 0;
  friend MemberAccess;
};
}  // namespace bfq

#pragma once
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/process/module_log.h"
#include "daemon/serial/serial_host.h"

namespace bfq::serial {

/// How many hosts may be attached to a door at once.
inline constexpr std::size_t kHostsPerDoor = 32;

/// Accepts clients at a listening socket for as long as it exists, and closes those that come while
/// kHostsPerDoor are attached. When the process has no file descriptor left for one, that one waits
/// and accepting is tried again.
template <class Protocol>
class ClientListener {
 public:
  using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;
  using Socket = typename Protocol::socket;
  /// Returns the host that the client is; nothing where it has gone already.
  using Welcome = std::function<std::shared_ptr<SerialHost>(Socket)>;

  /// Takes over an acceptor that listens already. `log` outlives this; `place` is what it calls the
  /// door.
  ClientListener(const process::ModuleLog& log, std::string place, Acceptor acceptor,
                 Welcome welcome)
      : log_(log),
        place_(std::move(place)),
        acceptor_(std::move(acceptor)),
        pause_(acceptor_.get_executor()),
        welcome_(std::move(welcome)) {
    accept();
  }

  typename Protocol::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  static constexpr auto kPause = std::chrono::seconds(1);

  void accept() {
    acceptor_.async_accept([this](auto error, Socket client) {
      if (error == boost::asio::error::operation_aborted) return;
      if (!error) {
        admit(std::move(client));
        return accept();
      }
      log_.warn("cannot accept a serial host: {}", error.message());
      pause_.expires_after(kPause);
      pause_.async_wait([this](auto cancelled) {
        if (!cancelled) accept();
      });
    });
  }

  void admit(Socket client) {
    std::erase_if(hosts_, [](const auto& host) { return host.expired(); });
    if (hosts_.size() == kHostsPerDoor) {
      log_.warn("{}: refused a host: {} are attached, and a door takes no more", place_,
                kHostsPerDoor);
      return;
    }
    if (const auto host = welcome_(std::move(client))) hosts_.push_back(host);
  }

  const process::ModuleLog& log_;
  std::string place_;
  std::vector<std::weak_ptr<SerialHost>> hosts_;
  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Welcome welcome_;
};
}  // namespace bfq::serial

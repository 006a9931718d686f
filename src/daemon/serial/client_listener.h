#pragma once
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <utility>

#include "daemon/process/module_log.h"

namespace bfq::serial {

/// Accepts clients at a listening socket for as long as it exists. When the process has no file
/// descriptor left for one, that one waits and accepting is tried again.
template <class Protocol>
class ClientListener {
 public:
  using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;
  using Socket = typename Protocol::socket;
  using Welcome = std::function<void(Socket)>;

  /// Takes over an acceptor that listens already. `log` outlives this.
  ClientListener(const process::ModuleLog& log, Acceptor acceptor, Welcome welcome)
      : log_(log),
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
        welcome_(std::move(client));
        return accept();
      }
      log_.warn("cannot accept a serial host: {}", error.message());
      pause_.expires_after(kPause);
      pause_.async_wait([this](auto cancelled) {
        if (!cancelled) accept();
      });
    });
  }

  const process::ModuleLog& log_;
  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Welcome welcome_;
};
}  // namespace bfq::serial

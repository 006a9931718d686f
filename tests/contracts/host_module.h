#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>

#include "daemon/sockets/host_sockets.h"
#include "network_under_test.h"

namespace bfq::contracts {

/// A module's side with this machine's sockets under it, on whatever networks a test says.
class HostModule : private sockets::ModuleSide {
 public:
  Side& side;
  sockets::Networks now{};  ///< the networks that it is on
  /// Called whenever all has been drained; true when it has changed something.
  std::function<bool(HostModule&)> react = [](HostModule&) { return false; };

  /// All must outlive this.
  HostModule(Side& its_side, boost::asio::io_context& io, const sockets::NetPolicy& policy,
             sockets::Neighbourhood& neighbourhood, sockets::SocketsSetup settings)
      : side(its_side),
        name_("bfq" + std::to_string(settings.index)),
        sockets_(io, *this, policy, neighbourhood, std::move(settings)) {}

  void request(const net::Request& request) {
    sockets_.take(request);
    settle();
  }
  void request(const web::Request& request) {
    sockets_.take(request);
    settle();
  }
  void request(const mqtt::Request& request) {
    sockets_.take(request);
    settle();
  }
  void settle() override {
    do {
      while (sockets_.drain()) {
      }
    } while (react(*this));
  }
  void power_off() { sockets_.power_off(); }

 private:
  // ModuleSide
  std::size_t link_room(LinkHandle link) const override { return side.link_room(link); }
  bool awaits_acknowledgement(LinkHandle link) const override {
    return side.awaits_acknowledgement(link);
  }
  std::size_t unread_limit(LinkHandle link) const override { return side.unread_limit(link); }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) override {
    side.link_input(link, bytes);
  }
  std::size_t datagram_room(LinkHandle link) const override { return side.datagram_room(link); }
  void datagram_input(LinkHandle link, net::Endpoint from,
                      std::span<const std::byte> bytes) override {
    side.datagram_input(link, from, bytes);
  }
  net::Outgoing link_output(LinkHandle link) const override { return side.link_output(link); }
  void link_sent(LinkHandle link, std::size_t n) override { side.link_sent(link, n); }
  std::uint64_t dropped_bytes() const override { return 0; }
  void handle(const Event& event) override { side.handle(event); }
  const std::string& name() const override { return name_; }
  sockets::Networks networks() const override { return now; }

  std::string name_;
  sockets::HostSockets sockets_;
};

/// Lets the loop run until `done` is true; false when it doesn't become so. Before each look,
/// `settle` feeds what the test has changed.
bool run_until(boost::asio::io_context& io, const std::function<void()>& settle,
               const std::function<bool()>& done);
/// Lets it run until nothing happens any more.
void run_to_rest(boost::asio::io_context& io, const std::function<void()>& settle);
}  // namespace bfq::contracts

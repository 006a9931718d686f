#pragma once
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "daemon/sockets/host_link.h"
#include "daemon/sockets/module_side.h"

namespace bfq::sockets {

/// A connection to an address of the module's LAN that nobody has: ARP is not answered, and some
/// time later the attempt has failed.
class AbsentLink final : public HostLink, public std::enable_shared_from_this<AbsentLink> {
 public:
  // Fidelity (our decision, dialect 0.4.31): A TCP connection to an address of a LAN that nobody
  // has answers ERROR and CLOSED after 3 s.
  static constexpr auto kArpGivesUp = std::chrono::seconds(3);

  AbsentLink(boost::asio::io_context& io, ModuleSide& side, const net::Open& open,
             const EgressPath& exit)
      : HostLink(open.link, label_of(side.name(), open.link), exit), side_(side), timer_(io) {}

  /// The module is told that it failed, some time later.
  void connect() {
    timer_.expires_after(kArpGivesUp);
    timer_.async_wait([weak = weak_from_this()](auto cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled && !self->ended_) self->fail();
    });
  }

  bool drain() override { return false; }
  void close() override { ended_ = true, timer_.cancel(); }
  void give_up() override { close(); }
  bool ended() const override { return ended_; }

 private:
  void fail() {
    ended_ = true;
    side_.handle(net::OpenFailed{handle(), net::OpenFailure::unreachable});
    side_.settle();
  }

  ModuleSide& side_;
  boost::asio::steady_timer timer_;
  bool ended_ = false;
};
}  // namespace bfq::sockets

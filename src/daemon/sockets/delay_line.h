#pragma once
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>

#include "daemon/sockets/module_side.h"
#include "sim/delay_queues.h"

namespace bfq::sockets {

/// A module's side between its links and the module's own, which what the links bring passes a
/// given time later: sim::DelayQueues on the machine's clock. A timer runs only while something
/// waits for its time.
class DelayLine final : public ModuleSide {
 public:
  /// `side` is the module's own; it must outlive this.
  DelayLine(boost::asio::io_context& io, ModuleSide& side, Duration delay)
      : side_(side), queues_(delay), timer_(io) {}

  /// Hands over what is due, as far as the module has room for it. True when something moved.
  bool drain();
  /// The module has closed that link: what waits is dropped, but for what it was told of.
  void forget(LinkHandle link) { queues_.forget(link); }
  void forget_all() { queues_.forget_all(); }

  // ModuleSide
  std::size_t link_room(LinkHandle link) const override {
    return std::min(queues_.link_room(side_, link), side_.most_at_once(link));
  }
  bool awaits_acknowledgement(LinkHandle link) const override {
    return side_.awaits_acknowledgement(link);
  }
  std::size_t unread_limit(LinkHandle link) const override { return side_.unread_limit(link); }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) override {
    queues_.link_input(side_, link, bytes, now, side_.arrival_delay(link, bytes.size()));
  }
  std::size_t datagram_room(LinkHandle link) const override {
    return queues_.datagram_room(side_, link);
  }
  void datagram_input(LinkHandle link, net::Endpoint sender,
                      std::span<const std::byte> bytes) override {
    queues_.datagram_input(side_, link, sender, bytes, now,
                           side_.arrival_delay(link, bytes.size()));
  }
  net::Outgoing link_output(LinkHandle link) const override { return side_.link_output(link); }
  void link_sent(LinkHandle link, std::size_t n) override { side_.link_sent(link, n); }
  std::uint64_t dropped_bytes() const override { return side_.dropped_bytes(); }
  void handle(const Event& event) override { queues_.handle(side_, event, now); }
  const std::string& name() const override { return side_.name(); }
  Networks networks() const override { return side_.networks(); }
  void settle() override { side_.settle(); }

 private:
  static Instant now();
  void set_timer(Instant now);

  ModuleSide& side_;
  sim::DelayQueues queues_;
  boost::asio::steady_timer timer_;
  Deadline armed_;  ///< when the timer rings
};
}  // namespace bfq::sockets

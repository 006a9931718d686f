#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/limits.h"
#include "daemon/sockets/module_side.h"

namespace bfq::sockets {

/// What a module's links bring reaches the module by this, a given time later and in order: on
/// hardware no peer answers within the microsecond. A module's side between its links and the
/// module's own; without a delay everything passes through at once, but for passive receive: what
/// the module is told of by net::Unread is kept here until it asks for it, also once the link has
/// ended (src/ports/network.h).
///
/// Each link has a queue of its own, which holds at most kMost bytes, or without a delay what the
/// module may be told of: what does not fit stays in the kernel, and the peer's window closes. A
/// timer runs only while something waits for its time.
class DelayLine final : public ModuleSide {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMost = 16 * 1024;

  /// `side` is the module's own; it must outlive this.
  DelayLine(boost::asio::io_context& io, ModuleSide& side, Clock::duration delay)
      : side_(side), delay_(delay), timer_(io) {}

  /// Hands over what is due, as far as the module has room for it. True when something moved.
  bool drain();
  /// The module has closed that link: what waits is dropped, but for what it was told of.
  void forget(LinkHandle link);
  void forget_all();

  // ModuleSide
  std::size_t link_room(LinkHandle link) const override;
  std::size_t unread_limit(LinkHandle link) const override { return side_.unread_limit(link); }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) override;
  std::size_t datagram_room(LinkHandle link) const override;
  void datagram_input(LinkHandle link, net::Endpoint sender,
                      std::span<const std::byte> bytes) override;
  net::Outgoing link_output(LinkHandle link) const override { return side_.link_output(link); }
  void link_sent(LinkHandle link, std::size_t n) override { side_.link_sent(link, n); }
  std::uint64_t dropped_bytes() const override { return side_.dropped_bytes(); }
  void handle(const Event& event) override;
  const std::string& name() const override { return side_.name(); }
  Networks networks() const override { return side_.networks(); }
  void settle() override { side_.settle(); }

 private:
  struct Arrival {
    enum class Kind : std::uint8_t { bytes, datagram, end };
    Clock::time_point due{};
    Kind kind{};
    net::Endpoint sender{};  ///< of a datagram
    std::vector<std::byte> bytes{};
    std::size_t taken = 0;  ///< of a stream: bytes that the module has
  };
  struct Queue {
    LinkHandle link{};
    std::deque<Arrival> arrivals{};
    std::size_t size = 0;  ///< bytes, each arrival with its overhead
    std::size_t told = 0;  ///< in passive receive: bytes that the module knows of
    std::size_t unread(Clock::time_point now) const;
  };

  bool is_off() const { return delay_ == Clock::duration::zero(); }
  std::size_t room(LinkHandle link) const;
  void add(LinkHandle link, Arrival arrival);
  const Queue* find(LinkHandle link) const;
  bool passes_on(LinkHandle link) const;
  static void pop(Queue& queue);
  bool drain(Queue& queue, Clock::time_point now);
  bool tell_unread(Queue& queue, Clock::time_point now);
  bool refuse_output(const Queue& queue, Clock::time_point now);
  bool hand_over(Queue& queue, Arrival& arrival);
  void set_timer(Clock::time_point now);

  ModuleSide& side_;
  Clock::duration delay_;
  boost::asio::steady_timer timer_;
  Clock::time_point armed_ = Clock::time_point::max();  ///< when the timer rings; max: it does not
  std::array<Queue, limits::kLinks> queues_{};
};
}  // namespace bfq::sockets

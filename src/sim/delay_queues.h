#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "base/time.h"
#include "ports/messages.h"

namespace bfq::sim {

/// What a module's links bring reaches the module by this, a given time later and in order: on
/// hardware no peer answers within the microsecond. It stands between a network and the module, in
/// the program as in a simulated world; without a delay everything passes through at once, but for
/// passive receive: what the module is told of by net::Unread is kept here until it asks for it,
/// also once the link has ended (ports/network.h).
///
/// Each link has a queue of its own, which holds at most kMost bytes, or without a delay what the
/// module may be told of: what does not fit is the network's to keep, so that the peer's window
/// closes.
///
/// `side` is the module as the network sees it, runtime::NetworkFace.
class DelayQueues {
 public:
  static constexpr std::size_t kMost = 16 * 1024;

  explicit DelayQueues(Duration delay) : delay_(delay) {}

  /// Of what comes from now on; it does not overtake what waits.
  void set_delay(Duration delay) { delay_ = delay; }

  // From the network ------------------------------------------------------------------------------

  std::size_t link_room(const auto& side, LinkHandle link) const {
    const std::size_t limit = side.unread_limit(link);
    if (limit == 0 && passes(link)) return side.link_room(link);
    if (limit == 0 || delay_ > Duration::zero()) return std::min(room(link), limits::kSegment);
    const Queue* queue = find(link);
    return limit - std::min(limit, queue == nullptr ? 0 : queue->unread(Instant::max()));
  }
  std::size_t datagram_room(const auto& side, LinkHandle link) const {
    const std::size_t limit = side.unread_limit(link),
                      held = std::min(room(link), limits::kDatagram);
    if (limit == 0 && passes(link)) return side.datagram_room(link);
    if (limit == 0 || delay_ > Duration::zero()) return held;
    const Queue* queue = find(link);
    const std::size_t kept = queue == nullptr ? 0 : queue->unread(Instant::max());
    const std::size_t most = std::min(limit, limits::kUnreadDatagrams);
    return std::min(held, most - std::min(most, kept));
  }
  /// These bytes take `longer` than others. `clock` tells the time, and is asked only where
  /// something waits.
  void link_input(auto& side, LinkHandle link, std::span<const std::byte> bytes, auto clock,
                  Duration longer = {}) {
    const bool waits = side.unread_limit(link) > 0, is_usual = longer == Duration::zero();
    if (!waits && is_usual && passes(link)) return side.link_input(link, bytes);
    if (waits && is_usual && delay_ == Duration::zero() && joins_last(link, bytes)) return;
    add(link, {.kind = Arrival::Kind::bytes, .bytes = {bytes.begin(), bytes.end()}},
        clock() + longer);
  }
  void datagram_input(auto& side, LinkHandle link, net::Endpoint sender,
                      std::span<const std::byte> bytes, auto clock, Duration longer = {}) {
    const bool waits = side.unread_limit(link) > 0;
    if (waits && bytes.empty()) return;  // nothing that could be told of, or asked for
    if (!waits && longer == Duration::zero() && passes(link))
      return side.datagram_input(link, sender, bytes);
    add(link,
        {.kind = Arrival::Kind::datagram, .sender = sender, .bytes = {bytes.begin(), bytes.end()}},
        clock() + longer);
  }
  /// The end of a link comes behind its bytes; what is said otherwise is not from a peer.
  void handle(auto& side, const Event& event, auto clock) {
    const auto* closed = std::get_if<net::Closed>(&event);
    if (closed == nullptr || passes(closed->link)) return side.handle(event);
    add(closed->link, {.kind = Arrival::Kind::end}, clock());
  }

  // To the module ---------------------------------------------------------------------------------

  bool holds_nothing() const {
    return std::all_of(queues_.begin(), queues_.end(),
                       [](const Queue& queue) { return queue.arrivals.empty(); });
  }
  /// Hands over what is due, as far as the module has room for it. True when something moved.
  bool drain(auto& side, Instant now) {
    bool moved = false;
    for (Queue& queue : queues_) {
      moved |= tell_unread(side, queue, now);
      moved |= drain(side, queue, now);
      moved |= refuse_output(side, queue, now);
    }
    return moved;
  }
  /// When drain() is to be called by the clock: what is due and waits for room is not counted.
  Deadline next_deadline(Instant now) const {
    Deadline next;
    for (const Queue& queue : queues_) {
      if (queue.arrivals.empty()) continue;
      const auto later = std::find_if(queue.arrivals.begin(), queue.arrivals.end(),
                                      [now](const Arrival& arrival) { return arrival.due > now; });
      if (later != queue.arrivals.end()) next = earliest({next, Deadline(later->due)});
      const Arrival& last = queue.arrivals.back();
      if (last.kind == Arrival::Kind::end && last.due > now)
        next = earliest({next, Deadline(last.due)});
    }
    return next;
  }

  /// The module has closed that link: what waits is dropped, but for what the module was told of.
  void forget(LinkHandle link) {
    Queue& queue = queues_.at(link.id);
    if (!(queue.link == link)) return;
    std::size_t left = queue.told;
    auto arrival = queue.arrivals.begin();
    for (; left > 0; ++arrival) {
      arrival->bytes.resize(arrival->taken +
                            std::min(left, arrival->bytes.size() - arrival->taken));
      left -= arrival->bytes.size() - arrival->taken;
    }
    queue.arrivals.erase(arrival, queue.arrivals.end());
  }
  void forget_all() { queues_ = {}; }
  /// True when nothing waits but what the module was told of.
  bool empty() const {
    return std::all_of(queues_.begin(), queues_.end(), [](const Queue& queue) {
      const auto moves = [&](const Arrival& arrival) {
        return arrival.kind == Arrival::Kind::end || arrival.bytes.empty();
      };
      return std::none_of(queue.arrivals.begin(), queue.arrivals.end(), moves) &&
             queue.unread(Instant::max()) == queue.told;
    });
  }

 private:
  struct Arrival {
    enum class Kind : std::uint8_t { bytes, datagram, end };
    Instant due{};
    Kind kind{};
    net::Endpoint sender{};  ///< of a datagram
    std::vector<std::byte> bytes{};
    std::size_t taken = 0;  ///< of a stream: bytes that the module has
  };
  struct Queue {
    LinkHandle link{};
    std::list<Arrival> arrivals{};  ///< an empty deque would have memory, in thousands of modules
    std::size_t size = 0;           ///< bytes, each arrival with its overhead
    std::size_t told = 0;           ///< in passive receive: bytes that the module knows of

    /// How many bytes have come by then, in front of the end: at most `limit`, and of datagrams
    /// those that fit whole.
    std::size_t unread(Instant now, std::size_t limit = SIZE_MAX) const {
      std::size_t n = 0;
      for (const Arrival& arrival : arrivals) {
        if (arrival.due > now || arrival.kind == Arrival::Kind::end) break;
        const std::size_t more = arrival.bytes.size() - arrival.taken;
        if (arrival.kind == Arrival::Kind::datagram && more > limit - n) break;
        n += std::min(more, limit - n);
      }
      return n;
    }
  };
  // What an arrival costs beside its bytes, so that a queue of very small ones is bounded too.
  static constexpr std::size_t kOverhead = 64;

  const Queue* find(LinkHandle link) const {
    const Queue& queue = queues_.at(link.id);
    return queue.link == link ? &queue : nullptr;
  }
  /// Nothing is delayed, and nothing that was waits.
  bool passes(LinkHandle link) const {
    const Queue* queue = find(link);
    return delay_ == Duration::zero() && (queue == nullptr || queue->arrivals.empty());
  }
  std::size_t room(LinkHandle link) const {
    const Queue& queue = queues_.at(link.id);
    const std::size_t used = queue.link == link ? queue.size : 0;
    return kMost - std::min(kMost, used + kOverhead);
  }
  void add(LinkHandle link, Arrival arrival, Instant now) {
    Queue& queue = queues_.at(link.id);
    if (!(queue.link == link)) queue = {.link = link};
    arrival.due = now + delay_;
    if (!queue.arrivals.empty()) arrival.due = std::max(arrival.due, queue.arrivals.back().due);
    queue.size += arrival.bytes.size() + kOverhead;
    CHECK(arrival.kind == Arrival::Kind::end || queue.size <= kMost);
    queue.arrivals.push_back(std::move(arrival));
  }

  /// Bytes that need no time of their own.
  bool joins_last(LinkHandle link, std::span<const std::byte> bytes) {
    Queue& queue = queues_.at(link.id);
    if (!(queue.link == link) || queue.arrivals.empty()) return false;
    if (queue.arrivals.back().kind != Arrival::Kind::bytes) return false;
    Arrival& last = queue.arrivals.back();
    const std::size_t taken = std::exchange(last.taken, 0);
    last.bytes.erase(last.bytes.begin(), last.bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    last.bytes.insert(last.bytes.end(), bytes.begin(), bytes.end());
    queue.size = queue.size - taken + bytes.size();
    return true;
  }

  /// The end is told as soon as the module knows of all that came before it.
  bool tell_unread(auto& side, Queue& queue, Instant now) {
    const std::size_t limit = queue.arrivals.empty() ? 0 : side.unread_limit(queue.link);
    if (limit == 0) return false;
    const bool has_datagrams = queue.arrivals.front().kind == Arrival::Kind::datagram;
    const std::size_t all = queue.unread(now);
    const std::size_t most =
        queue.unread(now, has_datagrams ? std::min(limit, limits::kUnreadDatagrams) : limit);
    const bool is_news = most > queue.told;
    if (is_news) {
      queue.told = most;
      side.handle(net::Unread{queue.link, static_cast<std::uint16_t>(queue.told)});
    }
    const Arrival& last = queue.arrivals.back();
    if (last.kind != Arrival::Kind::end || last.due > now || all > queue.told) return is_news;
    queue.arrivals.pop_back();
    queue.size -= kOverhead;
    side.handle(net::Closed{queue.link});
    return true;
  }

  bool drain(auto& side, Queue& queue, Instant now) {
    bool moved = false;
    while (!queue.arrivals.empty() && queue.arrivals.front().due <= now) {
      Arrival& first = queue.arrivals.front();
      if (first.kind == Arrival::Kind::datagram && side.unread_limit(queue.link) > 0) {
        if (!read_datagrams(side, queue)) break;
        moved = true;
        continue;
      }
      const std::size_t before = first.taken;
      const bool is_over = hand_over(side, queue, first);
      moved |= is_over || first.taken > before;
      if (!is_over) break;
      queue.size -= first.bytes.size() + kOverhead;
      queue.arrivals.pop_front();
    }
    return moved;
  }
  /// Hands over what the host has asked for, of several datagrams one behind the other, as the last
  /// one's sender's. What that leaves of the last one is lost. False when it asks for nothing, or
  /// has no room.
  bool read_datagrams(auto& side, Queue& queue) {
    const std::size_t asked = std::min(side.datagram_room(queue.link), queue.told);
    if (asked == 0) return false;
    std::vector<std::byte> bytes;
    net::Endpoint sender;
    std::size_t lost = 0;
    while (bytes.size() < asked) {
      const Arrival first = std::move(queue.arrivals.front());
      queue.arrivals.pop_front();
      const std::size_t n = std::min(asked - bytes.size(), first.bytes.size());
      bytes.insert(bytes.end(), first.bytes.begin(),
                   first.bytes.begin() + static_cast<std::ptrdiff_t>(n));
      sender = first.sender;
      lost = first.bytes.size() - n;
      queue.told -= first.bytes.size();
      queue.size -= first.bytes.size() + kOverhead;
    }
    side.datagram_input(queue.link, sender, bytes);
    if (lost > 0) side.handle(net::Unread{queue.link, static_cast<std::uint16_t>(queue.told)});
    return true;
  }
  /// Of a link whose end waits for room nothing is sent any more: SendFailed, as from the link
  /// itself.
  bool refuse_output(auto& side, const Queue& queue, Instant now) {
    const bool has_ended = !queue.arrivals.empty() &&
                           queue.arrivals.back().kind == Arrival::Kind::end &&
                           queue.arrivals.back().due <= now;
    if (!has_ended || side.link_output(queue.link).bytes.empty()) return false;
    side.handle(net::SendFailed{queue.link, net::SendFailure::too_late});
    return true;
  }
  /// True when all of it is the module's; otherwise the module has no room for the rest.
  bool hand_over(auto& side, Queue& queue, Arrival& arrival) {
    const LinkHandle link = queue.link;
    const auto rest = std::span(std::as_const(arrival.bytes)).subspan(arrival.taken);
    switch (arrival.kind) {
      case Arrival::Kind::end: side.handle(net::Closed{link}); return true;
      case Arrival::Kind::datagram:
        if (side.datagram_room(link) < std::max<std::size_t>(rest.size(), 1)) return false;
        side.datagram_input(link, arrival.sender, rest);
        queue.told -= std::min(queue.told, rest.size());
        return true;
      case Arrival::Kind::bytes: break;
    }
    const std::size_t n = std::min(side.link_room(link), rest.size());
    if (n > 0) side.link_input(link, rest.first(n));
    arrival.taken += n;
    queue.told -= std::min(queue.told, n);
    return n == rest.size();
  }

  Duration delay_;
  std::array<Queue, limits::kLinks> queues_{};
};
}  // namespace bfq::sim

#include "daemon/sockets/delay_line.h"

#include <algorithm>
#include <utility>

namespace bfq::sockets {
namespace {
// What an arrival costs beside its bytes, so that a queue of very small ones is bounded too.
constexpr std::size_t kOverhead = 64;
}  // namespace

// In ----------------------------------------------------------------------------------------------

std::size_t DelayLine::room(LinkHandle link) const {
  const Queue& queue = queues_.at(link.id);
  const std::size_t used = queue.link == link ? queue.size : 0;
  return kMost - std::min(kMost, used + kOverhead);
}

std::size_t DelayLine::link_room(LinkHandle link) const {
  return is_off() ? side_.link_room(link) : std::min(room(link), limits::kSegment);
}

std::size_t DelayLine::datagram_room(LinkHandle link) const {
  return is_off() ? side_.datagram_room(link) : std::min(room(link), limits::kDatagram);
}

void DelayLine::link_input(LinkHandle link, std::span<const std::byte> bytes) {
  if (is_off()) return side_.link_input(link, bytes);
  add(link, {.kind = Arrival::Kind::bytes, .bytes = {bytes.begin(), bytes.end()}});
}

void DelayLine::datagram_input(LinkHandle link, net::Endpoint sender,
                               std::span<const std::byte> bytes) {
  if (is_off()) return side_.datagram_input(link, sender, bytes);
  add(link,
      {.kind = Arrival::Kind::datagram, .sender = sender, .bytes = {bytes.begin(), bytes.end()}});
}

/// The end of a link comes behind its bytes; what is said otherwise is not from a peer.
void DelayLine::handle(const Event& event) {
  const auto* closed = std::get_if<net::Closed>(&event);
  if (is_off() || closed == nullptr) return side_.handle(event);
  add(closed->link, {.kind = Arrival::Kind::end});
}

void DelayLine::add(LinkHandle link, Arrival arrival) {
  Queue& queue = queues_.at(link.id);
  if (!(queue.link == link)) queue = {.link = link};
  arrival.due = Clock::now() + delay_;
  queue.size += arrival.bytes.size() + kOverhead;
  queue.arrivals.push_back(std::move(arrival));
}

void DelayLine::forget(LinkHandle link) {
  if (queues_.at(link.id).link == link) queues_.at(link.id) = {};
}

void DelayLine::forget_all() { queues_ = {}; }

// Out ---------------------------------------------------------------------------------------------

bool DelayLine::drain() {
  if (is_off()) return false;
  const Clock::time_point now = Clock::now();
  bool moved = false;
  for (Queue& queue : queues_) {
    moved |= drain(queue, now);
    moved |= refuse_output(queue, now);
  }
  set_timer(now);
  return moved;
}

bool DelayLine::drain(Queue& queue, Clock::time_point now) {
  bool moved = false;
  while (!queue.arrivals.empty() && queue.arrivals.front().due <= now) {
    Arrival& first = queue.arrivals.front();
    const std::size_t before = first.taken;
    const bool is_over = hand_over(queue.link, first);
    moved |= is_over || first.taken > before;
    if (!is_over) break;
    queue.size -= first.bytes.size() + kOverhead;
    queue.arrivals.pop_front();
  }
  return moved;
}

/// Of a link whose end waits for room nothing is sent any more: SendFailed, as from the link
/// itself.
bool DelayLine::refuse_output(const Queue& queue, Clock::time_point now) {
  const bool has_ended = !queue.arrivals.empty() &&
                         queue.arrivals.back().kind == Arrival::Kind::end &&
                         queue.arrivals.back().due <= now;
  if (!has_ended || side_.link_output(queue.link).bytes.empty()) return false;
  side_.handle(net::SendFailed{queue.link, net::SendFailure::too_late});
  return true;
}

/// True when all of it is the module's; otherwise the module has no room for the rest.
bool DelayLine::hand_over(LinkHandle link, Arrival& arrival) {
  const auto rest = std::span(std::as_const(arrival.bytes)).subspan(arrival.taken);
  switch (arrival.kind) {
    case Arrival::Kind::end: side_.handle(net::Closed{link}); return true;
    case Arrival::Kind::datagram:
      if (side_.datagram_room(link) < std::max<std::size_t>(rest.size(), 1)) return false;
      side_.datagram_input(link, arrival.sender, rest);
      return true;
    case Arrival::Kind::bytes: break;
  }
  const std::size_t n = std::min(side_.link_room(link), rest.size());
  if (n > 0) side_.link_input(link, rest.first(n));
  arrival.taken += n;
  return n == rest.size();
}

void DelayLine::set_timer(Clock::time_point now) {
  auto next = Clock::time_point::max();
  for (const Queue& queue : queues_) {
    if (queue.arrivals.empty()) continue;
    const Arrival &first = queue.arrivals.front(), &last = queue.arrivals.back();
    if (first.due > now) next = std::min(next, first.due);
    if (last.kind == Arrival::Kind::end && last.due > now) next = std::min(next, last.due);
  }
  if (next == armed_) return;
  armed_ = next;
  timer_.cancel();
  if (next == Clock::time_point::max()) return;
  timer_.expires_at(next);
  timer_.async_wait([this](auto error) {
    if (error) return;
    armed_ = Clock::time_point::max();
    side_.settle();
  });
}
}  // namespace bfq::sockets

#include "daemon/sockets/delay_line.h"

#include <algorithm>
#include <utility>

namespace bfq::sockets {
namespace {
// What an arrival costs beside its bytes, so that a queue of very small ones is bounded too.
constexpr std::size_t kOverhead = 64;
}  // namespace

// In ----------------------------------------------------------------------------------------------

const DelayLine::Queue* DelayLine::find(LinkHandle link) const {
  const Queue& queue = queues_.at(link.id);
  return queue.link == link ? &queue : nullptr;
}

/// Nothing waits for its time, for the host to ask, or behind what does.
bool DelayLine::passes_on(LinkHandle link) const {
  const Queue* queue = find(link);
  return is_off() && side_.unread_limit(link) == 0 && (queue == nullptr || queue->arrivals.empty());
}

std::size_t DelayLine::room(LinkHandle link) const {
  const Queue* queue = find(link);
  const std::size_t used = queue == nullptr ? 0 : queue->size;
  return kMost - std::min(kMost, used + kOverhead);
}

std::size_t DelayLine::link_room(LinkHandle link) const {
  if (passes_on(link)) return side_.link_room(link);
  if (!is_off()) return std::min(room(link), limits::kSegment);
  const Queue* queue = find(link);
  const std::size_t limit = side_.unread_limit(link);
  return limit - std::min(limit, queue == nullptr ? 0 : queue->unread(Clock::now()));
}

std::size_t DelayLine::datagram_room(LinkHandle link) const {
  return is_off() ? side_.datagram_room(link) : std::min(room(link), limits::kDatagram);
}

void DelayLine::link_input(LinkHandle link, std::span<const std::byte> bytes) {
  if (passes_on(link)) return side_.link_input(link, bytes);
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
  if (closed == nullptr || passes_on(closed->link)) return side_.handle(event);
  add(closed->link, {.kind = Arrival::Kind::end});
}

void DelayLine::add(LinkHandle link, Arrival arrival) {
  Queue& queue = queues_.at(link.id);
  if (!(queue.link == link)) queue = {.link = link};
  const bool joins = is_off() && arrival.kind == Arrival::Kind::bytes && !queue.arrivals.empty();
  if (joins && queue.arrivals.back().kind == Arrival::Kind::bytes) {
    Arrival& last = queue.arrivals.back();
    last.bytes.erase(last.bytes.begin(), last.bytes.begin() + static_cast<std::ptrdiff_t>(
                                                                  std::exchange(last.taken, 0)));
    last.bytes.insert(last.bytes.end(), arrival.bytes.begin(), arrival.bytes.end());
    return;
  }
  arrival.due = Clock::now() + delay_;
  queue.size += arrival.bytes.size() + kOverhead;
  queue.arrivals.push_back(std::move(arrival));
}

void DelayLine::forget(LinkHandle link) {
  Queue& queue = queues_.at(link.id);
  if (!(queue.link == link)) return;
  Queue kept{.link = link, .told = queue.told};
  for (std::size_t left = queue.told; left > 0; queue.arrivals.pop_front()) {
    Arrival& first = queue.arrivals.front();
    const std::size_t n = std::min(left, first.bytes.size() - first.taken);
    first.bytes.resize(first.taken + n);
    left -= n;
    kept.arrivals.push_back(std::move(first));
  }
  queue = std::move(kept);
}

void DelayLine::forget_all() { queues_ = {}; }

// Out ---------------------------------------------------------------------------------------------

bool DelayLine::drain() {
  const Clock::time_point now = Clock::now();
  bool moved = false;
  for (Queue& queue : queues_) {
    if (queue.arrivals.empty()) continue;
    moved |= tell_unread(queue, now);
    moved |= drain(queue, now);
    moved |= refuse_output(queue, now);
  }
  set_timer(now);
  return moved;
}

/// How many bytes have come by now, in front of anything else.
std::size_t DelayLine::Queue::unread(Clock::time_point now) const {
  std::size_t n = 0;
  for (const Arrival& arrival : arrivals) {
    if (arrival.due > now || arrival.kind != Arrival::Kind::bytes) break;
    n += arrival.bytes.size() - arrival.taken;
  }
  return n;
}

/// The end is told as soon as the module knows of all that came before it.
bool DelayLine::tell_unread(Queue& queue, Clock::time_point now) {
  const std::size_t limit = side_.unread_limit(queue.link);
  if (limit == 0) return false;
  const std::size_t all = queue.unread(now);
  bool moved = false;
  if (const std::size_t unread = std::min(all, limit); unread > queue.told) {
    queue.told = unread;
    side_.handle(net::Unread{queue.link, static_cast<std::uint16_t>(unread)});
    moved = true;
  }
  const Arrival& last = queue.arrivals.back();
  if (last.kind != Arrival::Kind::end || last.due > now || all > queue.told) return moved;
  queue.arrivals.pop_back();
  queue.size -= kOverhead;
  side_.handle(net::Closed{queue.link});
  return true;
}

void DelayLine::pop(Queue& queue) {
  queue.size -= std::min(queue.size, queue.arrivals.front().bytes.size() + kOverhead);
  queue.arrivals.pop_front();
}

bool DelayLine::drain(Queue& queue, Clock::time_point now) {
  bool moved = false;
  while (!queue.arrivals.empty() && queue.arrivals.front().due <= now) {
    Arrival& first = queue.arrivals.front();
    const std::size_t before = first.taken;
    const bool is_over = hand_over(queue, first);
    moved |= is_over || first.taken > before;
    if (!is_over) break;
    pop(queue);
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
bool DelayLine::hand_over(Queue& queue, Arrival& arrival) {
  const LinkHandle link = queue.link;
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
  queue.told -= std::min(queue.told, n);
  return n == rest.size();
}

void DelayLine::set_timer(Clock::time_point now) {
  auto next = Clock::time_point::max();
  for (const Queue& queue : queues_) {
    if (queue.arrivals.empty()) continue;
    const auto later = std::upper_bound(queue.arrivals.begin(), queue.arrivals.end(), now,
                                        [](auto at, const Arrival& a) { return at < a.due; });
    if (side_.unread_limit(queue.link) > 0 && later != queue.arrivals.end())
      next = std::min(next, later->due);
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

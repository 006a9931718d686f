#pragma once
#include <list>
#include <optional>
#include <span>
#include <variant>

#include "daemon/board/fault_gate.h"
#include "daemon/board/flash_file.h"
#include "daemon/sockets/host_sockets.h"

namespace bfq::board {

/// Bytes of a link that the network has taken, and the module is told of later.
struct TakenBytes {
  LinkHandle link{};
  std::size_t count = 0;
};

/// The sockets, which have timers of their own, where names are not found, look-ups take longer,
/// TLS has no memory and what was sent is told of later, when a fault says so.
struct FaultySockets {
  sockets::HostSockets& sockets;
  const FaultGate& gate;
  HeldBack<std::variant<net::Request, Event, TakenBytes>> late{};

  void take(const net::Request& request, Instant now) {
    if (!goes_wrong(request, now)) sockets.take(request);
  }
  void take(const web::Request& request, Instant) { sockets.take(request); }
  void take(const mqtt::Request& request, Instant) { sockets.take(request); }
  bool drain(auto& module, Instant now) {
    bool moved = false;
    for (auto what = late.next(now); what; what = late.next(now), moved = true) {
      if (const auto* const event = std::get_if<Event>(&*what))
        module.handle(*event);
      else if (const auto* const taken = std::get_if<TakenBytes>(&*what))
        module.link_sent(taken->link, taken->count);
      else
        sockets.take(std::get<net::Request>(*what));
    }
    return sockets.drain() || moved;
  }
  /// Bytes of a link were taken: true when the module is told of that later.
  bool tells_late(LinkHandle link, std::size_t n, Instant now) {
    if (n == 0) return false;
    const auto mishap = gate.pass(FaultPoint::sent, now, {link.id, n});
    if (mishap) late.hold(now + mishap->delay, TakenBytes{link, n});
    return mishap.has_value();
  }
  /// True while that link has taken bytes of which the module does not know.
  bool is_late(LinkHandle link) const {
    return late.any([&](const auto& what) {
      const auto* const taken = std::get_if<TakenBytes>(&what);
      return taken != nullptr && taken->link == link;
    });
  }

  Deadline next_deadline(Instant) const { return late.next_deadline(); }
  void power_off(Instant) {
    late.clear();
    sockets.power_off();
  }

 private:
  bool goes_wrong(const net::Request& request, Instant now) {
    if (const auto* const asks = std::get_if<net::Resolve>(&request)) {
      const auto mishap = gate.pass(FaultPoint::lookup, now);
      if (mishap && mishap->fails)
        late.hold(now + mishap->delay, Event(net::ResolveFailed{asks->ticket}));
      else if (mishap)
        late.hold(now + mishap->delay, request);
      return mishap.has_value();
    }
    const auto* const opens = std::get_if<net::Open>(&request);
    if (opens == nullptr || opens->transport != net::Transport::tls) return false;
    const auto mishap = gate.pass(FaultPoint::tls, now);
    if (mishap)
      late.hold(now + mishap->delay,
                Event(net::OpenFailed{opens->link, net::OpenFailure::no_resources}));
    return mishap.has_value();
  }
};

/// A flash of which writes fail where a fault says so: nothing of them is made.
struct FaultyFlash {
  FlashFile& memory;
  const FaultGate& gate;
  std::list<Event> failed{};

  void take(const flash::Request& request, std::span<const std::byte> output, Instant now) {
    if (!gate.pass(FaultPoint::flash, now)) return memory.take(request, output, now);
    const Ticket ticket = std::visit([](const auto& asked) { return asked.ticket; }, request);
    failed.push_back(flash::Failed{ticket});
  }
  std::optional<Event> next_event(Instant now) {
    if (failed.empty()) return memory.next_event(now);
    const Event event = failed.front();
    failed.pop_front();
    return event;
  }
  Deadline next_deadline(Instant now) const { return memory.next_deadline(now); }
  void power_off(Instant now) {
    failed.clear();
    memory.power_off(now);
  }
  bool at_rest() const { return memory.at_rest(); }
  const FlashFile::Image& image() const { return memory.image(); }
};
}  // namespace bfq::board

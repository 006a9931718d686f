#include "module/passthrough.h"

#include <algorithm>

#include "base/check.h"
#include "module/module.h"

namespace bfq {
namespace {
constexpr std::uint8_t kLink = 0;
// Dialect 5.2: attempts to connect again are 100 ms apart.
constexpr Duration kBetweenAttempts = 100ms;
// Ours: an attempt that nobody answers is given up like a CIPSTART.
// Fidelity (our decision, see Passthrough): In transparent transmission, an attempt to connect
// again that nobody answers is given up after 20 s.
constexpr Duration kAttemptGivesUp = 20s;
}  // namespace

at::Answer Passthrough::enter(Module& module) {
  if (!enabled_ || !module.links().may_pass(kLink)) return at::Answer::error;
  state_ = State::collecting;
  escape_ = Escape(module.now());
  packet_ends_ = give_up_ = retry_ = Deadline::never();
  module.payload().clear();
  module.start(PassingThrough{});
  return at::Answer::passthrough;
}

std::size_t Passthrough::take(Module& module, std::span<const std::byte> typed) {
  // The silence that ended the last packet may be noticed only now, together with what followed it.
  if (next_deadline().due(module.now())) advance(module);
  if (module.job<PassingThrough>() == nullptr) return 0;
  if (state_ == State::flushing) {
    escape_.held_back(module.now());
    return 0;
  }
  const std::size_t n =
      state_ == State::broken ? typed.size() : std::min(typed.size(), module.payload().room());
  escape_.typed(typed.first(n), module.now());
  if (state_ == State::broken) return n;  // dropped: there is nowhere to send it (dialect 5.2)
  module.payload().add(typed.first(n));
  packet_ends_ = module.now() + Escape::kSilence;
  if (module.payload().room() == 0) flush(module);
  if (n < typed.size()) escape_.held_back(module.now());
  return n;
}

void Passthrough::flush(Module& module) {
  state_ = State::flushing;
  packet_ends_ = Deadline::never();
  give_up_ = module.now() + kSendGivesUp;
}

net::Outgoing Passthrough::output(const Module& module, LinkHandle link) const {
  if (state_ != State::flushing || link.id != kLink || !module.links().is_open(link)) return {};
  return {module.payload().unsent(), module.links().remote(link.id)};
}

void Passthrough::sent(Module& module, LinkHandle link, std::size_t n) {
  if (n == 0) return;
  CHECK(state_ == State::flushing && link.id == kLink);
  module.payload().sent(n);
  if (module.payload().unsent().empty()) packet_is_gone(module);
}

/// A datagram that cannot be sent is lost, as on any network.
void Passthrough::packet_is_gone(Module& module) {
  if (state_ != State::flushing) return;
  module.payload().clear();
  state_ = State::collecting;
  give_up_ = Deadline::never();
}

void Passthrough::on_broken(Module& module) {
  module.payload().clear();
  state_ = State::broken;
  packet_ends_ = give_up_ = Deadline::never();
  retry_ = module.now() + kBetweenAttempts;
}

void Passthrough::on_opened() {
  state_ = State::collecting;
  retry_ = Deadline::never();
}

Deadline Passthrough::next_deadline() const {
  const Deadline escaped = state_ == State::flushing ? Deadline::never() : escape_.complete();
  return earliest({packet_ends_, give_up_, retry_, escaped});
}

void Passthrough::advance(Module& module) {
  const Instant now = module.now();
  if (state_ != State::flushing && escape_.complete().due(now)) return leave(module);
  if (packet_ends_.due(now)) return flush(module);
  if (give_up_.due(now)) module.links().give_up_link(module, kLink);
  if (!retry_.due(now)) return;
  const bool asked = module.links().reopen(module, kLink);
  retry_ = now + (asked ? kAttemptGivesUp : kBetweenAttempts);
}

/// Nothing is printed, and the link and CIPMODE stay as they are; a link that was being opened
/// again is down, without a word (dialect 5.2).
void Passthrough::leave(Module& module) {
  if (state_ == State::broken) module.links().drop(module, kLink);
  module.payload().clear();
  packet_ends_ = give_up_ = retry_ = Deadline::never();
  module.finish_passthrough();
}
}  // namespace bfq

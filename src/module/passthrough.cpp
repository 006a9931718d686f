#include "module/passthrough.h"

#include <algorithm>

#include "base/check.h"
#include "module/chip.h"

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

at::Answer Passthrough::enter(Chip& chip) {
  if (!enabled_ || !chip.links().may_pass(kLink)) return at::Answer::error;
  state_ = State::collecting;
  escape_ = Escape(chip.now());
  packet_ends_ = give_up_ = retry_ = Deadline::never();
  chip.payload().clear();
  chip.start(PassingThrough{});
  return at::Answer::passthrough;
}

std::size_t Passthrough::take(Chip& chip, std::span<const std::byte> typed) {
  // The silence that ended the last packet may be noticed only now, together with what followed it.
  if (next_deadline().due(chip.now())) advance(chip);
  if (chip.job<PassingThrough>() == nullptr) return 0;
  if (state_ == State::flushing) {
    escape_.held_back(chip.now());
    return 0;
  }
  const std::size_t n =
      state_ == State::broken ? typed.size() : std::min(typed.size(), chip.payload().room());
  escape_.typed(typed.first(n), chip.now());
  if (state_ == State::broken) return n;  // dropped: there is nowhere to send it (dialect 5.2)
  chip.payload().add(typed.first(n));
  packet_ends_ = chip.now() + Escape::kSilence;
  if (chip.payload().room() == 0) flush(chip);
  if (n < typed.size()) escape_.held_back(chip.now());
  return n;
}

void Passthrough::flush(Chip& chip) {
  state_ = State::flushing;
  packet_ends_ = Deadline::never();
  give_up_ = chip.now() + kSendGivesUp;
}

net::Outgoing Passthrough::output(const Chip& chip, LinkHandle link) const {
  if (state_ != State::flushing || link.id != kLink || !chip.links().is_open(link)) return {};
  return {chip.payload().unsent(), chip.links().remote(link.id)};
}

void Passthrough::sent(Chip& chip, LinkHandle link, std::size_t n) {
  if (n == 0) return;
  CHECK(state_ == State::flushing && link.id == kLink);
  chip.payload().sent(n);
  if (chip.payload().unsent().empty()) packet_is_gone(chip);
}

/// A datagram that cannot be sent is lost, as on any network.
void Passthrough::packet_is_gone(Chip& chip) {
  if (state_ != State::flushing) return;
  chip.payload().clear();
  state_ = State::collecting;
  give_up_ = Deadline::never();
}

void Passthrough::on_broken(Chip& chip) {
  chip.payload().clear();
  state_ = State::broken;
  packet_ends_ = give_up_ = Deadline::never();
  retry_ = chip.now() + kBetweenAttempts;
}

bool Passthrough::reopens(LinkHandle link) const {
  return state_ == State::broken && link.id == kLink;
}

void Passthrough::on_opened() {
  state_ = State::collecting;
  retry_ = Deadline::never();
}

Deadline Passthrough::next_deadline() const {
  const Deadline escaped = state_ == State::flushing ? Deadline::never() : escape_.complete();
  return earliest({packet_ends_, give_up_, retry_, escaped});
}

void Passthrough::advance(Chip& chip) {
  const Instant now = chip.now();
  if (state_ != State::flushing && escape_.complete().due(now)) return leave(chip);
  if (packet_ends_.due(now)) return flush(chip);
  if (give_up_.due(now)) chip.links().give_up_link(chip, kLink);
  if (!retry_.due(now)) return;
  const bool asked = chip.links().reopen(chip, kLink);
  retry_ = now + (asked ? kAttemptGivesUp : kBetweenAttempts);
}

/// Nothing is printed, and the link and CIPMODE stay as they are; a link that was being opened
/// again is down, without a word (dialect 5.2).
void Passthrough::leave(Chip& chip) {
  if (state_ == State::broken) chip.links().drop(chip, kLink);
  chip.payload().clear();
  packet_ends_ = give_up_ = retry_ = Deadline::never();
  chip.finish_passthrough();
}
}  // namespace bfq

#include "module/passthrough.h"

#include <algorithm>
#include <utility>

#include "module/chip.h"

namespace bfq {
namespace {
constexpr std::uint8_t kLink = 0;
// Dialect 5.2: attempts to connect again are 100 ms apart, or a multiple that was set.
constexpr Duration kUnitBetweenAttempts = 100ms;
// Ours: an attempt that nobody answers is given up like a CIPSTART.
// Fidelity (our decision, dialect 5.2.3): In transparent transmission, an attempt to connect
// again that nobody answers is given up after 20 s.
constexpr Duration kAttemptGivesUp = 20s;
// Ours: as long as Links waits for a name server, and how soon it is asked again.
constexpr Duration kHostLookUpGivesUp = 15s;
constexpr Duration kBetweenHostLookUps = 1s;

Duration between_attempts(const Chip& chip) {
  return kUnitBetweenAttempts * chip.settings().link_options.reconnection_100ms;
}
}  // namespace

at::Answer Passthrough::enter(Chip& chip) {
  const Links& links = chip.links();
  if (!enabled_ || !links.may_pass(chip, kLink) || !links.has_peer(kLink)) return at::Answer::error;
  // Fidelity (our decision, dialect 5.2.4): A segment of AT+CIPSENDBUF that is not acknowledged
  // keeps AT+CIPSEND from entering transparent transmission.
  if (links.has_pending_segment(kLink)) return at::Answer::error;
  state_ = State::collecting;
  step_ = Step::was_open;
  escape_ = Escape(chip.now());
  due_ = Deadline::never();
  chip.payload().clear();
  chip.start(PassingThrough{});
  return at::Answer::passthrough;
}

// At a start --------------------------------------------------------------------------------------

// Fidelity (our decision, personalities 2.1.17): After AT+SAVETRANSLINK the module opens that link
// at each start, as soon as its network is there, and then prints CONNECT, OK and the prompt of
// transparent transmission. What goes wrong is tried again and prints nothing: a name after 1 s, a
// connection after 100 ms. `+++` ends the attempts, with AT+CIPMODE=1 in force.
void Passthrough::begin_with_link(Chip& chip) {
  enabled_ = true;
  state_ = State::broken;
  step_ = Step::unnamed;
  escape_ = Escape(chip.now());
  due_ = chip.now();
  chip.start(PassingThrough{});
}

/// Looks up its name, or opens it. Returns when that is to be tried again.
Duration Passthrough::open_again(Chip& chip) {
  const net::HostName& host = chip.settings().start_link.host;
  if (step_ == Step::unnamed || step_ == Step::resolving) {
    if (!chip.has_access_point() && !chip.station().has_address()) return between_attempts(chip);
    const auto address = host.address();
    if (!address) {
      step_ = Step::resolving;
      ticket_ = Links::resolve(chip, host);
      return kHostLookUpGivesUp;
    }
    know_address(chip, *address);
  }
  return chip.links().reopen(chip, kLink) ? kAttemptGivesUp : between_attempts(chip);
}

void Passthrough::know_address(Chip& chip, Ipv4 address) {
  const StartLinkSettings& link = chip.settings().start_link;
  const unsigned tls = link.is_secure ? tls_checks(chip.settings(), kLink) : 0U;
  step_ = Step::named;
  chip.links().prepare_single({
      .transport = link.is_datagram ? net::Transport::udp
                   : link.is_secure ? net::Transport::tls
                                    : net::Transport::tcp,
      .remote = {address, link.port},
      .name = link.host,
      .keep_alive_s = link.keep_alive_s,
      .local_port = link.local_port,
      .shows_certificate = (tls & kShowsCertificate) != 0,
      .verifies = (tls & kVerifies) != 0,
  });
}

void Passthrough::resolved(Chip& chip, const net::Resolved& event) {
  if (step_ != Step::resolving || event.ticket != ticket_ || !holds(chip, kLink)) return;
  know_address(chip, event.address);
  due_ = chip.now();
}

void Passthrough::resolve_failed(Chip& chip, const net::ResolveFailed& event) {
  if (step_ != Step::resolving || event.ticket != ticket_ || !holds(chip, kLink)) return;
  step_ = Step::unnamed;
  due_ = chip.now() + kBetweenHostLookUps;
}

/// As if AT+CIPSTART and AT+CIPSEND had been typed.
void Passthrough::say_open(Chip& chip) {
  chip.reply();
  chip.say({.kind = Urc::Kind::connect, .link = kLink});
  chip.reply().text(at::Word::passthrough_prompt);
}

// Bytes -------------------------------------------------------------------------------------------

std::size_t Passthrough::take(Chip& chip, std::span<const std::byte> typed) {
  if (state_ == State::flushing) {
    escape_.held_back(chip.now());
    return 0;
  }
  const std::size_t n =
      state_ == State::broken ? typed.size() : std::min(typed.size(), chip.payload().room());
  escape_.typed(typed.first(n), chip.now());
  if (state_ == State::broken) {  // there is nowhere to send it (dialect 5.2)
    dropped_ += n;
    return n;
  }
  chip.payload().add(typed.first(n));
  due_ = chip.now() + Escape::kSilence;
  if (chip.payload().room() == 0) flush();
  if (n < typed.size()) escape_.held_back(chip.now());
  return n;
}

// Fidelity (our decision, dialect 0.4.27): In transparent transmission a peer that takes nothing
// holds the host up, however long, and `+++` with it.
void Passthrough::flush() {
  state_ = State::flushing;
  due_ = Deadline::never();
}

std::span<const std::byte> Passthrough::output(const Chip& chip) const {
  return state_ == State::flushing ? chip.payload().unsent() : std::span<const std::byte>{};
}

bool Passthrough::holds(const Chip& chip, std::uint8_t link) const {
  return link == kLink && chip.job<PassingThrough>() != nullptr;
}

void Passthrough::on(Chip& chip, const LinkReport& report) {
  switch (report.kind) {
    case LinkReport::Kind::opened:
      state_ = State::collecting;
      due_ = Deadline::never();
      dropped_before_ += std::exchange(dropped_, 0);
      if (std::exchange(step_, Step::was_open) != Step::was_open) return say_open(chip);
      return chip.notify({.kind = Urc::Kind::connect, .link = kLink});
    case LinkReport::Kind::received: chip.reply().bytes(report.bytes); return;
    case LinkReport::Kind::sent:
      chip.payload().sent(report.size);
      if (chip.payload().unsent().empty()) packet_is_gone(chip);
      return;
    case LinkReport::Kind::not_sent:
    case LinkReport::Kind::too_late: return packet_is_gone(chip);
    case LinkReport::Kind::failed:
    case LinkReport::Kind::closed: return broken(chip);
  }
}

void Passthrough::drop_packet(Chip& chip) {
  dropped_ += chip.payload().unsent().size();
  chip.payload().clear();
}

/// A datagram that cannot be sent is lost, as on any network.
void Passthrough::packet_is_gone(Chip& chip) {
  if (state_ != State::flushing) return;
  drop_packet(chip);
  state_ = State::collecting;
  due_ = Deadline::never();
}

/// What was typed for the link is gone, and it is opened again until that works (dialect 5.2).
void Passthrough::broken(Chip& chip) {
  if (state_ != State::broken) chip.notify({.kind = Urc::Kind::closed, .link = kLink});
  drop_packet(chip);
  state_ = State::broken;
  due_ = chip.now() + between_attempts(chip);
}

bool Passthrough::reopens(LinkHandle link) const {
  return state_ == State::broken && link.id == kLink;
}

Deadline Passthrough::next_deadline(const Chip& chip) const {
  if (!holds(chip, kLink)) return Deadline::never();
  const Deadline escaped = state_ == State::flushing ? Deadline::never() : escape_.complete();
  return std::min(due_, escaped);
}

void Passthrough::advance(Chip& chip) {
  if (!holds(chip, kLink)) return;
  const Instant now = chip.now();
  if (state_ != State::flushing && escape_.complete().due(now)) return escape(chip);
  if (!due_.due(now)) return;
  switch (state_) {
    case State::collecting: return flush();
    case State::flushing: return;  // it has no deadline
    case State::broken: due_ = now + open_again(chip);
  }
}

/// The escape itself is no payload that was dropped.
void Passthrough::escape(Chip& chip) {
  if (chip.faults().misses_escape()) return escape_.miss();
  if (state_ == State::broken) dropped_ -= std::min<std::uint64_t>(dropped_, Escape::kLength);
  leave(chip);
}

void Passthrough::hang_up(Chip& chip) {
  if (!holds(chip, kLink)) return;
  drop_packet(chip);
  leave(chip);
}

/// Nothing is printed unless AT+SYSMSG asks for it. The link and CIPMODE stay as they are; a link
/// that was being opened again is down (dialect 5.2).
void Passthrough::leave(Chip& chip) {
  if (state_ == State::broken) chip.links().drop(chip, kLink);
  step_ = Step::was_open;
  dropped_before_ += std::exchange(dropped_, 0);
  chip.payload().clear();
  due_ = Deadline::never();
  chip.finish_silently();
  if (tells_of_passthrough(chip.settings())) chip.reply().line(at::Word::left_passthrough);
}
}  // namespace bfq

#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "at/answer.h"
#include "base/described.h"
#include "base/limits.h"
#include "base/time.h"
#include "module/escape.h"
#include "module/link_report.h"
#include "ports/messages.h"

namespace bfq {
class Chip;

/// Transparent transmission: what the host types goes to link 0 as it is, what comes from there
/// goes to the host as it is, until `+++` (dialect 5.2).
class Passthrough {
 public:
  static constexpr auto kDescription = describe("Passthrough", "enabled", "state", "step", "ticket",
                                                "escape", "due", "dropped", "dropped_before");

  /// AT+CIPMODE: what AT+CIPSEND without a length means.
  bool enabled() const { return enabled_; }
  void enable(bool on) { enabled_ = on; }

  /// AT+CIPSEND.
  at::Answer enter(Chip&);
  /// At a start, where AT+SAVETRANSLINK says so: opens that link, and passes bytes on once it is
  /// there. What is typed before is dropped, as while a link is broken, and `+++` ends it as ever.
  void begin_with_link(Chip&);
  /// True from then until the link is open for the first time.
  bool waits_for_link() const { return state_ == State::broken && step_ != Step::was_open; }
  /// What a name server says, to whomever.
  void resolved(Chip&, const net::Resolved&);
  void resolve_failed(Chip&, const net::ResolveFailed&);

  /// As many bytes as fit into the packet that is being collected.
  std::size_t take(Chip&, std::span<const std::byte> typed);
  /// What the network is to take next; empty when there is nothing.
  std::span<const std::byte> output(const Chip&) const;

  /// True while that link is used for transparent transmission.
  bool holds(const Chip&, std::uint8_t link) const;
  /// Ends transparent transmission, if there is any, as `+++` does. What it has not sent yet is
  /// dropped.
  void hang_up(Chip&);
  /// What has happened to the link that it holds.
  void on(Chip&, const LinkReport&);

  /// True when that link is the one that is being opened again.
  bool reopens(LinkHandle) const;

  /// How many bytes were typed for a connection that broke, and dropped, since the module started.
  /// It is counted when the connection is back, or the host has left transparent transmission.
  std::uint64_t dropped() const { return dropped_before_; }

  Deadline next_deadline(const Chip&) const;
  void advance(Chip&);

 private:
  /// flushing: a complete packet waits for the network. broken: the link is being opened again.
  enum class State : std::uint8_t { collecting, flushing, broken, last = broken };

  /// How far the link is that is opened at the start: its name is not looked up yet, is being
  /// looked up, or is known. was_open: it, or any other, was there.
  enum class Step : std::uint8_t { was_open, unnamed, resolving, named, last = named };

  void know_address(Chip&, Ipv4 address);
  Duration open_again(Chip&);
  void say_open(Chip&);
  void flush();
  void drop_packet(Chip&);
  /// The packet has been sent, or cannot be.
  void packet_is_gone(Chip&);
  void broken(Chip&);
  void escape(Chip&);
  void leave(Chip&);

  bool enabled_ = false;
  State state_ = State::collecting;
  Step step_ = Step::was_open;
  Ticket ticket_{};  ///< of its name
  Escape escape_{Instant{}};
  /// What the state waits for: the silence that ends a packet, or the next attempt to open the link
  /// again.
  Deadline due_;
  std::uint64_t dropped_ = 0;         ///< since the connection broke
  std::uint64_t dropped_before_ = 0;  ///< until then
  friend MemberAccess;
};
}  // namespace bfq

#pragma once
#include <cstddef>
#include <span>

#include "at/answer.h"
#include "base/described.h"
#include "base/limits.h"
#include "base/time.h"
#include "module/escape.h"
#include "ports/messages.h"

namespace bfq {
class Chip;

/// Transparent transmission: what the host types goes to link 0 as it is, what comes from there
/// goes to the host as it is, until `+++` (dialect 5.2).
class Passthrough {
 public:
  static constexpr auto kDescription =
      describe("Passthrough", "enabled", "state", "escape", "packet_ends", "give_up", "retry");

  /// AT+CIPMODE: what AT+CIPSEND without a length means.
  bool enabled() const { return enabled_; }
  void enable(bool on) { enabled_ = on; }

  /// AT+CIPSEND.
  at::Answer enter(Chip&);

  /// As many bytes as fit into the packet that is being collected.
  std::size_t take(Chip&, std::span<const std::byte> typed);
  net::Outgoing output(const Chip&, LinkHandle) const;
  void sent(Chip&, LinkHandle, std::size_t n);

  /// The link broke: what was typed for it is gone, and it is opened again until that works.
  void on_broken(Chip&);
  void on_opened();
  /// The packet has been sent, or cannot be.
  void packet_is_gone(Chip&);

  /// True when that link is the one that is being opened again.
  bool reopens(LinkHandle) const;

  Deadline next_deadline() const;
  void advance(Chip&);

 private:
  /// flushing: a complete packet waits for the network. broken: the link is being opened again.
  enum class State : std::uint8_t { collecting, flushing, broken, last = broken };

  void flush(Chip&);
  void leave(Chip&);

  bool enabled_ = false;
  State state_ = State::collecting;
  Escape escape_{Instant{}};
  Deadline packet_ends_;  ///< the silence that ends a packet
  Deadline give_up_;      ///< the network has not taken a packet by then
  Deadline retry_;        ///< the next attempt to open the link again
  friend MemberAccess;
};
}  // namespace bfq

#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/described.h"
#include "base/limits.h"

namespace bfq {

/// What AT+CIPSENDBUF has taken for one connection: segments, numbered from 1 on, which the peer
/// acknowledges one after the other.
class Segments {
 public:
  static constexpr auto kDescription =
      describe("Segments", "last", "done", "said", "untaken", "lengths");

  /// The number of the last one; 0: there was none yet.
  std::uint32_t last() const { return last_; }
  /// Of the last one that the network has taken whole.
  std::uint32_t taken() const { return untaken_ > 0 ? last_ - 1 : last_; }
  /// Of the last one that its peer has acknowledged.
  std::uint32_t done() const { return done_; }
  /// How many the peer has not acknowledged, and their bytes.
  std::size_t pending() const { return last_ - done_; }
  std::size_t pending_bytes() const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < pending(); ++i) n += lengths_[i];
    return n;
  }

  /// Whether the send buffer has room for one more of that length, see limits::kSendBuffer.
  bool has_room(std::size_t length) const { return untaken_ == 0 && length <= free_bytes(); }
  std::size_t free_bytes() const {
    return limits::kSendBuffer - std::min(limits::kSendBuffer, pending_bytes());
  }
  bool is_full() const { return pending() == lengths_.size(); }
  /// One more, for which there is room. The network has not taken it.
  void add(std::uint16_t length) {
    CHECK(!is_full() && has_room(length));
    lengths_[pending()] = untaken_ = length;
    ++last_;
  }
  /// The network has taken `n` bytes of the last one.
  void sent(std::size_t n) { untaken_ = static_cast<std::uint16_t>(untaken_ - n); }
  /// Of all that the network has taken of this link, the peer has not acknowledged so many bytes.
  void acknowledged_but(std::size_t unacknowledged) {
    while (pending() > 0) {
      const std::size_t behind = pending_bytes() - lengths_[0];
      if (behind < untaken_ || unacknowledged > behind - untaken_) return;
      std::copy(lengths_.begin() + 1, lengths_.end(), lengths_.begin());
      ++done_;
    }
  }

  /// The result of one more segment is printed: the next one in order. Returns its number.
  std::uint32_t say() { return ++said_; }
  /// The number of the last one whose result was printed.
  std::uint32_t said() const { return said_; }

  /// How many bytes of the last one the network has not taken.
  std::size_t untaken() const { return untaken_; }
  /// See Chip.
  [[nodiscard]] bool restored() const {
    return done_ <= last_ && said_ <= last_ && pending() <= lengths_.size() &&
           (untaken_ == 0 || (pending() > 0 && untaken_ <= lengths_[pending() - 1]));
  }

 private:
  std::uint32_t last_ = 0;
  std::uint32_t done_ = 0;
  std::uint32_t said_ = 0;
  std::uint16_t untaken_ = 0;                               ///< bytes of the last one
  std::array<std::uint16_t, limits::kSegments> lengths_{};  ///< of those that are pending
  friend MemberAccess;
};
}  // namespace bfq

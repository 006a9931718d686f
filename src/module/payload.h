#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "base/check.h"
#include "base/described.h"
#include "base/limits.h"
#include "base/time.h"

namespace bfq {
/// How long the network may take nothing of a payload before its link is given up: from the last
/// bytes that it took, or that the peer acknowledged.
inline constexpr Duration kSendGivesUp = 10s;

/// What the host has typed for the network: collected whole, then taken by the network in one piece
/// or several. There is one in the module, because only one payload or packet is ever on its way.
class Payload {
 public:
  static constexpr auto kDescription = describe("Payload", counted("bytes"), its("size"), "sent");

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t room() const { return bytes_.size() - size_; }

  /// At most room() bytes.
  void add(std::span<const std::byte> typed) {
    CHECK(typed.size() <= room());
    std::copy(typed.begin(), typed.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += typed.size();
  }
  /// The same of what AT+CIPSENDEX is given, until it ends by `\0`, which is not added: true then.
  /// Further backslashes in front of a 0 stand for one fewer. `n` is how many bytes were looked at.
  bool add_escaped(std::span<const std::byte> typed, std::size_t& n) {
    for (n = 0; n < typed.size();) {
      const std::byte next = typed[n++];
      const std::size_t backslashes = next == std::byte{'0'} ? backslashes_at_end() : 0;
      if (backslashes > 0) --size_;
      if (backslashes == 1) return true;
      add({&next, 1});
    }
    return false;
  }
  /// What the network has not taken yet. Valid until the next change.
  std::span<const std::byte> unsent() const {
    return std::span(bytes_).subspan(sent_, size_ - sent_);
  }
  /// The network has taken the first `n` bytes of unsent().
  void sent(std::size_t n) {
    CHECK(n <= size_ - sent_);
    sent_ += n;
  }
  void clear() { size_ = sent_ = 0; }
  /// True while nothing of it was sent.
  bool untouched() const { return sent_ == 0; }
  /// See Chip.
  [[nodiscard]] bool restored() const { return sent_ <= size_; }

 private:
  std::size_t backslashes_at_end() const {
    std::size_t n = 0;
    while (n < size_ && bytes_[size_ - 1 - n] == std::byte{'\\'}) ++n;
    return n;
  }

  std::array<std::byte, limits::kPayload> bytes_{};
  std::size_t size_ = 0;
  std::size_t sent_ = 0;
  friend MemberAccess;
};
}  // namespace bfq

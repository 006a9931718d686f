#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/described.h"
#include "base/time.h"

namespace bfq {

/// Watches what the host types for `+++` alone: three plus signs with 20 ms of silence before and
/// after (dialect 5.1, 5.2).
class Escape {
 public:
  static constexpr auto kDescription =
      describe("Escape", "last", "burst", "held_back", "held_burst_is_new");

  static constexpr std::uint32_t kLength = 3;  ///< plus signs

  // Fidelity (our decision, dialect 5.1.1): +++ is alone when 20 ms of silence stand before and
  // behind it.
  static constexpr Duration kSilence = 20ms;

  /// Begins to watch at `now`, when the last byte of the command line has just come.
  explicit Escape(Instant now) : last_(now) {}

  /// What has been typed at `now`; bytes of one call count as one burst.
  void typed(std::span<const std::byte> bytes, Instant now);

  /// Something was typed at `now` that could not be taken. It will be offered again, and the time
  /// of that says nothing of when it was typed.
  void held_back(Instant now);

  /// What was typed last is no escape, whatever it is.
  void miss() { burst_ = kNoBurst; }

  /// When the silence behind `+++` is complete; never while anything else was typed last.
  Deadline complete() const;

 private:
  static constexpr std::uint32_t kNoBurst = UINT32_MAX;

  Instant last_;
  std::uint32_t burst_ =
      kNoBurst;  ///< plus signs since the last silence, kNoBurst when other bytes came too
  bool held_back_ = false;
  bool held_burst_is_new_ = false;  ///< there was silence before what is held back
  friend MemberAccess;
};
}  // namespace bfq

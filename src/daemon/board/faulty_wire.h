#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "daemon/board/fault_gate.h"
#include "runtime/doors.h"

namespace bfq::board {

/// A layer on the doors (runtime/doors.h): bytes that a host types are lost or changed on their way
/// to the module. It stands above the journal, which has what the module was given.
template <class Next>
class FaultyTyping : public Next {
 public:
  using Next::Next;

  /// `gate` must outlive this.
  void pass_through(const FaultGate& gate) { gate_ = &gate; }

  std::size_t uart_input(std::span<const std::byte> bytes, Instant now) {
    const bool is_off = this->module().activity() == Activity::off;
    if (is_off) is_decided_ = false;  // that byte is gone, as are all until it starts
    if (is_off || (!is_decided_ && !is_armed())) return Next::uart_input(bytes, now);
    std::size_t taken = 0;
    for (; taken < bytes.size(); ++taken) {
      if (!is_decided_) decide(now);
      const std::byte byte = bytes[taken] ^ std::byte{flipped_};
      if (!is_lost_ && Next::uart_input(std::span(&byte, 1), now) == 0) break;
      is_decided_ = false;
    }
    return taken;
  }

 private:
  bool is_armed() const { return gate_ != nullptr && gate_->is_armed(FaultPoint::typed); }
  /// What becomes of the next byte stays so until the module has room for it.
  void decide(Instant now) {
    const auto mishap = gate_->pass(FaultPoint::typed, now);
    is_decided_ = true;
    is_lost_ = mishap && mishap->flipped == 0;
    flipped_ = mishap ? mishap->flipped : std::uint8_t{0};
  }

  const FaultGate* gate_ = nullptr;
  bool is_decided_ = false, is_lost_ = false;
  std::uint8_t flipped_ = 0;
};

/// What hosts are given of what the module prints, where bytes of that are lost or changed. What
/// was decided of a byte stays so until it has left.
class FaultyPrinting {
 public:
  explicit FaultyPrinting(const FaultGate& gate) : gate_(gate) {}

  /// False where hosts are given all of it as it is.
  bool is_needed() const { return decided_ > 0 || gate_.is_armed(FaultPoint::printed); }
  /// What hosts are given of the module's output. Valid until the next call.
  std::span<const std::byte> of(std::span<const std::byte> output, Instant now);
  /// Hosts have been given the first `n` bytes of that: so many bytes of the module have left.
  std::size_t sent(std::size_t n);
  /// Bytes of the module in front of the first one that hosts are given: these have left too.
  std::size_t lost_in_front();
  /// The module has no power: what it was printing is gone.
  void forget();

 private:
  const FaultGate& gate_;
  std::vector<std::byte> shown_;
  std::vector<std::size_t> behind_;  ///< of each: how many bytes of the module have left with it
  std::size_t decided_ = 0;          ///< bytes of the module
};
}  // namespace bfq::board

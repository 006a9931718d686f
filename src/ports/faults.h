#pragma once
#include <cstdint>
#include <type_traits>
#include <variant>

#include "base/described.h"

// 0 where nobody injects faults, as in firmware: the port is left out then.
#ifndef BFQ_FAULTS
#define BFQ_FAULTS 1
#endif

/// What goes wrong within the module itself, where neither bytes nor time nor the events of other
/// ports can cause it. Whoever injects faults tells it; nothing is requested, nothing answered.
///
/// Each fault happens once, and waits for that until then, until a Recover, or until the module
/// starts anew. Telling one again that waits changes its time alone.
namespace bfq::faults {
/// False where the port is left out.
inline constexpr bool kAreHere = BFQ_FAULTS != 0;

/// Told: behind the next SEND OK of a CIPSEND follows SEND FAIL, though the payload was sent.
struct FailAfterSendOk {
  static constexpr auto kDescription = describe("faults::FailAfterSendOk");
};

/// Told: the CLOSED of the next link that closes, while no command uses it, comes when its number
/// is in use again, behind the answer of the command that opens it.
struct DelayClosed {
  static constexpr auto kDescription = describe("faults::DelayClosed");
};

/// Told: the next `+++` that stands alone in transparent transmission is payload.
struct MissEscape {
  static constexpr auto kDescription = describe("faults::MissEscape");
};

/// Told: for so long each line is answered as if a command were under way.
struct StayBusy {
  std::uint32_t time_ms = 0;
  static constexpr auto kDescription = describe("faults::StayBusy", "time_ms");
};

/// Told: what links bring waits for the next command, at most so long, and comes between that and
/// its answer.
struct InterruptReply {
  std::uint32_t time_ms = 0;
  static constexpr auto kDescription = describe("faults::InterruptReply", "time_ms");
};

/// Told: no fault waits any more.
struct Recover {
  static constexpr auto kDescription = describe("faults::Recover");
};

/// All that the module is told of faults.
using Event = std::conditional_t<
    kAreHere,
    std::variant<FailAfterSendOk, DelayClosed, MissEscape, StayBusy, InterruptReply, Recover>,
    std::variant<>>;
}  // namespace bfq::faults

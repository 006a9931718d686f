#pragma once
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/described.h"
#include "ports/ticket.h"

/// The memory that survives a power cut: two slots, one after the other, that can be erased to 0xFF
/// and then programmed, which can only turn ones into zeros.
///
/// Every Erase and every Program is answered by exactly one Done, once the change would survive a
/// power cut, or one Failed, after which the slot may hold anything. The bytes of a Program go by
/// span through Module::flash_output() and stay as they are until it is answered.
namespace bfq::flash {

inline constexpr std::size_t kSlots = 2;
inline constexpr std::size_t kSlotSize = 2048;
inline constexpr std::size_t kImageSize = kSlots * kSlotSize;
/// What a byte is that nothing was written to.
inline constexpr std::byte kErased{0xFF};

/// Asks to set every byte of that slot to 0xFF.
struct Erase {
  Ticket ticket{};
  std::uint8_t slot = 0;
  static constexpr auto kDescription = describe("flash::Erase", "ticket", "slot");
};
/// Programs Module::flash_output() at the beginning of the slot.
struct Program {
  Ticket ticket{};
  std::uint8_t slot = 0;
  static constexpr auto kDescription = describe("flash::Program", "ticket", "slot");
};

/// That change is made, and survives a power cut.
struct Done {
  Ticket ticket{};
  static constexpr auto kDescription = describe("flash::Done", "ticket");
};

/// That change was not made, or half of it.
struct Failed {
  Ticket ticket{};
  static constexpr auto kDescription = describe("flash::Failed", "ticket");
};

/// All that the module asks of its flash.
using Request = std::variant<Erase, Program>;

/// All that the flash tells the module.
using Event = std::variant<Done, Failed>;
}  // namespace bfq::flash

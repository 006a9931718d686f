#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/described.h"
#include "settings/settings.h"

/// How the settings lie in flash: one record in each of two slots, of which the newer valid one
/// counts. A record is never changed where it lies; the older slot is erased and reprogrammed,
/// so a cut at any byte leaves the other one whole.
///
///   "BFQ1" | version u16 | size u16 | sequence u32 | entries … | CRC-32 of all before it
///   entry: key u8 | size u8 | writes u32 | value | CRC-16 of the entry before it
///
/// Numbers are little-endian. An erased slot is all 0xFF. Entries of unknown keys are skipped, and
/// missing ones have their factory value, so older and newer firmware can read each other's
/// records.
namespace bfq {

inline constexpr std::size_t kLargestRecord = 768;

/// What one record says.
struct Stored {
  Settings settings{};
  WriteCounts writes{};
  std::uint32_t sequence = 0;
  static constexpr auto kDescription = describe("Stored", "settings", "writes", "sequence");
};

/// In which state the flash was found.
enum class FlashCondition : std::uint8_t {
  blank,     ///< no record was ever finished: a new module
  sound,     ///< a valid record was found, whatever the other slot holds
  salvaged,  ///< no valid record, but some of its entries were whole
  damaged,   ///< written once, and nothing of it can be read
  last = damaged,
};

/// Of which keys a record was found to hold something.
using WholeKeys = std::array<bool, kKeys>;

/// What a flash image holds, and which slot it came from.
struct Loaded {
  Stored stored{};
  WholeKeys whole{};      ///< what is not the factory's
  std::uint8_t slot = 0;  ///< where it was found
  FlashCondition condition = FlashCondition::blank;
};

/// False where no command could have stored these: a record of them would not be believed.
bool can_be_stored(const Settings& settings);

/// Writes a record to the front of `out`, which has room for kLargestRecord, and returns its size.
std::size_t encode_record(const Stored& stored, std::span<std::byte> out);

/// Finds the newest valid record of an image of two slots of equal size; where there is none, saves
/// the entries that are whole, and takes the rest from `factory`. Any bytes are fine.
Loaded load_record(std::span<const std::byte> image, const Settings& factory);
}  // namespace bfq

#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "at/answer.h"
#include "base/described.h"
#include "module/job.h"
#include "ports/messages.h"
#include "settings/flash_record.h"

namespace bfq {
class Chip;

/// What survives a power cut: the stored settings, how often each was written, and the writing of a
/// new record to the slot that is not in use.
class Memory {
 public:
  static constexpr auto kDescription =
      describe("Memory", "record", "next", "in_use", "slot", "condition", "background",
               derived("buffer"), derived("size"));

  /// Reads the newest record, as at every start.
  void load(std::span<const std::byte> image, const Settings& factory);

  const Settings& stored() const { return record_.settings; }
  const WriteCounts& writes() const { return record_.writes; }
  FlashCondition condition() const { return condition_; }

  /// The settings that the next save() takes into use.
  void prepare(const Settings& in_use) { in_use_ = in_use; }
  /// Writes `wanted` to flash, and then takes what was prepared into use with that effect: `later`,
  /// or at once where flash has it already. Where flash fails, the command answers ERROR and the
  /// old settings, stored and in use, stay.
  at::Answer save(Chip&, const Settings& wanted, Effect effect);

  /// Writes `wanted` to flash for nobody who waits; where flash fails, the old settings stay
  /// stored. Only while nothing is being stored; while it lasts, the module takes no command.
  void save_in_background(Chip&, const Settings& wanted);
  /// False while it stores something in the background.
  bool is_at_rest() const { return !background_; }

  void on(Chip&, const flash::Done&);
  void on(Chip&, const flash::Failed&);

  std::span<const std::byte> output() const { return std::span(buffer_).first(size_); }

  /// Makes up what is not kept of it. False where what was read is not that of a memory.
  [[nodiscard]] bool restored();
  /// True when a command could have stored these settings, and those that are being stored.
  bool settings_fit(bool saves) const;

 private:
  /// Prepares the record and asks for its slot; false where flash has those settings already.
  bool begin_to_store(Chip&, const Settings& wanted, Saving&);
  /// After a Done: the record is the stored one, or its second step has been asked for.
  bool is_stored(Chip&, Saving&);

  Stored record_;
  Stored next_;      ///< what is being written
  Settings in_use_;  ///< what is taken into use then
  std::uint8_t slot_ = 0;
  FlashCondition condition_ = FlashCondition::blank;
  std::optional<Saving> background_;
  std::array<std::byte, kLargestRecord> buffer_{};
  std::size_t size_ = 0;
  friend MemberAccess;
};
}  // namespace bfq

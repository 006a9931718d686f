#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "at/answer.h"
#include "module/effect.h"
#include "ports/messages.h"
#include "settings/flash_record.h"

namespace bfq {
class Chip;

/// What survives a power cut: the stored settings, how often each was written, and the writing of a
/// new record to the slot that is not in use.
class Memory {
 public:
  /// Reads the newest record, as at every start.
  void load(std::span<const std::byte> image, const Settings& factory);

  const Settings& stored() const { return record_.settings; }
  const WriteCounts& writes() const { return record_.writes; }
  FlashCondition condition() const { return condition_; }

  /// Stores `wanted`, and then takes `in_use` into use with that effect. What is stored already is
  /// not written again.
  at::Answer save(Chip&, const Settings& wanted, const Settings& in_use, Effect effect);

  void on(Chip&, const flash::Done&);
  void on(Chip&, const flash::Failed&);

  std::span<const std::byte> output() const { return std::span(buffer_).first(size_); }

  /// See Module.
  template <class Visit>
  void visit_secrets(Visit& visit) {
    for (Settings* settings : {&record_.settings, &next_.settings, &in_use_})
      for_each_password(*settings, [&](Text<64>& password) { visit.password(password); });
    if (size_ > 0) size_ = encode_record(next_, buffer_);
    visit.unused(std::span(buffer_).subspan(size_));
  }

 private:
  Stored record_;
  Stored next_;      ///< what is being written
  Settings in_use_;  ///< what is taken into use then
  std::uint8_t slot_ = 0;
  FlashCondition condition_ = FlashCondition::blank;
  std::array<std::byte, kLargestRecord> buffer_{};
  std::size_t size_ = 0;
};
}  // namespace bfq

#pragma once
#include <cstddef>
#include <vector>

#include "journal/recorder.h"

namespace bfq::journal {

/// The last of a module's history in bounded memory: between a half and all of `most` bytes, in two
/// parts, each of which begins with the module's state.
class BlackBox final : public Sink {
 public:
  static constexpr std::size_t kMost = std::size_t{1} << 20U;

  explicit BlackBox(std::size_t most = kMost);

  void begin(std::span<const std::byte> bytes) override;
  void add(std::span<const std::byte> record) override;
  bool wants_beginning() const override { return now_.bytes.size() > most_ / 2 - kMargin; }

  /// A whole journal: the older part first. What does not fit any more makes room for what comes.
  std::vector<std::byte> all() const;

 private:
  /// What one record may add after it was seen that a part is full.
  static constexpr std::size_t kMargin = 8 * 1024;
  struct Part {
    std::vector<std::byte> bytes;
    std::size_t beginning = 0;  ///< of those, the first line and the beginning
  };

  std::size_t most_;
  Part before_, now_;
};
}  // namespace bfq::journal

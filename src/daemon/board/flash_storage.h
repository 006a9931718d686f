#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/process/lock_file.h"
#include "ports/flash.h"
#include "settings/flash_record.h"

namespace bfq::board {

/// DIRECTORY/MODULE.flash: both slots in a file, for one program at a time. A module has such a
/// file for each personality that it was started with: MODULE.esp8266-1.7.flash.
///
/// A file that is damaged or has the wrong size is renamed to MODULE.flash.damaged-1 and so on, and
/// replaced by a sound one with what could be salvaged. A file that cannot be read or renamed (also
/// where there are 1,000 of those) is never overwritten. If nothing can be written, a warning is
/// logged and every store() fails.
///
/// The constructor runs on the event loop's thread; store() on any one thread.
class FlashStorage {
 public:
  using Image = std::array<std::byte, flash::kImageSize>;
  using Slot = std::array<std::byte, flash::kSlotSize>;

  /// Throws process::Taken when another program has the file, and process::Failure when somebody
  /// else may have written what it holds: see process::refuse_of_others().
  /// `image` is MODULE, or MODULE.PERSONALITY for one that is not the default.
  FlashStorage(const std::string& directory, const std::string& module, const std::string& image);
  ~FlashStorage();
  FlashStorage(const FlashStorage&) = delete;
  FlashStorage& operator=(const FlashStorage&) = delete;

  /// The content of the file, or what it would be if it could be written.
  const Image& image() const { return image_; }
  /// The state in which the file was found.
  FlashCondition found() const { return found_; }

  /// Writes a slot to the file. Returns true once it would survive a power cut; otherwise the old
  /// slot is restored as far as possible.
  bool store(std::uint8_t slot, const Slot& content);

 private:
  void load();
  void use(int file);
  std::string read(int file);
  void repair(const std::string& damage);
  std::string set_aside() const;
  std::string why_not_set_aside() const;
  void store_nothing(const std::string& why);
  bool replace_file(const Image& image);
  bool overwrite(std::uint8_t slot, const Slot& content);
  bool sync_directory() const;
  bool was_removed() const;
  void forget_file();

  std::string directory_, path_;
  std::optional<process::LockFile> lock_;
  int file_ = -1;        ///< open while it is known to hold image_
  std::string why_not_;  ///< why nothing can be stored; empty: it can
  FlashCondition found_ = FlashCondition::blank;
  Image image_;
};
}  // namespace bfq::board

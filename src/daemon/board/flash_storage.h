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

/// DIRECTORY/MODULE.flash: both slots in a file, for one program at a time.
///
/// A file that is damaged or has not the right size is set aside, as MODULE.flash.damaged-1
/// and so on, and a sound one with what could be saved takes its place. What cannot be read or set
/// aside is never overwritten. Where nothing can be written, a warning says so and every store()
/// fails.
///
/// The constructor is for the event loop's thread; store() is for one thread, whichever it is.
class FlashStorage {
 public:
  using Image = std::array<std::byte, flash::kImageSize>;
  using Slot = std::array<std::byte, flash::kSlotSize>;

  /// Throws Failure when another program has the file.
  FlashStorage(const std::string& directory, const std::string& module);
  ~FlashStorage();
  FlashStorage(const FlashStorage&) = delete;
  FlashStorage& operator=(const FlashStorage&) = delete;

  /// What is in the file, or would be if it could be written.
  const Image& image() const { return image_; }
  /// In which state the file was found.
  FlashCondition found() const { return found_; }

  /// Puts a slot into the file. True once it would survive a power cut; otherwise the file's old
  /// slot is put back, as far as that is possible.
  bool store(std::uint8_t slot, const Slot& content);

 private:
  void load();
  std::string read(int file);
  void repair(const std::string& damage);
  std::string set_aside() const;
  void store_nothing(const std::string& why);
  bool replace_file(const Image& image);
  bool overwrite(std::uint8_t slot, const Slot& content);
  bool sync_directory() const;
  bool was_removed() const;
  void forget_file();

  std::string directory_, path_;
  std::optional<process::LockFile> lock_;
  int file_ = -1;        ///< open while it is known to hold image_
  std::string why_not_;  ///< why nothing is stored at all; empty: it is
  FlashCondition found_ = FlashCondition::blank;
  Image image_;
};
}  // namespace bfq::board

#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "daemon/board/flash_storage.h"
#include "daemon/process/disk_writer.h"
#include "ports/messages.h"

namespace bfq::board {

/// The flash port: both slots in a file, or in memory only. The program's DiskWriter writes and
/// calls fdatasync, so that a slow disk does not block the event loop.
class FlashFile {
 public:
  using Image = FlashStorage::Image;
  /// Called from the event loop with flash::Done or flash::Failed.
  using Tell = std::function<void(const Event&)>;

  /// In memory only: erased at the start, and lost at the end.
  FlashFile(boost::asio::io_context& io, Tell tell);
  /// In DIRECTORY/MODULE.flash, created if missing. Throws process::Taken when another program has
  /// it. If it cannot be read or written, or there is no thread to do it, a warning is logged, and
  /// writes end with flash::Failed.
  FlashFile(boost::asio::io_context& io, Tell tell, const std::string& directory,
            const std::string& module);
  FlashFile(const FlashFile&) = delete;
  FlashFile& operator=(const FlashFile&) = delete;

  /// The content; the same as on disk once no write is pending, see when_at_rest().
  const Image& image() const { return image_; }

  /// What is asked of it; `output` is Module::flash_output().
  void take(const flash::Request& request, std::span<const std::byte> output);

  /// The module has no power: pending requests are completed, but not reported.
  void power_off();

  /// Calls `then` once no write is pending: at once, or from the event loop; not after
  /// power_off().
  void when_at_rest(std::function<void()> then);

 private:
  using Slot = FlashStorage::Slot;

  void change(std::uint8_t slot, const Slot& content, Ticket ticket);
  bool has_writer();
  void changed(std::uint8_t slot, const Slot& content, bool stored);
  Slot slot(std::uint8_t number) const;

  boost::asio::io_context& io_;
  Tell tell_;
  std::shared_ptr<FlashStorage> storage_;
  std::string module_;
  Image image_;
  unsigned power_cycle_ = 0;
  unsigned on_their_way_ = 0;
  std::function<void()> at_rest_;
  std::shared_ptr<process::DiskWriter> writer_;
};
}  // namespace bfq::board

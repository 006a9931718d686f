#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "daemon/board/flash_storage.h"
#include "ports/messages.h"

namespace bfq::board {

/// The flash port in a file of both slots, or in memory alone. Writes and their fdatasync are done
/// by a thread of its own, started when it is first needed, so that a slow disk holds up nothing.
class FlashFile {
 public:
  using Image = FlashStorage::Image;
  /// Called from the event loop with flash::Done or flash::Failed.
  using Tell = std::function<void(const Event&)>;

  /// In memory: erased, and forgotten at the end.
  FlashFile(boost::asio::io_context& io, Tell tell);
  /// DIRECTORY/MODULE.flash, made if missing. Throws Failure when another program has it; where it
  /// cannot be read or written a warning says so, and writes are answered by flash::Failed.
  FlashFile(boost::asio::io_context& io, Tell tell, const std::string& directory,
            const std::string& module);
  ~FlashFile();
  FlashFile(const FlashFile&) = delete;
  FlashFile& operator=(const FlashFile&) = delete;

  /// As on disk, once nothing is on its way there: see when_at_rest().
  const Image& image() const { return image_; }

  /// What is asked of it; `output` is Module::flash_output().
  void take(const flash::Request& request, std::span<const std::byte> output);

  /// What was asked is done, but not answered any more: the module has no power.
  void power_off();

  /// Calls `then` once nothing is on its way to the disk: at once, or from the event loop; not
  /// after power_off().
  void when_at_rest(std::function<void()> then);

 private:
  using Slot = FlashStorage::Slot;

  void change(std::uint8_t slot, const Slot& content, Ticket ticket);
  void changed(std::uint8_t slot, const Slot& content, bool stored);
  Slot slot(std::uint8_t number) const;

  boost::asio::io_context& io_;
  Tell tell_;
  std::optional<FlashStorage> storage_;
  Image image_;
  unsigned power_cycle_ = 0;
  unsigned on_their_way_ = 0;
  std::function<void()> at_rest_;
  std::optional<boost::asio::thread_pool> writer_;
};
}  // namespace bfq::board

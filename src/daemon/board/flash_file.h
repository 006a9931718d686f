#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/time.h"
#include "daemon/board/flash_storage.h"
#include "ports/messages.h"

namespace bfq::board {

/// The flash port in a file of both slots, or in memory alone. Writes and their fdatasync are done
/// by a thread of its own, started when it is first needed, so that a slow disk holds up nothing.
class FlashFile {
 public:
  using Image = FlashStorage::Image;
  /// Called from the event loop, between turns, when something that was asked is done.
  using Wake = std::function<void()>;

  /// In memory: erased, and forgotten at the end.
  FlashFile(boost::asio::io_context& io, Wake wake);
  /// DIRECTORY/MODULE.flash, made if missing. Throws Failure when another program has it; where it
  /// cannot be read or written a warning says so, and writes are answered by flash::Failed.
  FlashFile(boost::asio::io_context& io, Wake wake, const std::string& directory,
            const std::string& module);
  ~FlashFile();
  FlashFile(const FlashFile&) = delete;
  FlashFile& operator=(const FlashFile&) = delete;

  // As an adapter (runtime/adapters.h).

  void take(const flash::Request& request, std::span<const std::byte> output, Instant now);
  std::optional<Event> next_event(Instant now);
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  /// What was asked is done, but not answered any more: the module has no power.
  void power_off(Instant now);
  bool at_rest() const { return on_their_way_ == 0; }
  /// As on disk, once at_rest().
  const Image& image() const { return image_; }

 private:
  using Slot = FlashStorage::Slot;

  void change(std::uint8_t slot, const Slot& content, Ticket ticket);
  Slot slot(std::uint8_t number) const;

  boost::asio::io_context& io_;
  Wake wake_;
  std::optional<FlashStorage> storage_;
  Image image_;
  unsigned power_cycle_ = 0;
  unsigned on_their_way_ = 0;
  std::deque<Event> answers_;
  std::optional<boost::asio::thread_pool> writer_;
};
}  // namespace bfq::board

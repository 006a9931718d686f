#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/time.h"
#include "daemon/board/flash_storage.h"
#include "daemon/process/disk_writer.h"
#include "ports/messages.h"

namespace bfq::board {

/// The flash port: both slots in a file, or in memory only. The program's DiskWriter writes and
/// calls fdatasync, so that a slow disk does not block the event loop.
class FlashFile {
 public:
  using Image = FlashStorage::Image;
  /// Called from the event loop, between turns, when something that was asked is done.
  using Wake = std::function<void()>;

  /// In memory only: erased at the start, and lost at the end.
  FlashFile(boost::asio::io_context& io, Wake wake);
  /// In DIRECTORY/IMAGE.flash (see FlashStorage), created if missing. Throws process::Taken when
  /// another program has it. If it cannot be read or written, or there is no thread to do it, a
  /// warning is logged, and writes end with flash::Failed.
  FlashFile(boost::asio::io_context& io, Wake wake, const std::string& directory,
            const std::string& module, const std::string& image);
  FlashFile(const FlashFile&) = delete;
  FlashFile& operator=(const FlashFile&) = delete;

  /// The content; the same as on disk once at_rest().
  const Image& image() const;

  // As an adapter (runtime/adapters.h).

  void take(const flash::Request& request, std::span<const std::byte> output, Instant now);
  std::optional<Event> next_event(Instant now);
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  /// The module has no power: pending requests are completed, but not reported.
  void power_off(Instant now);
  /// No write is pending.
  bool at_rest() const { return on_their_way_ == 0; }

 private:
  using Slot = FlashStorage::Slot;

  void change(std::uint8_t slot, const Slot& content, Ticket ticket);
  bool has_writer();
  Slot slot(std::uint8_t number) const;

  boost::asio::io_context& io_;
  Wake wake_;
  std::shared_ptr<FlashStorage> storage_;
  std::string module_;
  std::unique_ptr<Image> image_;  ///< none while all of it is erased
  unsigned power_cycle_ = 0;
  unsigned on_their_way_ = 0;
  std::list<Event> answers_;
  std::shared_ptr<process::DiskWriter> writer_;
};
}  // namespace bfq::board

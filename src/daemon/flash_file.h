#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "daemon/lock_file.h"
#include "ports/messages.h"

namespace bfq::daemon {

/// The flash port in a file of both slots, or in memory alone. Writes and their fdatasync are done by a
/// thread of its own, started when it is first needed, so that a slow disk holds up nothing.
class FlashFile {
 public:
  using Image = std::array<std::byte, flash::kImageSize>;
  /// Called from the event loop with flash::Done or flash::Failed.
  using Tell = std::function<void(const Event&)>;

  /// In memory: erased, and forgotten at the end.
  FlashFile(boost::asio::io_context& io, Tell tell);
  /// DIRECTORY/MODULE.flash, made if missing. Throws Failure, also when another program has it.
  FlashFile(boost::asio::io_context& io, Tell tell, const std::string& directory, const std::string& module);
  ~FlashFile();
  FlashFile(const FlashFile&) = delete;
  FlashFile& operator=(const FlashFile&) = delete;

  const Image& image() const { return image_; }

  /// Takes what is asked of the flash; false when the request is for somebody else. `output` is
  /// Module::flash_output().
  bool request(const Request& request, std::span<const std::byte> output);

  /// What was asked is done, but not answered any more: the module has no power.
  void power_off() { ++power_cycle_; }

 private:
  using Slot = std::array<std::byte, flash::kSlotSize>;

  void change(std::uint8_t slot, const Slot& content, Ticket ticket);
  void load();
  bool store(std::uint8_t slot, const Slot& content) const;
  Slot slot(std::uint8_t number) const;

  boost::asio::io_context& io_;
  Tell tell_;
  std::string path_;
  std::optional<LockFile> lock_;
  int descriptor_ = -1;
  Image image_;
  unsigned power_cycle_ = 0;
  std::optional<boost::asio::thread_pool> writer_;
};
}  // namespace bfq::daemon

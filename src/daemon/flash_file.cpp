#include "daemon/flash_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>

#include "base/overloaded.h"
#include "daemon/caller.h"
#include "daemon/failure.h"

namespace bfq::daemon {
namespace {
constexpr std::byte kErased{0xFF};
}

FlashFile::FlashFile(boost::asio::io_context& io, Tell tell) : io_(io), tell_(std::move(tell)) {
  image_.fill(kErased);
}

FlashFile::FlashFile(boost::asio::io_context& io, Tell tell, const std::string& directory,
                     const std::string& module)
    : FlashFile(io, std::move(tell)) {
  path_ = directory + "/" + module + ".flash";
  lock_.emplace(directory + "/" + module + ".lock", LockFile::AtEnd::keep,
                "the state in " + directory +
                    " belongs to a module that is running; stop it, or choose another with "
                    "--state DIR or --state none");
  descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) fail_with_errno("cannot open " + path_);
  Caller::current().give(descriptor_);
  load();
}

FlashFile::~FlashFile() {
  if (writer_) writer_->join();
  if (descriptor_ >= 0) close(descriptor_);
}

/// A file that is new or too short is erased flash where it says nothing.
void FlashFile::load() {
  const ssize_t n = pread(descriptor_, image_.data(), image_.size(), 0);
  if (n < 0) fail_with_errno("cannot read " + path_);
  std::fill(image_.begin() + n, image_.end(), kErased);
  if (static_cast<std::size_t>(n) == image_.size()) return;
  // All of it, since a file with a hole in it reads as zeros there.
  const bool stored =
      pwrite(descriptor_, image_.data(), image_.size(), 0) == static_cast<ssize_t>(image_.size());
  if (!stored) fail_with_errno("cannot write " + path_);
}

bool FlashFile::request(const Request& request, std::span<const std::byte> output) {
  return std::visit(overloaded{
                        [&](const flash::Erase& r) {
                          Slot erased;
                          erased.fill(kErased);
                          return change(r.slot, erased, r.ticket), true;
                        },
                        [&](const flash::Program& r) {
                          Slot content = slot(r.slot);
                          const std::size_t n = std::min(output.size(), content.size());
                          for (std::size_t i = 0; i < n; ++i)
                            content[i] &= output[i];  // ones only become zeros
                          return change(r.slot, content, r.ticket), true;
                        },
                        [](const auto&) { return false; },
                    },
                    request);
}

FlashFile::Slot FlashFile::slot(std::uint8_t number) const {
  Slot content;
  const auto from = image_.begin() + static_cast<std::ptrdiff_t>((number % flash::kSlots) * flash::kSlotSize);
  std::copy_n(from, content.size(), content.begin());
  return content;
}

void FlashFile::change(std::uint8_t slot, const Slot& content, Ticket ticket) {
  slot = static_cast<std::uint8_t>(slot % flash::kSlots);
  std::copy(content.begin(), content.end(),
            image_.begin() + static_cast<std::ptrdiff_t>(slot * flash::kSlotSize));
  const auto answer = [this, ticket, cycle = power_cycle_](bool stored) {
    if (cycle != power_cycle_) return;
    if (stored)
      tell_(flash::Done{ticket});
    else
      tell_(flash::Failed{ticket});
  };
  if (descriptor_ < 0) return boost::asio::post(io_, [answer] { answer(true); });
  if (!writer_) writer_.emplace(1);
  boost::asio::post(*writer_, [this, slot, content, answer] {
    boost::asio::post(io_, [answer, stored = store(slot, content)] { answer(stored); });
  });
}

bool FlashFile::store(std::uint8_t slot, const Slot& content) const {
  const auto place = static_cast<off_t>(slot * flash::kSlotSize);
  const bool stored =
      pwrite(descriptor_, content.data(), content.size(), place) == static_cast<ssize_t>(content.size()) &&
      fdatasync(descriptor_) == 0;
  if (!stored) spdlog::error("cannot write {}: {}", path_, std::strerror(errno));
  return stored;
}
}  // namespace bfq::daemon

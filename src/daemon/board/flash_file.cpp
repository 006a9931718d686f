#include "daemon/board/flash_file.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/overloaded.h"
#include "daemon/process/failure.h"

namespace bfq::board {
namespace {
std::ptrdiff_t begin_of(std::uint8_t slot) {
  return static_cast<std::ptrdiff_t>(slot % flash::kSlots * flash::kSlotSize);
}

constexpr FlashFile::Image erased_image() {
  FlashFile::Image image{};
  image.fill(flash::kErased);
  return image;
}
constexpr FlashFile::Image kErasedImage = erased_image();
}  // namespace

FlashFile::FlashFile(boost::asio::io_context& io, Wake wake) : io_(io), wake_(std::move(wake)) {}

FlashFile::FlashFile(boost::asio::io_context& io, Wake wake, const std::string& directory,
                     const std::string& module, const std::string& image)
    : FlashFile(io, std::move(wake)) {
  storage_ = std::make_shared<FlashStorage>(directory, module, image);
  module_ = module;
  image_ = std::make_unique<Image>(storage_->image());
  has_writer();
}

const FlashFile::Image& FlashFile::image() const { return image_ ? *image_ : kErasedImage; }

/// Tried again with each write, as there may be room for a thread by then.
bool FlashFile::has_writer() {
  try {
    if (writer_ == nullptr) writer_ = process::DiskWriter::shared();
  } catch (const process::Failure& failure) {
    spdlog::warn("{}: {}; commands that store something answer ERROR", module_, failure.what());
  }
  return writer_ != nullptr;
}

void FlashFile::take(const flash::Request& request, std::span<const std::byte> output, Instant) {
  std::visit(overloaded{
                 [&](const flash::Erase& r) {
                   Slot erased;
                   erased.fill(flash::kErased);
                   change(r.slot, erased, r.ticket);
                 },
                 [&](const flash::Program& r) {
                   Slot content = slot(r.slot);
                   const std::size_t n = std::min(output.size(), content.size());
                   for (std::size_t i = 0; i < n; ++i)
                     content[i] &= output[i];  // ones only become zeros
                   change(r.slot, content, r.ticket);
                 },
             },
             request);
}

FlashFile::Slot FlashFile::slot(std::uint8_t number) const {
  Slot content;
  std::copy_n(image().begin() + begin_of(number), content.size(), content.begin());
  return content;
}

void FlashFile::change(std::uint8_t slot, const Slot& content, Ticket ticket) {
  ++on_their_way_;
  const auto answer = [this, slot, content, ticket, cycle = power_cycle_](bool stored) {
    if (stored) {
      if (!image_) image_ = std::make_unique<Image>(kErasedImage);
      std::copy(content.begin(), content.end(), image_->begin() + begin_of(slot));
    }
    --on_their_way_;
    if (cycle == power_cycle_)
      answers_.push_back(stored ? Event(flash::Done{ticket}) : Event(flash::Failed{ticket}));
    wake_();
  };
  if (!storage_) return boost::asio::post(io_, [answer] { answer(true); });
  if (!has_writer()) return boost::asio::post(io_, [answer] { answer(false); });
  writer_->post(
      "what " + module_ + " is to remember",
      [storage = storage_, slot, content] { return storage->store(slot, content); }, io_, answer);
}

std::optional<Event> FlashFile::next_event(Instant) {
  if (answers_.empty()) return std::nullopt;
  const Event answer = answers_.front();
  answers_.pop_front();
  return answer;
}

void FlashFile::power_off(Instant) {
  ++power_cycle_;
  answers_.clear();
}
}  // namespace bfq::board

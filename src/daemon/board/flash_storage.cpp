#include "daemon/board/flash_storage.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"
#include "settings/stored_keys.h"

namespace bfq::board {
namespace {
constexpr int kMostSetAside = 1000;

std::span<std::byte> slot_of(FlashStorage::Image& image, std::size_t slot) {
  return std::span(image).subspan(slot % flash::kSlots * flash::kSlotSize, flash::kSlotSize);
}

bool write_all(int file, std::span<const std::byte> bytes, off_t at) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(file, bytes.data(), bytes.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = ENOSPC;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    at += n;
  }
  return true;
}

bool give_to_caller(int file) {
  try {
    process::Caller::current().give(file);
    return true;
  } catch (const process::Failure&) {
    return false;
  }
}

std::string names_of(const WholeKeys& whole) {
  std::vector<std::string_view> names;
  for (const record::StoredKey& row : record::kStoredKeys)
    if (whole[static_cast<std::size_t>(row.key)]) names.push_back(row.name.view());
  return fmt::format("{}", fmt::join(names, ", "));
}
}  // namespace

FlashStorage::FlashStorage(const std::string& directory, const std::string& module,
                           const std::string& image)
    : directory_(directory), path_(directory + "/" + image + ".flash") {
  image_.fill(flash::kErased);
  try {
    lock_.emplace(directory + "/" + module + ".lock", process::LockFile::AtEnd::keep,
                  "the state in " + directory +
                      " belongs to a module that is running; stop it, or choose another "
                      "with --state DIR or --state none");
  } catch (const process::Taken&) {
    throw;
  } catch (const process::Failure& failure) {
    store_nothing(failure.what());
  }
  load();
}

FlashStorage::~FlashStorage() {
  if (file_ >= 0) close(file_);
}

void FlashStorage::store_nothing(const std::string& why) {
  why_not_ = why;
  spdlog::warn(
      "{}: what the module is to remember cannot be stored, and such commands answer ERROR", why);
}

// At the start ------------------------------------------------------------------------------------

void FlashStorage::load() {
  int file = open(path_.c_str(), O_RDWR | process::kOwnFile);
  if (file < 0 && errno == ENOENT) {
    if (why_not_.empty() && !replace_file(image_)) {
      spdlog::warn("until {} can be written, commands that store something answer ERROR", path_);
    }
    return;
  }
  if (file < 0) {
    store_nothing(fmt::format("cannot open {}: {}", path_, process::why_not_opened(path_)));
    file = open(path_.c_str(), O_RDONLY | process::kOwnFile);
  }
  if (file >= 0) use(file);
}

/// Takes what the open file holds, and the file itself where that is sound.
void FlashStorage::use(int file) {
  if (!process::is_regular(file)) {
    close(file);
    if (why_not_.empty()) store_nothing(path_ + " is not a regular file");
    return;
  }
  try {
    process::refuse_of_others(file, path_);
  } catch (const process::Failure&) {
    close(file);
    throw;
  }
  const std::string damage = read(file);
  if (damage.empty() && why_not_.empty()) {
    file_ = file;
    return;
  }
  close(file);
  if (!damage.empty()) repair(damage);
}

/// Reads the file into image_. Returns what is wrong with it, or nothing.
std::string FlashStorage::read(int file) {
  struct stat about {};
  const ssize_t n = pread(file, image_.data(), image_.size(), 0);
  if (n < 0 || fstat(file, &about) != 0) {
    image_.fill(flash::kErased);
    store_nothing(fmt::format("cannot read {}: {}", path_, std::strerror(errno)));
    return {};
  }
  std::fill(image_.begin() + n, image_.end(), flash::kErased);
  found_ = load_record(image_, Settings{}).condition;
  if (about.st_size != static_cast<off_t>(image_.size())) {
    return fmt::format("has {} bytes instead of {}", about.st_size, image_.size());
  }
  const bool usable = found_ == FlashCondition::sound || found_ == FlashCondition::blank;
  return usable ? "" : "is damaged";
}

/// Salvages what it can into image_, and replaces the damaged file by a sound one.
void FlashStorage::repair(const std::string& damage) {
  const Loaded saved = load_record(image_, Settings{});
  image_.fill(flash::kErased);
  const bool something =
      std::find(saved.whole.begin(), saved.whole.end(), true) != saved.whole.end();
  // The softAP's name, where it is lost, is empty here: the module takes that for its own
  // factory's.
  if (something) encode_record(saved.stored, slot_of(image_, saved.slot));
  spdlog::warn("{} {}; saved: {}", path_, damage, something ? names_of(saved.whole) : "nothing");
  if (!why_not_.empty()) return;
  const std::string aside = set_aside();
  if (aside.empty()) {
    return store_nothing(fmt::format("cannot set {} aside: {}", path_, why_not_set_aside()));
  }
  spdlog::warn("the damaged file is now {}", aside);
  replace_file(image_);
}

/// Gives the file a second name, under which it remains when it is replaced. Returns an empty
/// string, with errno set, on failure.
std::string FlashStorage::set_aside() const {
  for (int i = 1; i <= kMostSetAside; ++i) {
    std::string aside = fmt::format("{}.damaged-{}", path_, i);
    if (link(path_.c_str(), aside.c_str()) == 0) return aside;
    if (errno == EEXIST) continue;
    // Some file systems have no hard links.
    if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) == 0)
      return aside;
    if (errno != EEXIST) break;
  }
  return {};
}

/// With the errno of set_aside().
std::string FlashStorage::why_not_set_aside() const {
  if (errno != EEXIST) return std::strerror(errno);
  return fmt::format(
      "there are {} such files, from {}.damaged-1 on; move them elsewhere, or remove "
      "them",
      kMostSetAside, path_);
}

// Writing -----------------------------------------------------------------------------------------

bool FlashStorage::store(std::uint8_t slot, const Slot& content) {
  Image wanted = image_;
  std::copy(content.begin(), content.end(), slot_of(wanted, slot).begin());
  if (!why_not_.empty()) {
    spdlog::error("nothing is stored: {}", why_not_);
    return false;
  }
  if (file_ >= 0 && was_removed()) forget_file();
  const bool stored = file_ >= 0 ? overwrite(slot, content) : replace_file(wanted);
  if (stored) image_ = wanted;
  return stored;
}

bool FlashStorage::overwrite(std::uint8_t slot, const Slot& content) {
  const auto place = static_cast<off_t>(slot % flash::kSlots * flash::kSlotSize);
  if (write_all(file_, content, place) && fdatasync(file_) == 0) return true;
  spdlog::error("cannot write {}: {}", path_, std::strerror(errno));
  // The state of the file is unknown now: the next store() writes a new one.
  write_all(file_, slot_of(image_, slot), place);
  forget_file();
  return false;
}

/// Replaces the file by a new one that is complete and on disk.
bool FlashStorage::replace_file(const Image& image) {
  const std::string fresh = path_ + ".new";
  // What a crash has left, or somebody has put there.
  const bool is_free = unlink(fresh.c_str()) == 0 || errno == ENOENT;
  constexpr int kNew = O_RDWR | O_CREAT | O_EXCL | process::kOwnFile;
  const int file = is_free ? open(fresh.c_str(), kNew, 0600) : -1;
  if (file >= 0 && give_to_caller(file) && write_all(file, image, 0) && fsync(file) == 0 &&
      rename(fresh.c_str(), path_.c_str()) == 0 && sync_directory()) {
    file_ = file;
    return true;
  }
  spdlog::error("cannot write {}: {}", path_,
                is_free ? std::strerror(errno) : fresh + ": " + process::why_not_opened(fresh));
  if (file >= 0) {
    close(file);
    unlink(fresh.c_str());
  }
  return false;
}

bool FlashStorage::sync_directory() const {
  const int directory = open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  const bool synced =
      fsync(directory) == 0 || errno == EINVAL;  // EINVAL: not supported by the file system
  const int error = errno;
  close(directory);
  errno = error;
  return synced;
}

bool FlashStorage::was_removed() const {
  struct stat about {};
  return fstat(file_, &about) == 0 && about.st_nlink == 0;
}

void FlashStorage::forget_file() {
  close(file_);
  file_ = -1;
}
}  // namespace bfq::board

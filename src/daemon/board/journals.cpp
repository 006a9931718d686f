#include "daemon/board/journals.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "base/check_host.h"
#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"
#include "daemon/process/log.h"
#include "daemon/process/version.h"

namespace bfq::board {
namespace {
constexpr mode_t kOwnersAlone = S_IRUSR | S_IWUSR;
constexpr std::size_t kFlushAt = 64 * 1024;

/// All that have a black box to save when a CHECK fails.
std::vector<ModuleJournal*>& black_boxes() {
  static std::vector<ModuleJournal*> all;
  return all;
}

std::atomic<bool>& has_ended_early() {
  static std::atomic<bool> value = false;
  return value;
}

/// True for an empty file, and one that begins as that kind does.
bool may_be_replaced(int file, const FileKind& kind) {
  std::string begin(kind.first_bytes.size(), '\0');
  struct stat about {};
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) return false;
  const ssize_t n = pread(file, begin.data(), begin.size(), 0);
  return n == 0 || (n == static_cast<ssize_t>(begin.size()) && begin == kind.first_bytes);
}

/// Empties a file that exists, where that is of this kind and nobody else's.
void replace(int file, const std::string& path, const FileKind& kind) {
  if (!may_be_replaced(file, kind))
    throw process::Failure(
        fmt::format("{} exists and is no {}: choose another name, or remove it", path, kind.name));
  process::refuse_of_others(file, path);
  if (fchmod(file, kOwnersAlone) != 0 || ftruncate(file, 0) != 0)
    process::fail_with_errno(fmt::format("cannot make the {} {}", kind.name, path));
}
}  // namespace

journal::Build this_build(const at::Dialect& dialect) {
  static const std::string name =
      fmt::format("bfq4004 {} of {}", process::kVersion, process::kBuildDate);
  return {name, dialect};
}

// Files -------------------------------------------------------------------------------------------

int make_own_file(const std::string& path, const FileKind& kind) {
  constexpr int kFlags = O_RDWR | process::kOwnFile;
  int file = open(path.c_str(), kFlags | O_CREAT | O_EXCL, kOwnersAlone);
  const bool is_new = file >= 0;
  if (!is_new && errno == EEXIST) file = open(path.c_str(), kFlags);
  if (file < 0)
    throw process::Failure(
        fmt::format("cannot make the {} {}: {}", kind.name, path, process::why_not_opened(path)));
  try {
    if (!is_new) replace(file, path, kind);
    process::Caller::current().give(file);
  } catch (const process::Failure&) {
    close(file);
    throw;
  }
  return file;
}

void write_new_file(const std::string& path, std::string_view content) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | process::kOwnFile;
  const int file = open(path.c_str(), kFlags, kOwnersAlone);
  if (file < 0 && errno == EEXIST)
    throw process::Failure(
        fmt::format("cannot make {}: File exists; choose another name, or remove it", path));
  if (file < 0) process::fail_with_errno("cannot make " + path);
  process::Caller::current().give(file);
  const bool written = write_all(file, std::as_bytes(std::span(content)));
  const int why = errno;
  close(file);
  if (written) return;
  unlink(path.c_str());  // half a file would be taken for a whole one
  errno = why;
  process::fail_with_errno("cannot write " + path);
}

bool write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

JournalFile::JournalFile(const std::string& path)
    : writer_(process::DiskWriter::shared()),
      output_(std::make_shared<Output>(path, make_own_file(path, kJournal))) {}

void JournalFile::add(std::span<const std::byte> record) {
  if (output_ == nullptr) return;
  recorded_.insert(recorded_.end(), record.begin(), record.end());
  if (recorded_.size() >= kFlushAt) flush();
}

void JournalFile::flush() {
  if (output_ == nullptr || recorded_.empty()) return;
  std::unique_lock lock(output_->mutex);
  const bool is_first = output_->waiting.empty();
  const bool keeps_up = output_->waiting.size() + recorded_.size() <= kMostWaiting;
  if (!keeps_up && !output_->has_failed)
    spdlog::warn(
        "the disk does not keep up with the journal {}: it ends here, and the module goes on",
        output_->path);
  if (!keeps_up || output_->has_failed) {
    has_ended_early() = true;
    recorded_.clear();
    lock.unlock();
    return output_.reset();
  }
  output_->waiting.insert(output_->waiting.end(), recorded_.begin(), recorded_.end());
  recorded_.clear();
  if (is_first)
    writer_->post("the end of the journal " + output_->path, [out = output_] { out->write(); });
}

bool JournalFile::any_ended_early() { return has_ended_early(); }

void JournalFile::wait() { writer_->wait(process::DiskWriter::kPatience); }

JournalFile::Output::~Output() { close(file); }

/// Runs in the writer's thread.
void JournalFile::Output::write() {
  std::vector<std::byte> bytes;
  {
    const std::lock_guard lock(mutex);
    if (has_failed) return;
    bytes.swap(waiting);
  }
  if (write_all(file, bytes)) return;
  spdlog::warn("cannot write the journal {}: {}; it ends here, and the module goes on", path,
               std::strerror(errno));
  has_ended_early() = true;
  const std::lock_guard lock(mutex);
  has_failed = true;
}

// One module --------------------------------------------------------------------------------------

ModuleJournal::~ModuleJournal() { std::erase(black_boxes(), this); }

void ModuleJournal::write_to_file(const std::string& path) {
  file_.emplace(path);
  recorder_.write_to(*file_);
}

void ModuleJournal::keep_black_box(const std::string& where) {
  where_ = where;
  black_box_.emplace();
  recorder_.write_to(*black_box_);
  black_boxes().push_back(this);
  when_check_fails(check_failed);
}

void ModuleJournal::check_failed() {
  process::flush_log();
  for (ModuleJournal* journal : black_boxes()) journal->save();
}

/// The program is about to abort, in an unknown state: no exceptions, no log, and a new file.
void ModuleJournal::save() {
  recorder_.give_up();
  flush();
  if (file_) file_->wait();
  const std::string path = fmt::format("{}.{}.journal", where_, getpid());
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnersAlone);
  const bool saved = file >= 0 && write_all(file, black_box_->all());
  if (!saved) {
    std::fprintf(stderr, "cannot save what led to this in %s: %s\n", path.c_str(),
                 std::strerror(errno));
    return;
  }
  process::Caller::current().give(file);
  std::fprintf(stderr,
               "What led to this is in %s; bfq4004 replay shows it, with --redact it can be shown "
               "to others.\n",
               path.c_str());
}
}  // namespace bfq::board

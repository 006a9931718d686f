#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/black_box.h"
#include "journal/recorder.h"

namespace bfq::board {

/// This program's own builds of a module, as journals name them.
journal::Build this_build();

/// Makes a file that only its owner can read, and writes `bytes` to it; throws Failure. What lies
/// at `path` is replaced only where it is a journal.
int make_journal_file(const std::string& path);

/// Writes all bytes; false with errno set when that fails.
bool write_all(int file, std::span<const std::byte> bytes);

/// A whole journal, from the module's first moment on (run --journal).
class JournalFile final : public journal::Sink {
 public:
  /// Throws Failure when there is no such file to be made.
  explicit JournalFile(const std::string& path);
  ~JournalFile() override;
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  void begin(std::span<const std::byte> bytes) override { add(bytes); }
  void add(std::span<const std::byte> record) override;
  /// Puts what has come into the file. Once that fails, a warning says so and the journal ends
  /// there.
  void flush();

 private:
  std::string path_;
  int file_;
  std::vector<std::byte> waiting_;
};

/// What one module's recorder writes to: a file where one is asked for, and a black box that is
/// written to a file of its own when a CHECK fails.
class ModuleJournal {
 public:
  /// `recorder` must outlive this.
  explicit ModuleJournal(journal::Recorder& recorder) : recorder_(recorder) {}
  ~ModuleJournal();
  ModuleJournal(const ModuleJournal&) = delete;
  ModuleJournal& operator=(const ModuleJournal&) = delete;

  void write_to_file(const std::string& path);
  /// When a CHECK fails, the last of this module's history lies in a new file whose name begins
  /// like this.
  void keep_black_box(const std::string& where);
  /// Nothing moves any more: puts what has come into the file.
  void flush() {
    if (file_) file_->flush();
  }

 private:
  static void check_failed();
  void save();

  journal::Recorder& recorder_;
  std::optional<JournalFile> file_;
  std::optional<journal::BlackBox> black_box_;
  std::string where_;
};
}  // namespace bfq::board

#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "journal/black_box.h"
#include "journal/recorder.h"

namespace bfq::board {

/// How journals identify this build.
journal::Build this_build();

/// Creates a file that only its owner can read and returns its descriptor. Throws process::Failure.
/// An existing file is replaced only if it is a journal.
int make_journal_file(const std::string& path);

/// Writes all bytes; returns false, with errno set, on failure.
bool write_all(int file, std::span<const std::byte> bytes);

/// A whole journal, from the module's first moment on (run --journal).
class JournalFile final : public journal::Sink {
 public:
  /// Throws process::Failure when the file cannot be created.
  explicit JournalFile(const std::string& path);
  ~JournalFile() override;
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  void begin(std::span<const std::byte> bytes) override { add(bytes); }
  void add(std::span<const std::byte> record) override;
  /// Writes what was recorded to the file. When that fails, a warning is logged and the journal
  /// ends there.
  void flush();

 private:
  std::string path_;
  int file_;
  std::vector<std::byte> waiting_;
};

/// Where one module's recorder writes to: a file on request, and a black box, which is saved to a
/// file of its own when a CHECK fails.
class ModuleJournal {
 public:
  /// `recorder` must outlive this.
  explicit ModuleJournal(journal::Recorder& recorder) : recorder_(recorder) {}
  ~ModuleJournal();
  ModuleJournal(const ModuleJournal&) = delete;
  ModuleJournal& operator=(const ModuleJournal&) = delete;

  void write_to_file(const std::string& path);
  /// When a CHECK fails, the end of this module's history is saved to a new file whose name begins
  /// with `where`.
  void keep_black_box(const std::string& where);
  /// To be called at the end of each turn: writes what was recorded to the file.
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

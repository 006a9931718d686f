#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/process/disk_writer.h"
#include "journal/black_box.h"
#include "journal/recorder.h"

namespace bfq::board {

/// How journals identify this build, of a module of that dialect.
journal::Build this_build(const at::Dialect& dialect);

/// What a file of ours is called, and how it begins.
struct FileKind {
  std::string_view name, first_bytes;
};
inline constexpr FileKind kJournal{"journal", "BFQ4004 journal"};

/// Creates a file that only its owner can read and returns its descriptor. Throws process::Failure.
/// An existing file is replaced only if it is one of ours of that kind.
int make_own_file(const std::string& path, const FileKind& kind);

/// Writes a new file of mode 0600, which the caller owns; nothing is replaced. Throws
/// process::Failure, and leaves no file then.
void write_new_file(const std::string& path, std::string_view content);

/// Writes all bytes; returns false, with errno set, on failure.
bool write_all(int file, std::span<const std::byte> bytes);

/// A whole journal, from the module's first moment on (run --journal). The program's DiskWriter
/// writes it, so that the event loop never waits for the disk. When the disk fails, or does not
/// keep up, a warning is logged and the journal ends there, behind a whole record.
class JournalFile final : public journal::Sink {
 public:
  /// What may wait for the disk, in bytes.
  static constexpr std::size_t kMostWaiting = 1024 * 1024;

  /// Throws process::Failure when the file cannot be created, or nobody can write it.
  explicit JournalFile(const std::string& path);
  ~JournalFile() override { flush(); }
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  void begin(std::span<const std::byte> bytes) override { add(bytes); }
  void add(std::span<const std::byte> record) override;
  /// Has what was recorded written to the file.
  void flush();
  /// As DiskWriter::wait(): the program is about to abort.
  void wait();
  /// True once a journal has ended before its module: the program then ends with status 1.
  static bool any_ended_early();

 private:
  /// What the writer's thread shares, and may outlive this.
  struct Output {
    Output(std::string its_path, int its_file) : path(std::move(its_path)), file(its_file) {}
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    void write();

    const std::string path;
    const int file;
    std::mutex mutex;
    std::vector<std::byte> waiting;  ///< a job is posted that writes it, unless it is empty
    bool has_failed = false;
  };

  std::shared_ptr<process::DiskWriter> writer_;
  std::shared_ptr<Output> output_;  ///< null: the journal has ended
  std::vector<std::byte> recorded_;
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
  /// What the black box holds, as a whole journal; nothing where there is none.
  std::optional<std::vector<std::byte>> recent() const {
    return black_box_ ? std::optional(black_box_->all()) : std::nullopt;
  }
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

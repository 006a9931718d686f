#pragma once
#include <string>

namespace bfq::process {

/// A file that is locked with flock(2) for as long as its owner runs: the kernel releases it when
/// the process ends, however it ends. It may also contain a line of text.
///
/// One that is removed at the end says in its first line that it is ours: whatever else is there,
/// such as the `.lock` of another program, is neither written to nor removed, and neither is what
/// somebody has put in its place meanwhile. One that was there and empty is left empty.
class LockFile {
 public:
  enum class AtEnd : unsigned char { remove, keep };

  /// Throws Taken with the message `if_taken` when another process holds it, and Failure when it
  /// cannot be opened or locked, or is not ours.
  LockFile(std::string path, AtEnd at_end, const std::string& if_taken);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  /// What the last holder wrote.
  std::string read() const;
  /// Replaces that. For a file that is removed at the end.
  void write(const std::string& text);

 private:
  bool lock(const std::string& if_taken);
  void make_ours(bool created);
  bool is_still_there() const;
  std::string content() const;

  std::string path_;
  AtEnd at_end_;
  bool was_there_ = false;  ///< before us, and empty
  int descriptor_ = -1;
};
}  // namespace bfq::process

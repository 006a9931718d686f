#pragma once
#include <string>

namespace bfq::process {

/// A file that is locked with flock(2) for as long as its owner runs: the kernel releases it when
/// the process ends, however it ends. It also contains a line of text.
class LockFile {
 public:
  enum class AtEnd : unsigned char { remove, keep };

  /// Throws Taken with the message `if_taken` when another process holds it, and Failure when it
  /// cannot be opened or locked.
  LockFile(std::string path, AtEnd at_end, const std::string& if_taken);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  /// What the last holder wrote.
  std::string read() const;
  void write(const std::string& text);

 private:
  bool is_still_there() const;

  std::string path_;
  AtEnd at_end_;
  int descriptor_ = -1;
};
}  // namespace bfq::process

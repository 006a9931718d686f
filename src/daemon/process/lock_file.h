#pragma once
#include <string>

namespace bfq::process {

/// A file that says, with flock, that somebody is alive: the kernel lets go of it when the program
/// ends, however it ends. It also holds a line of text.
class LockFile {
 public:
  enum class AtEnd : unsigned char { remove, keep };

  /// Throws Taken with `if_taken` when another process holds it, and Failure when it cannot be had.
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

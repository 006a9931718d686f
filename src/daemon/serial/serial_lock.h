#pragma once
#include <string>

namespace bfq::serial {

/// The lock file by which serial programs (minicom, picocom, ...) tell each other that a device is
/// in use: /var/lock/LCK..ttyUSB0, with the number of the process in it. One whose process has
/// ended is replaced. Where the directory does not exist, or is not writable, there is none.
class SerialLock {
 public:
  /// Throws Taken, naming who has it.
  explicit SerialLock(const std::string& device);
  ~SerialLock();
  SerialLock(SerialLock&& other) noexcept;
  SerialLock& operator=(SerialLock&&) = delete;

 private:
  std::string path_;  ///< empty where there is none
};
}  // namespace bfq::serial

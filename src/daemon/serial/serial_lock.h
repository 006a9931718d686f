#pragma once
#include <string>

namespace bfq::serial {

/// The lock file by which serial programs (minicom, picocom, ...) tell each other that a device is
/// in use: /var/lock/LCK..ttyUSB0, which contains the process ID. A stale lock is replaced. Without
/// a writable directory there is none.
class SerialLock {
 public:
  /// Throws process::Taken, which names the process that holds it.
  explicit SerialLock(const std::string& device);
  ~SerialLock();
  SerialLock(SerialLock&& other) noexcept;
  SerialLock& operator=(SerialLock&&) = delete;

 private:
  std::string path_;  ///< empty where there is none
};
}  // namespace bfq::serial

#pragma once
#include <string>

#include "daemon/process/lock_file.h"

namespace bfq::serial {

/// A symlink by which people find the serial port: made anew, and removed at the end.
///
/// Beside it, while the program runs, lies PATH.lock, which it holds and in which the link's target
/// is written. So a link whose owner runs is never taken over, one that a crash has left behind is,
/// and what is not ours is left alone.
class DeviceLink {
 public:
  /// Throws Failure when something that is in use, or not ours, is in the way.
  DeviceLink(std::string path, const std::string& target);
  ~DeviceLink();
  DeviceLink(const DeviceLink&) = delete;
  DeviceLink& operator=(const DeviceLink&) = delete;

  const std::string& path() const { return path_; }
  void point_to(const std::string& target);

 private:
  void make_room() const;
  void make(const std::string& target);
  std::string target_now() const;

  std::string path_;
  process::LockFile lock_;
  std::string target_;
};
}  // namespace bfq::serial

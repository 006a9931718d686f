#pragma once
#include <string>

#include "daemon/process/lock_file.h"

namespace bfq::serial {

/// The symlink at a fixed path that points to the serial port; removed at the end.
///
/// While the program runs it holds PATH.lock, which contains the link's target. So a link whose
/// owner runs is never taken over, a stale link that a crash left behind is replaced, and anything
/// else at that path is left alone.
class DeviceLink {
 public:
  /// Throws process::Failure when a link that is in use, or anything else, is at `path`.
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

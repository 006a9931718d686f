#pragma once
#include <sys/types.h>

#include <string>

namespace bfq::process {
/// The person who started the program: under sudo the one who called sudo, to whom links, devices
/// and files are then given.
class Caller {
 public:
  static const Caller& current();

  /// Home directory, without a slash at its end.
  const std::string& home() const { return home_; }
  /// Gives an open file, or a path itself (a symlink is not followed), to the caller. Does nothing
  /// unless sudo is in between.
  void give(int descriptor) const;
  void give(const std::string& path) const;

 private:
  Caller();
  uid_t uid_;
  gid_t gid_;
  bool through_sudo_ = false;
  std::string home_;
};
}  // namespace bfq::process

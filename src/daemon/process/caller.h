#pragma once
#include <sys/types.h>

#include <string>

namespace bfq::process {
/// The user who started the program: under sudo the one who called sudo, who then becomes the owner
/// of the links, devices and files that the program makes.
class Caller {
 public:
  static const Caller& current();

  uid_t user() const { return uid_; }
  /// The home directory, without a trailing slash.
  const std::string& home() const { return home_; }
  /// Makes the caller the owner of an open file, or of a path itself (a symlink is not followed).
  /// Does nothing without sudo. Throws Failure.
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

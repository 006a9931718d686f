#pragma once
#include <sys/types.h>

#include <string>

namespace bfq::process {
/// The user who started the program: under sudo the one who called sudo, who then becomes the owner
/// of the links, devices and files that the program makes.
class Caller {
 public:
  static const Caller& current();

  /// True where the caller is another user than the one that the program runs as.
  bool is_through_sudo() const { return through_sudo_; }
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

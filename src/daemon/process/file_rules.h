#pragma once
#include <span>
#include <string>

#include "daemon/process/later_acts.h"

namespace bfq::process {

/// What of the file system can be opened, created and removed, as rules of Landlock. They bind the
/// threads that ask for it and those that these start, for good; what is open stays open.
class FileRules {
 public:
  /// Everything that is not of use in a place is refused, with EACCES. Places that do not exist are
  /// left out.
  explicit FileRules(std::span<const PathGrant> places);
  ~FileRules();
  FileRules(const FileRules&) = delete;
  FileRules& operator=(const FileRules&) = delete;

  /// Binds the calling thread. Returns why not, or nothing. Takes no_new_privs.
  std::string bind_this_thread() const;

 private:
  void add(const PathGrant& place);

  int version_;  ///< of the kernel's Landlock; 0 for none
  int ruleset_ = -1;
  std::string why_not_;
};
}  // namespace bfq::process

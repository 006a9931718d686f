#include "daemon/process/caller.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "daemon/process/failure.h"
#include "daemon/process/number.h"

namespace bfq::process {
namespace {
std::optional<unsigned> number_in_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : whole_number<unsigned>(text);
}

std::string home_of(uid_t uid, bool through_sudo) {
  const char* home = std::getenv("HOME");
  if (!through_sudo && home != nullptr && home[0] == '/') return home;
  const passwd* entry = getpwuid(uid);
  return entry != nullptr ? entry->pw_dir : "/";
}
}  // namespace

const Caller& Caller::current() {
  static const Caller caller;
  return caller;
}

Caller::Caller() : uid_(geteuid()), gid_(getegid()) {
  const auto uid = number_in_environment("SUDO_UID");
  const auto gid = number_in_environment("SUDO_GID");
  if (uid_ == 0 && uid && gid) {
    uid_ = *uid;
    gid_ = *gid;
    through_sudo_ = true;
  }
  home_ = home_of(uid_, through_sudo_);
  while (!home_.empty() && home_.back() == '/') home_.pop_back();
}

void Caller::give(int descriptor) const {
  if (through_sudo_ && fchown(descriptor, uid_, gid_) != 0)
    fail_with_errno("cannot change the owner of a file");
}

void Caller::give(const std::string& path) const {
  if (through_sudo_ && lchown(path.c_str(), uid_, gid_) != 0)
    fail_with_errno("cannot change the owner of " + path);
}
}  // namespace bfq::process

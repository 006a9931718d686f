#include "daemon/process/file_access.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>

#include "daemon/process/failure.h"
#include "daemon/process/number.h"

namespace bfq::process {
namespace {
uid_t user_of(const std::string& name) {
  if (const passwd* found = getpwnam(name.c_str())) return found->pw_uid;
  if (const auto number = whole_number<std::uint32_t>(name)) return *number;
  throw Failure("there is no user '" + name + "' on this machine");
}

gid_t group_of(const std::string& name) {
  if (const group* found = getgrnam(name.c_str())) return found->gr_gid;
  if (const auto number = whole_number<std::uint32_t>(name)) return *number;
  throw Failure("there is no group '" + name + "' on this machine");
}
}  // namespace

void FileAccess::apply(const std::string& path) const {
  constexpr auto kAsItIs = static_cast<uid_t>(-1);
  const uid_t owner = user.empty() ? kAsItIs : user_of(user);
  const gid_t owners = group.empty() ? kAsItIs : group_of(group);
  const bool moves = owner != kAsItIs || owners != kAsItIs;
  if (moves && fchownat(AT_FDCWD, path.c_str(), owner, owners, AT_SYMLINK_NOFOLLOW) != 0)
    fail_with_errno("cannot give " + path + " to " + user + (group.empty() ? "" : ":" + group));
  // After that, since a change of the owner may clear bits.
  if (mode && chmod(path.c_str(), *mode) != 0) fail_with_errno("cannot set the mode of " + path);
}
}  // namespace bfq::process

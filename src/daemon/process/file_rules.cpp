#include "daemon/process/file_rules.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

namespace bfq::process {
namespace {
// What the kernel's headers of Debian 12 do not have yet, by landlock(7).
constexpr std::uint64_t kTruncate = 1ULL << 14U, kIoctlOfDevice = 1ULL << 15U;
constexpr std::uint64_t kSignals = 1U << 1U;
struct RulesetAttributes {
  std::uint64_t files, ports, scopes;
};

/// How many rights each version of Landlock knows, from the lowest bit on.
constexpr std::array kRightsOfVersion = {0U, 13U, 14U, 15U, 15U, 16U};
constexpr int kVersionWithScopes = 6;

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
/// Of a rule for a file that is no folder.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_READ_FILE | kWrite | kIoctlOfDevice;

constexpr std::uint64_t rights_of(FileUse use) {
  switch (use) {
    case FileUse::read: return kRead;
    case FileUse::device:
      return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kIoctlOfDevice;
    case FileUse::store:
      return kRead | kWrite | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
    case FileUse::add: return LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;
    case FileUse::link: return LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REMOVE_FILE;
  }
  return 0;
}

std::uint64_t known_rights(int version) {
  const auto last = kRightsOfVersion.size() - 1;
  const auto row = static_cast<std::size_t>(version);
  return (1ULL << kRightsOfVersion[row < last ? row : last]) - 1;
}

int version_of_kernel() {
  const auto version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}
}  // namespace

FileRules::FileRules(std::span<const PathGrant> places) : version_(version_of_kernel()) {
  if (version_ == 0) {
    why_not_ = "this kernel has no Landlock";
    return;
  }
  const RulesetAttributes attributes{.files = known_rights(version_),
                                     .ports = 0,
                                     .scopes = version_ >= kVersionWithScopes ? kSignals : 0};
  ruleset_ =
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (ruleset_ < 0) {
    why_not_ = std::string("Landlock: ") + std::strerror(errno);
    return;
  }
  // The doors of thousands of modules may be in one folder.
  std::set<std::pair<std::string_view, FileUse>> added;
  for (const PathGrant& place : places)
    if (added.emplace(place.path, place.use).second) add(place);
}

FileRules::~FileRules() {
  if (ruleset_ >= 0) close(ruleset_);
}

void FileRules::add(const PathGrant& place) {
  const int there = open(place.path.c_str(), O_PATH | O_CLOEXEC);
  if (there < 0) return;
  struct stat about {};
  fstat(there, &about);
  std::uint64_t rights = rights_of(place.use) & known_rights(version_);
  if (!S_ISDIR(about.st_mode)) rights &= kOfFiles;
  if (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode)) rights = 0;  // no folder has them
  const landlock_path_beneath_attr rule{.allowed_access = rights, .parent_fd = there};
  if (rights != 0 &&
      syscall(SYS_landlock_add_rule, ruleset_, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    why_not_ = "Landlock, " + place.path + ": " + std::strerror(errno);
  close(there);
}

std::string FileRules::bind_this_thread() const {
  if (!why_not_.empty()) return why_not_;
  if (syscall(SYS_landlock_restrict_self, ruleset_, 0) != 0)
    return std::string("Landlock: ") + std::strerror(errno);
  return {};
}
}  // namespace bfq::process

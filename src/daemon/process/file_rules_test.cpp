#include "daemon/process/file_rules.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace bfq::process {
namespace {
namespace fs = std::filesystem;

/// What a process may try in a folder, each with 0 or an errno.
struct Tried {
  int read, write, create, remove, link;
  bool operator==(const Tried&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Tried& t) {
  return out << "read " << t.read << ", write " << t.write << ", create " << t.create << ", remove "
             << t.remove << ", link " << t.link;
}

int outcome(int result) { return result >= 0 ? 0 : errno; }

Tried try_all(const fs::path& folder) {
  const auto opened = [&](const char* name, int flags) {
    return outcome(open((folder / name).c_str(), flags, 0600));
  };
  return {.read = opened("old", O_RDONLY),
          .write = opened("old", O_WRONLY),
          .create = opened("new", O_WRONLY | O_CREAT | O_EXCL),
          .remove = outcome(unlink((folder / "old").c_str())),
          .link = outcome(symlink("old", (folder / "link").c_str()))};
}

class FileRulesOfAFolder : public testing::Test {
 protected:
  FileRulesOfAFolder() {
    std::string name = "/tmp/bfq-rules-XXXXXX";
    folder_ = mkdtemp(name.data());
    for (const char* each : {"place", "elsewhere"}) {
      fs::create_directory(folder_ / each);
      std::ofstream(folder_ / each / "old") << "content";
    }
  }
  ~FileRulesOfAFolder() override { fs::remove_all(folder_); }

  /// In a process of its own, as rules cannot be taken back. Leaves out Landlock's absence.
  Tried try_in(const char* where, FileUse use) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) std::abort();
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      const std::array places = {PathGrant{folder_ / "place", use},
                                 PathGrant{folder_ / "absent", use}};
      if (!FileRules(places).bind_this_thread().empty()) _exit(1);
      const Tried tried = try_all(folder_ / where);
      _exit(write(ends[1], &tried, sizeof tried) == sizeof tried ? 0 : 2);
    }
    Tried tried{};
    close(ends[1]);
    has_landlock_ = read(ends[0], &tried, sizeof tried) == sizeof tried;
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return tried;
  }

  fs::path folder_;
  bool has_landlock_ = true;
};

TEST_F(FileRulesOfAFolder, LetThroughWhatItsUseSays) {
  struct Case {
    FileUse use;
    Tried expected;
  };
  constexpr std::array kCases = {
      Case{FileUse::read, {0, EACCES, EACCES, EACCES, EACCES}},
      Case{FileUse::device, {0, 0, EACCES, EACCES, EACCES}},
      Case{FileUse::store, {0, 0, 0, 0, EACCES}},
      Case{FileUse::add, {EACCES, 0, 0, EACCES, EACCES}},
      Case{FileUse::link, {EACCES, EACCES, EACCES, 0, 0}},
  };
  for (const auto& [use, expected] : kCases) {
    SCOPED_TRACE(static_cast<int>(use));
    const Tried tried = try_in("place", use);
    if (!has_landlock_) GTEST_SKIP() << "this kernel has no Landlock";
    EXPECT_EQ(tried, expected);
    fs::remove(folder_ / "place/new");
    fs::remove(folder_ / "place/link");
    std::ofstream(folder_ / "place/old") << "content";
    EXPECT_EQ(try_in("elsewhere", use), (Tried{EACCES, EACCES, EACCES, EACCES, EACCES}));
  }
}
}  // namespace
}  // namespace bfq::process

// Journals as files: whose they are, and that a CHECK that fails leaves one behind.
#include "daemon/board/journals.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/check.h"
#include "commands/bfq4004.h"
#include "daemon/process/failure.h"
#include "daemon/replay_command.h"
#include "journal/replay.h"
#include "runtime/doors.h"

namespace bfq::board {
namespace {
namespace fs = std::filesystem;

std::string contents_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

mode_t mode_of(const fs::path& path) {
  struct stat about {};
  EXPECT_EQ(stat(path.c_str(), &about), 0);
  return about.st_mode & 0777U;
}

/// A folder of its own, and a module that has joined in its sleep.
class Journals : public ::testing::Test {
 protected:
  Journals() {
    std::string name = fs::temp_directory_path() / "bfq-journals-XXXXXX";
    folder = mkdtemp(name.data());
  }
  ~Journals() override { fs::remove_all(folder); }

  void type(std::string_view text) {
    doors.uart_input(std::as_bytes(std::span(text)), now += 1ms);
    while (!module.uart_output().empty()) doors.uart_sent(module.uart_output().size(), now);
    while (doors.next_request()) {
    }
  }
  void live() {
    doors.handle(power::Started{}, now);
    type("ATE0\r\n");
    type("AT+CWJAP_CUR=\"a\",\"very-secret\"\r\n");
  }

  fs::path folder;
  Module module{{}, commands::kBfq4004};
  journal::Recorded<runtime::Doors> doors{module, this_build(commands::kBfq4004)};
  Instant now{};
};

TEST_F(Journals, are_their_owners_alone_and_replay) {
  const fs::path path = folder / "all.journal";
  {
    ModuleJournal journal(doors.recorder());
    journal.write_to_file(path);
    live();
    journal.flush();
  }
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_NE(contents_of(path).substr(0, 100).find("holds passwords"), std::string::npos);
  EXPECT_EQ(daemon::replay({.journal = path}), EXIT_SUCCESS);
}

TEST_F(Journals, replace_only_journals) {
  const fs::path path = folder / "precious";
  std::ofstream(path) << "something else";
  EXPECT_THROW(JournalFile{path}, process::Failure);
  EXPECT_EQ(contents_of(path), "something else");
  std::ofstream(path) << "BFQ4004 journal 1: an old one, for everybody to read\n";
  fs::permissions(path, fs::perms::all);
  EXPECT_THROW(JournalFile{path}, process::Failure);  // others may have written it
  fs::permissions(path, fs::perms::others_write | fs::perms::group_write, fs::perm_options::remove);
  JournalFile journal(path);
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(contents_of(path), "");
  EXPECT_THROW(JournalFile{folder}, process::Failure);
}

TEST_F(Journals, that_are_redacted_replay_and_hold_no_secret) {
  const fs::path path = folder / "all.journal", redacted = folder / "redacted.journal";
  {
    ModuleJournal journal(doors.recorder());
    journal.write_to_file(path);
    live();
  }
  EXPECT_NE(contents_of(path).find("very-secret"), std::string::npos);
  EXPECT_EQ(daemon::replay({.journal = path, .redacted = redacted}), EXIT_SUCCESS);
  EXPECT_EQ(contents_of(redacted).find("very-secret"), std::string::npos);
  EXPECT_EQ(mode_of(redacted), 0600U);
  EXPECT_EQ(daemon::replay({.journal = redacted}), EXIT_SUCCESS);
}

TEST_F(Journals, that_are_damaged_are_a_failure_with_a_place) {
  const fs::path path = folder / "all.journal";
  {
    ModuleJournal journal(doors.recorder());
    journal.write_to_file(path);
    live();
  }
  fs::resize_file(path, fs::file_size(path) - 3);
  try {
    daemon::replay({.journal = path});
    FAIL();
  } catch (const process::Failure& failure) {
    EXPECT_NE(std::string(failure.what()).find("at byte "), std::string::npos);
    EXPECT_NE(std::string(failure.what()).find("cut short"), std::string::npos);
  }
}

TEST_F(Journals, outlive_a_CHECK_that_fails) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  setenv("BFQ_TEST_FOLDER", folder.c_str(),
         0);  // the test that dies is run again, in another process
  const fs::path shared = std::getenv("BFQ_TEST_FOLDER");
  const auto die = [&] {
    ModuleJournal journal(doors.recorder());
    journal.keep_black_box(shared / "bfq0");
    live();
    CHECK(now == Instant{});
  };
  EXPECT_DEATH(die(), "CHECK failed: now == Instant.*\n.*is in .*/bfq0\\.[0-9]+\\.journal");
  unsetenv("BFQ_TEST_FOLDER");
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ++found;
    EXPECT_EQ(mode_of(entry.path()), 0600U);
    EXPECT_EQ(daemon::replay({.journal = entry.path()}), EXIT_SUCCESS);
  }
  EXPECT_EQ(found, 1U);
}
}  // namespace
}  // namespace bfq::board

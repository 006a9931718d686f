// Files that somebody else may have prepared: FIFOs, lock files of others, foreign owners.
#include "daemon/process/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "daemon/process/failure.h"
#include "daemon/process/lock_file.h"

namespace bfq::process {
namespace {
namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string name = fs::temp_directory_path() / "bfq-files-XXXXXX";
    folder = mkdtemp(name.data());
    path = folder / "file";
  }
  ~Files() override { fs::remove_all(folder); }

  void write(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
  std::string content() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// What the failure says, or nothing.
  std::string refusal() const {
    const int file = open(path.c_str(), O_RDONLY | kOwnFile);
    std::string why;
    try {
      refuse_of_others(file, path);
    } catch (const Failure& failure) {
      why = failure.what();
    }
    close(file);
    return why;
  }
  LockFile lock(LockFile::AtEnd at_end = LockFile::AtEnd::remove) const {
    return {path, at_end, "taken"};
  }

  fs::path folder, path;
};

TEST_F(Files, are_read_up_to_their_longest) {
  write("12345");
  EXPECT_EQ(read_file(path, 5, Readable::regular_file), "12345");
  EXPECT_THROW(read_file(path, 4, Readable::anything), Failure);
  EXPECT_THROW(read_file(folder, 100, Readable::anything), Failure);
  EXPECT_THROW(read_file(folder / "none", 100, Readable::anything), Failure);
}

TEST_F(Files, that_are_a_FIFO_are_read_where_they_may_be_and_never_waited_for_else) {
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THROW(read_file(path, 100, Readable::regular_file), Failure);
  EXPECT_THROW(lock(), Failure);
  std::thread writes([this] { write("from a pipe"); });
  EXPECT_EQ(read_file(path, 100, Readable::anything), "from a pipe");
  writes.join();
}

TEST_F(Files, that_are_too_long_are_named_with_size_and_limit) {
  write("12345");
  try {
    read_file(path, 4, Readable::regular_file);
    ADD_FAILURE();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.what(), path.string() + ": this has 5 bytes; the limit is 4");
  }
}

TEST_F(Files, that_are_symbolic_links_are_called_that) {
  fs::create_symlink("/dev/null", path);
  EXPECT_EQ(open(path.c_str(), O_RDONLY | kOwnFile), -1);
  EXPECT_EQ(why_not_opened(path).find("it is a symbolic link"), 0U) << why_not_opened(path);
  EXPECT_EQ(open((folder / "none").c_str(), O_RDONLY | kOwnFile), -1);
  EXPECT_EQ(why_not_opened(folder / "none"), "No such file or directory");
}

TEST_F(Files, that_are_no_files_are_called_what_they_are) {
  fs::create_directory(path);
  EXPECT_EQ(open(path.c_str(), O_RDWR | kOwnFile), -1);
  constexpr auto kWhat =
      "it is a directory, where a file is expected; remove it, or choose another path";
  EXPECT_EQ(why_not_opened(path), kWhat);
  try {
    lock();
    ADD_FAILURE();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.what(), "cannot open the lock file " + path.string() + ": " + kWhat);
  }
}

TEST_F(Files, of_ours_alone_are_trusted) {
  write("");
  for (const mode_t mode : {0600U, 0644U, 0400U}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_EQ(refusal(), "") << mode;
  }
  for (const mode_t mode : {0666U, 0620U, 0602U}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_NE(refusal().find("others may write to it"), std::string::npos) << mode;
    EXPECT_NE(refusal().find("chmod go-w " + path.string()), std::string::npos) << mode;
  }
}

TEST_F(Files, of_somebody_else_are_not) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make files of others";
  write("");
  ASSERT_EQ(chown(path.c_str(), 4004, 4004), 0);
  EXPECT_NE(refusal().find("has owner 4004 and mode 0644: it belongs to somebody else"),
            std::string::npos)
      << refusal();
  ASSERT_EQ(chown(folder.c_str(), 4004, 4004), 0);  // root acts for the owner of the directory
  EXPECT_EQ(refusal(), "");
}

TEST_F(Files, that_lock_are_removed_at_the_end_and_a_stale_one_is_taken_over) {
  {
    LockFile first = lock();
    first.write("what was there");
    EXPECT_EQ(first.read(), "what was there");
    EXPECT_THROW(lock(), Taken);
    fs::copy(path, folder / "stale");
  }
  EXPECT_FALSE(fs::exists(path));
  fs::rename(folder / "stale", path);
  EXPECT_EQ(lock().read(), "what was there");
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Files, that_are_somebody_elses_lock_are_left_alone) {
  write("[[package]]\n");
  EXPECT_THROW(lock(), Failure);
  EXPECT_EQ(content(), "[[package]]\n");
  write("");
  { lock().write("text"); }
  EXPECT_TRUE(fs::exists(path));
  EXPECT_EQ(content(), "");
  write("kept");
  { const LockFile kept = lock(LockFile::AtEnd::keep); }
  EXPECT_EQ(content(), "kept");
}

TEST_F(Files, that_are_put_in_the_place_of_a_lock_stay) {
  {
    const LockFile ours = lock();
    fs::remove(path);
    write("[[package]]\n");
  }
  EXPECT_EQ(content(), "[[package]]\n");
}

TEST_F(Files, that_lock_and_were_not_written_to_their_end_are_ours) {
  const std::string line = "lock of bfq4004\n";
  for (const std::string& left : {line.substr(0, 1), line.substr(0, 15), std::string(26, '\0')}) {
    write(left);
    EXPECT_NO_THROW(lock()) << left.size();
    EXPECT_FALSE(fs::exists(path)) << left.size();
  }
}
}  // namespace
}  // namespace bfq::process

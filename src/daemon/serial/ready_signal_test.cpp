#include "daemon/serial/ready_signal.h"

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

namespace bfq::serial {
namespace {
/// A file, and an inotify instance that notices who opens it.
class AReadySignal : public testing::Test {
 protected:
  AReadySignal() {
    const int file = mkstemp(path_.data());
    EXPECT_GE(file, 0);
    close(file);
    EXPECT_GE(inotify_add_watch(inotify_, path_.c_str(), IN_OPEN), 0);
    signal.watch(inotify_);
  }
  ~AReadySignal() override {
    close(inotify_);
    unlink(path_.c_str());
  }

  void open_file() const { const std::ifstream file(path_); }
  /// Equal events are one until it is read.
  void read_events() const {
    std::array<char, 1024> events{};
    EXPECT_GT(read(inotify_, events.data(), events.size()), 0);
  }

  ReadySignal signal;

 private:
  std::string path_ = "/tmp/bfq-ready-XXXXXX";
  int inotify_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
};

TEST_F(AReadySignal, TellsOnceAndBeforeAnythingElseIsDone) {
  EXPECT_FALSE(signal.changed());
  for (int i = 0; i < 10; ++i) {
    open_file();
    EXPECT_TRUE(signal.changed());
    EXPECT_FALSE(signal.changed());
    read_events();
  }
}

TEST_F(AReadySignal, TellsEachWhoAsks) {
  ReadySignal other;
  other.changed();
  EXPECT_FALSE(other.changed());
  open_file();
  EXPECT_TRUE(signal.changed());
  EXPECT_TRUE(other.changed());
}
}  // namespace
}  // namespace bfq::serial

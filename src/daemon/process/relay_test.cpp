#include "daemon/process/relay.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace bfq::process {
namespace {
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class RelayTest : public testing::Test {
 protected:
  RelayTest() {
    std::string name = fs::temp_directory_path() / "bfq-relay-XXXXXX";
    file = mkstemp(name.data());
    path = name;
    getrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_IGN);
  }
  ~RelayTest() override {
    limit_files(before_.rlim_cur);
    fs::remove(path);
  }
  void limit_files(rlim_t bytes) const {
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  static void write(Relay& relay, std::string_view text) {
    EXPECT_EQ(relay.write(std::as_bytes(std::span(text))), static_cast<ssize_t>(text.size()));
    EXPECT_TRUE(relay.wait(10s));
  }
  std::string content() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  int file = -1;
  fs::path path;

 private:
  rlimit before_{};
};

TEST_F(RelayTest, WhatIsWrittenIsInTheFileWhenItHasWaited) {
  Relay relay(file, Relay::Use::telling);
  write(relay, "one\n");
  EXPECT_EQ(content(), "one\n");
  write(relay, "two\n");
  EXPECT_EQ(content(), "one\ntwo\n");
}

TEST_F(RelayTest, AFullDiskCostsLinesThatAreCountedWhereItGoesOn) {
  {
    Relay relay(file, Relay::Use::telling);
    write(relay, "one\n");
    limit_files(6);
    for (int i = 0; i < 3; ++i) write(relay, "two\nthree\n");
    limit_files(RLIM_INFINITY);
    write(relay, "four\n");
  }
  EXPECT_EQ(content(), "one\ntw\n6 lines are lost here: File too large\nfour\n");
}

TEST_F(RelayTest, AFileIsReadToItsEnd) {
  std::ofstream(path) << "some text";
  Relay relay(file, Relay::Use::reading);
  std::string text;
  char c = 0;
  for (ssize_t n = -1; n != 0; n = read(relay.descriptor(), &c, 1))
    if (n > 0) text += c;
  EXPECT_EQ(text, "some text");
}
}  // namespace
}  // namespace bfq::process

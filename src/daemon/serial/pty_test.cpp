#include "daemon/serial/pty.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <vector>

namespace bfq::serial {
namespace {
using namespace std::chrono_literals;

/// A door, and how often it has noticed something.
struct PtyOfAModule {
  explicit PtyOfAModule(boost::asio::io_context& io)
      : side(io, "bfq0", false, [this] { ++noticed; }) {}
  int open_slave() const { return open(door.device().c_str(), O_RDWR | O_NOCTTY); }

  int noticed = 0;
  DoorSide side;
  PtyDoor door{side, DoorSpec{}};
};

/// More than the inotify instances that a user may have.
constexpr std::size_t kMany = 200;

bool has_ptys(std::size_t n) {
  std::vector<int> masters;
  while (masters.size() < n) {
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0) break;
    masters.push_back(master);
  }
  for (const int master : masters) close(master);
  return masters.size() == n;
}

TEST(PtyDoors, of_many_modules_notice_each_its_own_hosts) {
  if (!has_ptys(kMany)) GTEST_SKIP() << "this machine has no " << kMany << " PTYs left";
  boost::asio::io_context io;
  std::vector<std::unique_ptr<PtyOfAModule>> all;
  while (all.size() < kMany) all.push_back(std::make_unique<PtyOfAModule>(io));
  std::vector<int> expected(kMany, 0);
  const auto as_expected = [&] {
    return std::equal(all.begin(), all.end(), expected.begin(),
                      [](const auto& one, int times) { return one->noticed == times; });
  };
  const auto soon = [&] {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!as_expected() && std::chrono::steady_clock::now() < deadline) io.run_one_for(100ms);
    io.poll();
    return as_expected();
  };
  for (const std::size_t i : {0U, 126U, 128U, 199U, 7U}) {
    const int host = all[i]->open_slave();
    ASSERT_GE(host, 0);
    expected[i] = 1;
    EXPECT_TRUE(soon()) << "a host has come at " << i;
    close(host);
    expected[i] = 2;
    EXPECT_TRUE(soon()) << "it has gone from " << i;
    all[i].reset();
    all[i] = std::make_unique<PtyOfAModule>(io);
    expected[i] = 0;
  }
}
}  // namespace
}  // namespace bfq::serial

// How much a host at a Unix socket has unread is known to a paced wire, however long the writes
// were that it comes of, and whatever the host reads at once.
#include "daemon/serial/counting_host.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <memory>
#include <string>

namespace bfq::serial {
namespace {
constexpr std::size_t kLongest = 512;

class CountingHostTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    host = std::make_shared<CountingHost>(side, ends[0], "a host");
    reader = ends[1];
  }
  void TearDown() override {
    host.reset();
    if (reader >= 0) close(reader);
  }

  /// Writes on until all is written, or the host takes no more; returns how much it took.
  std::size_t write(std::size_t n) {
    std::size_t done = 0;
    while (done < n) {
      const std::string text(n - done, 'x');
      const Transfer some = host->write(std::as_bytes(std::span(text)));
      if (some.n == 0) break;
      done += some.n;
    }
    return done;
  }
  std::size_t read(std::size_t most) const {
    std::string bytes(most, '\0');
    const ssize_t n = recv(reader, bytes.data(), bytes.size(), MSG_DONTWAIT);
    return n < 0 ? 0 : static_cast<std::size_t>(n);
  }

  boost::asio::io_context io;
  DoorSide side{io, "bfq0", true, [] {}};
  std::shared_ptr<CountingHost> host;
  int reader = -1;
};

TEST_F(CountingHostTest, what_was_written_and_not_read_is_unread) {
  EXPECT_EQ(host->backlog(), 0U);
  for (const std::size_t n : {1U, 2048U, 5U, 127U, 128U, 129U, 700U, 1900U}) {
    ASSERT_EQ(write(n), n);
    EXPECT_EQ(host->backlog(), n) << "of one piece";
    while (read(4096) > 0) {
    }
    EXPECT_EQ(host->backlog(), 0U);
  }
}

TEST_F(CountingHostTest,
       a_host_that_reads_little_is_never_thought_to_have_more_or_less_than_a_write) {
  std::size_t written = 0, got = 0;
  std::srand(1);
  for (int round = 0; round < 3000; ++round) {
    const std::size_t unread = written - got;
    ASSERT_GE(host->backlog(), unread);
    ASSERT_LT(host->backlog(), unread + kLongest);
    if (unread < 8192) written += write(1 + static_cast<std::size_t>(std::rand()) % 2048);
    got += read(1 + static_cast<std::size_t>(std::rand()) % 1500);
  }
  ASSERT_GT(got, 100'000U);
}

TEST_F(CountingHostTest, a_long_piece_is_few_writes) {
  ASSERT_EQ(write(kLongest), kLongest);
  ASSERT_EQ(read(1), 1U);  // part of a write is as unread as all of it
  EXPECT_EQ(host->backlog(), kLongest);
  ASSERT_EQ(read(kLongest), kLongest - 1);
  EXPECT_EQ(host->backlog(), 0U);
}

TEST_F(CountingHostTest, who_does_not_read_is_given_no_more_than_some_writes) {
  EXPECT_EQ(write(1'000'000), 64 * kLongest);
  EXPECT_EQ(write(1), 0U);
  ASSERT_EQ(read(kLongest), kLongest);
  EXPECT_EQ(write(kLongest), kLongest);
}
}  // namespace
}  // namespace bfq::serial

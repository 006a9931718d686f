// What a host at a socket is given in large pieces goes there in fewer of them, and in its order.
#include "daemon/serial/gathering_host.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

namespace bfq::serial {
namespace {
class GatheringHostTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    host = std::make_shared<GatheringHost>(side, ends[0], "a host");
    reader = ends[1];
  }
  void TearDown() override {
    host.reset();
    if (reader >= 0) close(reader);
  }

  Transfer write(std::size_t n, char what) {
    const std::string text(n, what);
    return host->write(std::as_bytes(std::span(text)));
  }
  /// The bytes of the next write, or nothing when there is none yet.
  std::optional<std::string> next_write() const {
    std::string bytes(65536, '\0');
    const ssize_t n = recv(reader, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (n < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(n));
    return bytes;
  }
  void handle_events() {
    io.restart();
    io.poll();
  }

  boost::asio::io_context io;
  DoorSide side{io, "bfq0", false, [] {}};
  std::shared_ptr<GatheringHost> host;
  int reader = -1;
};

TEST_F(GatheringHostTest, large_pieces_are_one_write_and_small_ones_go_at_once) {
  EXPECT_EQ(write(4, 'a').n, 4U);
  EXPECT_EQ(next_write(), "aaaa");
  write(2000, 'b');
  write(2000, 'c');
  write(1, 'd');  // behind the others
  EXPECT_TRUE(host->holds_output());
  EXPECT_GE(host->backlog(), 4001U);
  EXPECT_EQ(next_write(), std::nullopt);
  handle_events();
  EXPECT_EQ(next_write(), std::string(2000, 'b') + std::string(2000, 'c') + 'd');
  EXPECT_FALSE(host->holds_output());
}

TEST_F(GatheringHostTest, who_does_not_read_blocks_and_misses_nothing) {
  std::size_t written = 0, got = 0;
  while (written < 10'000'000) {
    const Transfer done = write(3000, 'x');
    if (done.state == Transfer::State::blocked) break;
    written += done.n;
  }
  ASSERT_LT(written, 10'000'000U);
  bool has_room = false;
  host->when_room([&] { has_room = true; });
  while (got < written) {
    handle_events();
    const auto piece = next_write();
    ASSERT_TRUE(piece) << got << " of " << written;
    got += piece->size();
  }
  EXPECT_TRUE(has_room);
  EXPECT_EQ(got, written);
}

TEST_F(GatheringHostTest, what_is_held_goes_before_the_host_is_let_go) {
  write(3000, 'x');
  host.reset();
  EXPECT_EQ(next_write(), std::string(3000, 'x'));
  EXPECT_EQ(next_write(), "");
}

TEST_F(GatheringHostTest, one_that_has_gone_holds_nothing_back) {
  write(3000, 'x');
  close(std::exchange(reader, -1));
  handle_events();
  EXPECT_FALSE(host->holds_output());
}
}  // namespace
}  // namespace bfq::serial

// What was read ahead of a TCP stream is told first, as if it still were in the socket.
#include "daemon/sockets/stream_session.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace bfq::sockets {
namespace {
class PlainSessionTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ASSERT_TRUE(session.begin(ends[0], {}));
  }
  void TearDown() override {
    for (const int end : ends) close(end);
  }

  void read_ahead(const std::string& bytes) {
    std::transform(bytes.begin(), bytes.end(), session.ahead().begin(),
                   [](char c) { return static_cast<std::byte>(c); });
    session.has_read_ahead(bytes.size(), 0);
  }
  std::string read(std::size_t most) {
    std::string into(most, '\0');
    last = session.read(std::as_writable_bytes(std::span(into)));
    into.resize(last.n);
    return into;
  }
  void peer_sends(const std::string& bytes) const {
    ASSERT_EQ(send(ends[1], bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  std::array<int, 2> ends{-1, -1};
  PlainSession session;
  StreamSession::Transfer last;
};
using Result = StreamSession::Result;

TEST_F(PlainSessionTest, what_was_read_ahead_comes_first) {
  read_ahead("abc");
  peer_sends("def");
  EXPECT_TRUE(session.holds_bytes());
  EXPECT_EQ(session.available(), 6U);
  EXPECT_EQ(session.peek(), Result::done);
  EXPECT_EQ(read(2), "ab");
  EXPECT_FALSE(last.is_last);
  EXPECT_EQ(session.available(), 4U);
  EXPECT_EQ(read(9), "c");
  EXPECT_FALSE(session.holds_bytes());
  EXPECT_EQ(read(9), "def");
  EXPECT_EQ(session.peek(), Result::wants_read);
}

TEST_F(PlainSessionTest, more_may_have_come_where_all_the_room_was_taken) {
  const std::size_t room = session.ahead().size();
  read_ahead(std::string(room, 'x'));
  EXPECT_EQ(read(room).size(), room);
  EXPECT_FALSE(last.is_last);
  read_ahead(std::string(room - 1, 'x'));
  EXPECT_EQ(read(room).size(), room - 1);
  EXPECT_TRUE(last.is_last);
}

TEST_F(PlainSessionTest, a_failure_is_told_once_and_the_end_after_what_came_before_it) {
  session.has_read_ahead(0, ECONNRESET);
  EXPECT_TRUE(session.holds_bytes());
  EXPECT_TRUE(session.has_ended());
  EXPECT_EQ(session.peek(), Result::failed);
  EXPECT_EQ(read(1), "");
  EXPECT_EQ(last.result, Result::failed);
  EXPECT_EQ(session.why(), "Connection reset by peer");
  EXPECT_FALSE(session.holds_bytes());

  read_ahead("abc");
  shutdown(ends[1], SHUT_WR);
  EXPECT_EQ(read(3), "abc");
  read(1);
  EXPECT_EQ(last.result, Result::ended);
}
}  // namespace
}  // namespace bfq::sockets

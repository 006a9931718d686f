#include "daemon/sockets/lingering_close.h"

#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <vector>

namespace bfq::sockets {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

class Closes : public ::testing::Test {
 protected:
  /// A connection with a byte on its way, whose peer never closes its side.
  tcp::socket connection() {
    tcp::socket ours(io);
    peers.emplace_back(io);
    ours.connect(acceptor_.local_endpoint());
    acceptor_.accept(peers.back());
    asio::write(peers.back(), asio::buffer("?", 1));
    asio::write(ours, asio::buffer("!", 1));
    ours.wait(tcp::socket::wait_read);
    return ours;
  }
  /// What a read of the peer's ends with, once the byte has been read.
  boost::system::error_code end_of(tcp::socket& peer) {
    io.restart();
    while (io.poll_one() > 0) {
    }
    std::array<char, 1> byte{};
    boost::system::error_code error;
    asio::read(peer, asio::buffer(byte), error);
    if (!error) peer.read_some(asio::buffer(byte), error);
    return error;
  }

  /// True when a peer cannot even write any more.
  bool is_reset(tcp::socket& peer) {
    io.restart();
    while (io.poll_one() > 0) {
    }
    boost::system::error_code error;
    peer.write_some(asio::buffer("?", 1), error);
    return static_cast<bool>(error);
  }

  asio::io_context io;
  std::vector<tcp::socket> peers;
  LingeringCloses closes;

 private:
  tcp::acceptor acceptor_{io, {asio::ip::address_v4::loopback(), 0}};
};

TEST_F(Closes, let_what_was_sent_last_arrive) {
  closes.add(connection(), nullptr);
  EXPECT_EQ(end_of(peers[0]), asio::error::eof);
}

TEST_F(Closes, are_so_many_and_of_more_the_oldest_is_reset) {
  peers.reserve(LingeringCloses::kMost + 1);
  for (std::size_t i = 0; i < LingeringCloses::kMost; ++i) closes.add(connection(), nullptr);
  EXPECT_FALSE(is_reset(peers[0]));
  closes.add(connection(), nullptr);
  EXPECT_TRUE(is_reset(peers[0]));
  EXPECT_FALSE(is_reset(peers[1]));
}
}  // namespace
}  // namespace bfq::sockets

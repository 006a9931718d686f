// A name server that floods: what one turn does is counted.
#include "daemon/process/dns_sockets.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace bfq::process {
namespace {
class ADnsSocket : public ::testing::Test {
 protected:
  ADnsSocket() {
    ares_library_init(ARES_LIB_INIT_ALL);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    EXPECT_EQ(bind(server, reinterpret_cast<const sockaddr*>(&own), size), 0);
    EXPECT_EQ(getsockname(server, reinterpret_cast<sockaddr*>(&own), &size), 0);
    ares_options options{};
    options.sock_state_cb_data = &asks;
    options.sock_state_cb = [](void* asking, ares_socket_t its, int readable, int) {
      if (readable != 0) *static_cast<int*>(asking) = its;
    };
    EXPECT_EQ(ares_init_options(&channel, &options, ARES_OPT_SOCK_STATE_CB), ARES_SUCCESS);
    sockets.serve(channel);
    const std::string at = "127.0.0.1:" + std::to_string(ntohs(own.sin_port));
    EXPECT_EQ(ares_set_servers_ports_csv(channel, at.c_str()), ARES_SUCCESS);
  }
  ~ADnsSocket() override {
    ares_destroy(channel);
    close(server);
    ares_library_cleanup();
  }

  /// Takes the question, and sends so many datagrams that answer another one.
  void flood(int count) {
    std::array<char, 512> question{};
    sockaddr_in client{};
    socklen_t size = sizeof client;
    const ssize_t n = recvfrom(server, question.data(), question.size(), 0,
                               reinterpret_cast<sockaddr*>(&client), &size);
    ASSERT_GT(n, 2);
    question[0] = static_cast<char>(~question[0]);
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(sendto(server, question.data(), static_cast<std::size_t>(n), 0,
                       reinterpret_cast<const sockaddr*>(&client), size),
                n);
  }
  std::size_t unread() const {
    std::array<char, 512> datagram{};
    std::size_t count = 0;
    while (recv(asks, datagram.data(), datagram.size(), MSG_DONTWAIT) > 0) ++count;
    return count;
  }

  DnsSockets sockets;
  ares_channel channel = nullptr;
  int server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int asks = -1;  ///< the channel's socket
};

TEST_F(ADnsSocket, reads_so_many_datagrams_in_one_turn_and_the_rest_in_the_next) {
  constexpr int kFlood = 100, kTurns = 3;
  ares_query(
      channel, "name.test", ns_c_in, ns_t_a, [](void*, int, int, unsigned char*, int) {}, nullptr);
  flood(kFlood);
  for (int turn = 0; turn < kTurns; ++turn) {
    sockets.begin_turn();
    ares_process_fd(channel, asks, ARES_SOCKET_BAD);
  }
  EXPECT_EQ(unread(), kFlood - kTurns * DnsSockets::kMostPerTurn);
}
}  // namespace
}  // namespace bfq::process

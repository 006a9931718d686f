#include "daemon/process/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <cstring>
#include <string>

namespace bfq::process {
namespace {
using namespace std::chrono_literals;

class ServiceManagerTest : public testing::Test {
 protected:
  /// A manager's socket in the abstract name space.
  ServiceManagerTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    const std::string name = "bfq-test-" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
    close(socket_);
  }
  /// The next message; empty where there is none.
  std::string heard() const {
    std::array<char, 256> buffer{};
    const ssize_t n = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
  }

  boost::asio::io_context io;

 private:
  int socket_;
};

TEST_F(ServiceManagerTest, IsToldHowTheProgramIs) {
  ServiceManager manager(io);
  manager.ready();
  EXPECT_EQ(heard(), "READY=1");
  manager.reloading();
  EXPECT_TRUE(heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  manager.stopping();
  EXPECT_EQ(heard(), "STOPPING=1");
  EXPECT_EQ(io.poll(), 0U);  // and no watchdog
  EXPECT_EQ(heard(), "");
}

TEST_F(ServiceManagerTest, HearsTwiceInTheWatchdogsTimeWhileTheLoopRuns) {
  setenv("WATCHDOG_USEC", "2000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  ServiceManager manager(io);
  EXPECT_EQ(io.poll(), 0U);
  manager.ready();
  EXPECT_EQ(heard(), "READY=1");
  EXPECT_EQ(heard(), "WATCHDOG=1");
  io.restart();
  EXPECT_EQ(io.run_one(), 1U);
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, IsSomebodyElses) {
  setenv("WATCHDOG_USEC", "2000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  ServiceManager manager(io);
  manager.ready();
  EXPECT_EQ(heard(), "READY=1");
  EXPECT_EQ(heard(), "");
}

TEST_F(ServiceManagerTest, IsNotThere) {
  unsetenv("NOTIFY_SOCKET");
  setenv("WATCHDOG_USEC", "2000", 1);
  ServiceManager(io).ready();
  EXPECT_EQ(heard(), "");
}
}  // namespace
}  // namespace bfq::process

// What a driver must survive, tried at a module in software: by `bfq4004 run` and `bfq4004 ctl`.
#include "at_uplink.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {
/// A program with one module, in a folder of its own.
class Program {
 public:
  Program() {
    char folder[] = "/tmp/bfq-XXXXXX";
    folder_ = mkdtemp(folder);
    std::vector<std::string> words = {
        BFQ4004, "run",       "--state",           "none",     "--log",
        "warn",  "--control", "unix:" + control(), "--serial", "pty:" + device()};
    for (const char* delay : {"join", "address", "scan"}) {
      words.push_back("--set");
      words.push_back(std::string("delays.") + delay + "=5ms");
    }
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    EXPECT_EQ(posix_spawn(&process_, BFQ4004, &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char first;  // what it prints comes once everything is open
    EXPECT_EQ(read(ends[0], &first, 1), 1);
    close(ends[0]);
    ctl("wait state=on");
  }
  ~Program() {
    kill(process_, SIGTERM);
    int status = -1;
    waitpid(process_, &status, 0);
    EXPECT_EQ(status, 0);
    std::filesystem::remove_all(folder_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string device() const { return folder_ + "/serial"; }

  /// Carries out a command; returns the number of the event at which that was, for a later `wait`.
  std::string ctl(const std::string& command) const {
    const std::string line =
        std::string(BFQ4004) + " ctl --to " + control() + " --at " + command + " 2>&1";
    std::FILE* const pipe = popen(line.c_str(), "r");
    std::string said;
    for (int c; (c = std::fgetc(pipe)) != EOF;) said += static_cast<char>(c);
    EXPECT_EQ(pclose(pipe), 0) << command << ": " << said;
    return said.substr(0, said.find('\n'));
  }

 private:
  std::string control() const { return folder_ + "/control"; }

  std::string folder_;
  pid_t process_ = -1;
};

/// What the driver sends to.
class Server {
 public:
  Server() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, any, size), 0);
    EXPECT_EQ(listen(listener_, 5), 0);
    getsockname(listener_, any, &size);
    port = ntohs(address.sin_port);
  }
  ~Server() {
    if (peer_ >= 0) close(peer_);
    close(listener_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// What comes next, by this connection or by a new one.
  std::string received() {
    while (true) {
      pollfd from{.fd = peer_ >= 0 ? peer_ : listener_, .events = POLLIN, .revents = 0};
      if (poll(&from, 1, 20000) != 1) return "nothing";
      if (peer_ < 0) {
        peer_ = accept(listener_, nullptr, nullptr);
        continue;
      }
      char data[100];
      const ssize_t n = recv(peer_, data, sizeof data, 0);
      if (n > 0) return std::string(data, static_cast<std::size_t>(n));
      close(peer_);
      peer_ = -1;
    }
  }

  std::uint16_t port = 0;

 private:
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), peer_ = -1;
};

class UplinkTest : public testing::Test {
 protected:
  void SetUp() override {
    uplink.network = "BFQ-LAB";
    uplink.password = "bfq4004-lab";
    uplink.server = "127.0.0.1";
    uplink.server_port = server.port;
    ASSERT_TRUE(uplink_open(&uplink, program.device().c_str()));
    expect_to_publish("first");
  }
  void TearDown() override { uplink_close(&uplink); }

  void expect_to_publish(const std::string& message) {
    ASSERT_TRUE(uplink_publish(&uplink, message.data(), message.size())) << uplink.line;
    EXPECT_EQ(server.received(), message);
  }

  Program program;
  Server server;
  struct uplink uplink {};
};

TEST_F(UplinkTest, SurvivesThatItsNetworkGoesDown) {
  const std::string at = program.ctl("ap change name=BFQ-LAB password=another-one");
  program.ctl("wait event=left since=" + at);
  program.ctl("ap change name=BFQ-LAB password=bfq4004-lab");
  expect_to_publish("second");
}

TEST_F(UplinkTest, SurvivesThatItsConnectionIsLost) {
  const std::string at = program.ctl("link reset");
  program.ctl("wait event=link_closed since=" + at);
  expect_to_publish("second");
}

TEST_F(UplinkTest, SurvivesThatItsModuleRestarts) {
  const std::string at = program.ctl("reset reason=watchdog");
  program.ctl("wait event=ready since=" + at);
  expect_to_publish("second");
}
}  // namespace

#include "daemon/serial/fast_wire.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "commands/bfq4004.h"
#include "daemon/serial/uart_side_for_tests.h"

namespace bfq::serial {
namespace {
using namespace std::chrono_literals;

/// A module that says what it is told to, and notes what is typed, as far as it takes it.
class FakeModule final : public PrintedOutput {
 public:
  std::size_t uart_input(std::span<const std::byte> bytes) override {
    const std::size_t n = std::min(bytes.size(), takes);
    takes -= n;
    typed.append(reinterpret_cast<const char*>(bytes.data()), n);
    output += std::exchange(answers, "");
    return n;
  }
  const at::Dialect& dialect() const override { return commands::kBfq4004; }
  void settle() override {
    wire->release_gone_hosts();
    while (wire->drain())
      if (between) between();
  }
  void settle_soon() override {
    boost::asio::post(io, [this] { settle(); });
  }

  explicit FakeModule(boost::asio::io_context& the_io) : io(the_io) {}

  boost::asio::io_context& io;
  Wire* wire = nullptr;
  std::string typed;
  std::string answers;  ///< to what is typed next
  std::string sends = "\r\nSEND OK\r\n";
  std::function<void()> between;  ///< two looks at the wire
};

/// A host behind one end of a socket pair; the test holds the other.
class PairHost final : public SerialHost {
 public:
  PairHost(boost::asio::io_context& io, int descriptor) : descriptor_(io, descriptor) {}
  std::string name() const override { return "a pair"; }
  Transfer read(std::span<std::byte> into) override {
    if (may_end) return receive_some(descriptor_.native_handle(), into);
    return read_some(descriptor_.native_handle(), into);
  }
  Transfer write(std::span<const std::byte> bytes) override {
    return write_some(descriptor_.native_handle(), bytes);
  }
  void when_typing(Ready ready) override {
    await(descriptor_, Descriptor::wait_read, std::move(ready));
  }
  void when_room(Ready ready) override {
    await(descriptor_, Descriptor::wait_write, std::move(ready));
  }

  bool is_terminal() const override { return true; }
  std::optional<EchoSettings> echo() const override { return ++asked, echoes; }

  bool may_end = false;
  std::optional<EchoSettings> echoes;
  mutable unsigned asked = 0;  ///< for its echo

 private:
  Descriptor descriptor_;
};

class FastWireTest : public testing::Test {
 protected:
  FastWireTest() { module.wire = &wire; }

  /// Attaches a host; what it types and reads goes through the descriptor that is returned.
  int attach() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    hosts.push_back(std::make_shared<PairHost>(io, ends[0]));
    wire.attach(hosts.back());
    return ends[1];
  }
  void say(const std::string& text) {
    module.output += text;
    module.settle();
  }
  void run_until(const std::function<bool()>& is_so) {
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (!is_so() && std::chrono::steady_clock::now() < give_up) {
      io.restart();
      io.run_one_for(100ms);
    }
    EXPECT_TRUE(is_so());
  }
  static std::string read_all(int descriptor) {
    std::string all(1 << 20, '\0');
    std::size_t size = 0;
    while (true) {
      const ssize_t n = read(descriptor, all.data() + size, all.size() - size);
      if (n <= 0) break;
      size += static_cast<std::size_t>(n);
    }
    all.resize(size);
    return all;
  }
  /// Says more than all buffers hold, and returns how much that was.
  std::size_t say_too_much() {
    const std::size_t size = 1 << 20;
    say(std::string(size, 'x'));
    EXPECT_FALSE(module.output.empty());
    return size;
  }

  boost::asio::io_context io;
  FakeModule module{io};
  FastWire wire{io, module};
  std::vector<std::shared_ptr<PairHost>> hosts;
};

TEST_F(FastWireTest, WithoutAHostOutputIsDroppedAndCounted) {
  say("ready");
  EXPECT_TRUE(module.output.empty());
  EXPECT_EQ(wire.dropped(), 5U);
}

TEST_F(FastWireTest, AllHostsSeeTheOutputAndAnyMayType) {
  const int one = attach(), other = attach();
  say("hello");
  EXPECT_EQ(read_all(one), "hello");
  EXPECT_EQ(read_all(other), "hello");
  EXPECT_EQ(wire.dropped(), 0U);
  EXPECT_EQ(write(one, "A", 1), 1);
  run_until([&] { return module.typed == "A"; });
  EXPECT_EQ(write(other, "T", 1), 1);
  run_until([&] { return module.typed == "AT"; });
}

TEST_F(FastWireTest, WhatTheModuleDoesNotTakeIsKeptAndNoMoreIsRead) {
  const int host = attach();
  module.takes = 3;
  EXPECT_EQ(write(host, "abcdef", 6), 6);
  run_until([&] { return module.typed == "abc"; });
  EXPECT_FALSE(wire.all_typed_is_taken());
  EXPECT_EQ(write(host, "ghi", 3), 3);
  io.restart();
  io.poll();
  EXPECT_EQ(module.typed, "abc");
  module.takes = SIZE_MAX;
  module.settle();
  EXPECT_EQ(module.typed, "abcdef");
  run_until([&] { return module.typed == "abcdefghi"; });
  EXPECT_TRUE(wire.all_typed_is_taken());
}

TEST_F(FastWireTest, WhatAHostTypedBeforeItWentIsTakenFirst) {
  const int host = attach();
  module.takes = 3;
  EXPECT_EQ(write(host, "abcdef", 6), 6);
  close(host);
  run_until([&] { return module.typed == "abc"; });
  EXPECT_TRUE(wire.attached());
  module.takes = SIZE_MAX;
  module.settle();
  run_until([&] { return !wire.attached(); });
  EXPECT_EQ(module.typed, "abcdef");
}

TEST_F(FastWireTest, WhoTypesNoMoreReadsUntilItCloses) {
  const int host = attach();
  hosts.front()->may_end = true;
  module.is_busy = true;
  EXPECT_EQ(write(host, "AT", 2), 2);
  shutdown(host, SHUT_WR);
  run_until([&] { return module.typed == "AT"; });
  say("OK");
  EXPECT_EQ(read_all(host), "OK");
  EXPECT_TRUE(wire.attached());
  wire.stop_listening(*hosts.front());  // as its door does, once it has closed
  module.settle();
  run_until([&] { return !wire.attached(); });
}

TEST_F(FastWireTest, WhoTypesNoMoreIsLetGoASecondAfterItsAnswer) {
  const int host = attach();
  hosts.front()->may_end = true;
  EXPECT_EQ(write(host, "AT", 2), 2);
  shutdown(host, SHUT_WR);
  run_until([&] { return module.typed == "AT"; });
  say("OK");
  run_until([&] { return !wire.attached(); });
  EXPECT_EQ(read_all(host), "OK");
}

TEST_F(FastWireTest, WhatATerminalEchoesIsNotTyped) {
  const int host = attach();
  hosts.front()->echoes = EchoSettings{};
  say("ready\r\n");
  EXPECT_EQ(write(host, "ready\r\nAT", 9), 9);
  run_until([&] { return module.typed == "AT"; });
  say("OK\r\n");
  module.is_payload = true;
  EXPECT_EQ(write(host, "OK\r\n", 4), 4);
  run_until([&] { return module.typed == "ATOK\r\n"; });
}

TEST_F(FastWireTest, ATerminalIsNotAskedForItsEchoWhileNothingLooksLikeIt) {
  const int host = attach();
  std::string typed;
  for (int i = 0; i < 10; ++i) {
    say("\r\nOK\r\n");
    EXPECT_EQ(write(host, "AT\r\n", 4), 4);
    typed += "AT\r\n";
    run_until([&] { return module.typed == typed; });
  }
  EXPECT_EQ(hosts.front()->asked, 0U);
  hosts.front()->echoes = EchoSettings{};  // at any time
  say("\r\nOK\r\n");
  EXPECT_EQ(write(host, "\r\nOK\r\nAT", 8), 8);
  typed += "AT";
  run_until([&] { return module.typed == typed; });
}

TEST_F(FastWireTest, WhatTheModuleSaysToWhatIsTypedWaitsForTheRestOfTheTurn) {
  const int host = attach();
  say("> ");
  EXPECT_EQ(read_all(host), "> ");
  module.answers = "\r\nRecv 1 bytes\r\n";
  EXPECT_EQ(write(host, "x", 1), 1);
  std::string first;
  module.between = [&] {  // here the network is looked at
    if (module.output.empty()) return;
    EXPECT_EQ(first += read_all(host), "");
    module.output += std::exchange(module.sends, "");
  };
  run_until([&] { return module.typed == "x"; });
  EXPECT_EQ(read_all(host), "\r\nRecv 1 bytes\r\n\r\nSEND OK\r\n");
}

TEST_F(FastWireTest, XoffAndXonStopBothDirections) {
  const int host = attach();
  hosts.front()->use_xon_xoff(true);
  EXPECT_EQ(write(host, "A\x13T", 3), 3);
  run_until([&] { return module.typed == "AT"; });
  say("OK");
  EXPECT_EQ(read_all(host), "");
  EXPECT_EQ(module.output, "OK");
  EXPECT_EQ(write(host, "\x11", 1), 1);
  run_until([&] { return module.output.empty(); });
  EXPECT_EQ(read_all(host), "OK");
  module.takes = 3;
  EXPECT_EQ(write(host, "abcdef", 6), 6);
  run_until([&] { return module.typed == "ATabc"; });
  EXPECT_EQ(read_all(host), "\x13");
  module.takes = SIZE_MAX;
  module.settle();
  EXPECT_EQ(module.typed, "ATabcdef");
  EXPECT_EQ(read_all(host), "\x11");
}

TEST_F(FastWireTest, XonIsSeenBehindWhatTheModuleDoesNotTake) {
  const int host = attach();
  hosts.front()->use_xon_xoff(true);
  module.takes = 0;
  EXPECT_EQ(write(host, "\x13T", 2), 2);
  std::string seen;
  run_until([&] { return (seen += read_all(host)) == "\x13"; });
  say("OK");
  EXPECT_EQ(write(host, "E\x11", 2), 2);
  run_until([&] { return (seen += read_all(host)) == "\x13OK"; });
  module.takes = SIZE_MAX;
  module.settle();
  EXPECT_EQ(module.typed, "TE");
}

TEST_F(FastWireTest, ALonelyHostThatDoesNotReadLosesNothing) {
  const int host = attach();
  const std::size_t size = say_too_much();
  std::string got;
  run_until([&] {
    got += read_all(host);
    return got.size() == size;
  });
  EXPECT_EQ(wire.dropped(), 0U);
}

TEST_F(FastWireTest, WhereOthersReadALaggardLosesBytesAfterASecond) {
  const int reader = attach(), laggard = attach();
  const std::size_t size = say_too_much();
  const auto before = std::chrono::steady_clock::now();
  std::string got;
  run_until([&] {
    got += read_all(reader);
    return got.size() == size;
  });
  run_until([&] { return module.output.empty(); });
  EXPECT_GE(std::chrono::steady_clock::now() - before, 900ms);
  EXPECT_EQ(read_all(laggard).size() + wire.dropped(), size);
  // Once it reads again, it is a host like the others.
  run_until([&] {
    say("y");
    return read_all(laggard).find('y') != std::string::npos;
  });
}

// What counts is the longest pause: how long all of it takes is the machine's.
TEST_F(FastWireTest, WhoComesBehindALaggardIsNotWaitedFor) {
  const int reader = attach();
  for (const auto most : {2000ms, 500ms, 500ms}) {
    attach();
    auto last = std::chrono::steady_clock::now();
    std::chrono::nanoseconds pause{};
    std::size_t got = 0;
    const std::size_t size = say_too_much();
    run_until([&] {
      const std::size_t n = read_all(reader).size();
      const auto now = std::chrono::steady_clock::now();
      if (n > 0) pause = std::max<std::chrono::nanoseconds>(pause, now - std::exchange(last, now));
      return (got += n) == size;
    });
    EXPECT_LT(pause, most);
  }
}

TEST_F(FastWireTest, AnotherHostBehindTheSameDoorGetsNothingOld) {
  const int host = attach();
  say_too_much();
  wire.change_host(*hosts.front());
  EXPECT_TRUE(module.output.empty());
  read_all(host);
  run_until([&] {
    say("new");
    return read_all(host).find("new") != std::string::npos;
  });
}

TEST_F(FastWireTest, AHostThatListensNoMoreHoldsNobodyUp) {
  attach();
  say_too_much();
  wire.stop_listening(*hosts.front());
  module.settle();
  EXPECT_TRUE(module.output.empty());
}

TEST_F(FastWireTest, NoiseIsHeardAsTheModulesRateMakesIt) {
  const int host = attach();
  wire.configure({.baud = 74880});
  wire.make_noise("boot", {.baud = 74880});
  EXPECT_EQ(read_all(host), "boot");
  wire.configure({});
  wire.make_noise("boot", {.baud = 74880});
  const std::string garbage = read_all(host);
  EXPECT_FALSE(garbage.empty());
  EXPECT_NE(garbage, "boot");
}
}  // namespace
}  // namespace bfq::serial

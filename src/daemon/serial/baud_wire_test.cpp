#include "daemon/serial/baud_wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "commands/bfq4004.h"

namespace bfq::serial {
namespace {
/// A module that says what it is told to, and notes what is typed, as far as it takes it.
class FakeModule final : public UartSide {
 public:
  std::size_t uart_input(std::span<const std::byte> bytes) override {
    const std::size_t n = std::min(bytes.size(), takes);
    typed.append(reinterpret_cast<const char*>(bytes.data()), n);
    if (when_typed) when_typed();
    return n;
  }
  std::span<const std::byte> uart_output() const override {
    return bytes_of(output).first(std::min(output.size(), to_wrap));
  }
  std::size_t uart_waiting() const override { return output.size(); }
  void uart_sent(std::size_t n) override {
    output.erase(0, n);
    to_wrap = n < to_wrap ? to_wrap - n : SIZE_MAX;
  }
  bool command_under_way() const override { return is_busy; }
  bool takes_payload() const override { return is_payload; }
  const std::string& name() const override { return its_name; }
  void settle() override {}
  const at::Dialect& dialect() const override { return commands::kBfq4004; }
  void settle_soon() override {}

  std::string its_name = "bfq0";
  std::string typed, output;
  std::size_t takes = SIZE_MAX;
  std::size_t to_wrap = SIZE_MAX;  ///< bytes of the output up to the end of its ring
  bool is_busy = false, is_payload = false;
  std::function<void()> when_typed;
};

/// A host that types `types`, and reads when it is told to.
class FakeHost final : public SerialHost {
 public:
  std::string name() const override { return "a host"; }
  Transfer read(std::span<std::byte> into) override {
    const std::size_t n = std::min(into.size(), types.size());
    if (n == 0 && ends) return Transfer::ended();
    if (n == 0) return leaves ? Transfer::gone() : Transfer::blocked();
    std::copy_n(bytes_of(types).begin(), n, into.begin());
    types.erase(0, n);
    return Transfer::moved(n);
  }
  Transfer write(std::span<const std::byte> bytes) override {
    const std::size_t n = std::min(bytes.size(), system - std::min(system, unread.size()));
    unread.append(reinterpret_cast<const char*>(bytes.data()), n);
    return n == 0 ? Transfer::blocked() : Transfer::moved(n);
  }
  bool is_terminal() const override { return true; }
  std::optional<EchoSettings> echo() const override { return echoes; }
  void when_typing(Ready ready) override { on_typing = std::move(ready); }
  void when_room(Ready) override {}
  UartFormat uart(const UartFormat& module) const override { return set_to.value_or(module); }
  std::size_t backlog() override { return unread.size(); }
  bool is_a_line() const override { return line; }
  void line_fault(LineFault fault) override {
    ++(fault == LineFault::overrun ? overruns : framing);
  }
  bool is_changing() const override { return changing; }

  std::string types, unread, seen;
  void left() override { attached = false; }
  bool holds_output() const override { return holds; }

  bool leaves = false, ends = false, line = false, reads = true, changing = false;
  bool attached = true, holds = false;
  std::size_t system = SIZE_MAX;  ///< bytes that are taken and not read
  std::optional<EchoSettings> echoes;
  unsigned overruns = 0, framing = 0;
  std::optional<UartFormat> set_to;
  Ready on_typing;
};

/// Time is simulated: the wire is looked at exactly when it wants that. At 10,000 baud a byte takes
/// 1 ms.
class BaudWireTest : public testing::Test {
 protected:
  BaudWireTest() { wire.configure(format(0)); }

  static UartFormat format(std::uint8_t flow) { return {.baud = 10000, .flow = flow}; }
  std::shared_ptr<FakeHost> attach() {
    hosts.push_back(std::make_shared<FakeHost>());
    wire.attach(hosts.back());
    return hosts.back();
  }
  void look() {
    for (const auto& host : hosts) {
      const bool has_something = !host->types.empty() || host->leaves || host->ends;
      if (has_something && host->on_typing) std::exchange(host->on_typing, nullptr)();
    }
    wire.begin_turn();
    wire.release_gone_hosts();
    while (wire.drain()) {
    }
    for (const auto& host : hosts) {
      largest_lump = std::max(largest_lump, host->unread.size());
      if (host->reads) host->seen += std::exchange(host->unread, {});
    }
  }
  void run(Duration time) {
    const Instant end = now + time;
    look();
    while (wire.next_deadline().due(end)) {
      now = std::max(now, wire.next_deadline().at());
      ++looks;
      look();
    }
    now = end;
    look();
  }

  boost::asio::io_context io;
  Instant now{};
  FakeModule module;
  BaudWire wire{
      io, module, {.speed = UartPhysics::Speed::baud, .host_buffer = 128}, [this] { return now; }};
  std::vector<std::shared_ptr<FakeHost>> hosts;
  unsigned looks = 0;
  std::size_t largest_lump = 0;  ///< bytes that a host received at once
};

TEST_F(BaudWireTest, BothDirectionsMoveAtTheRate) {
  const auto host = attach();
  module.output = std::string(5000, 'm');
  host->types = std::string(5000, 'h');
  run(1s);
  EXPECT_EQ(host->seen.size(), 1000U);
  EXPECT_EQ(module.typed.size(), 1000U);
  run(4s);
  EXPECT_EQ(host->seen.size(), 5000U);
  EXPECT_EQ(module.typed.size(), 5000U);
  EXPECT_LT(looks, 5000U);
  EXPECT_TRUE(wire.next_deadline().is_never());  // and an idle wire costs nothing
}

TEST_F(BaudWireTest, TheEndOfTheRingOfWhatIsPrintedTakesNoTime) {
  const auto host = attach();
  module.output = std::string(1000, 'm');
  module.to_wrap = 501;
  run(1s);
  EXPECT_EQ(host->seen.size(), 1000U);
}

TEST_F(BaudWireTest, AnotherHostGetsNothingFromBehindTheEndOfTheRing) {
  const auto host = attach();
  module.output = std::string(100, 'm');
  module.to_wrap = 50;
  run(10ms);
  ASSERT_TRUE(wire.change_host(*host));
  host->seen.clear();
  module.output += "new";
  run(1s);
  EXPECT_EQ(host->seen, "new");
}

TEST_F(BaudWireTest, WhoComesLateMakesUpForIt) {
  const auto host = attach();
  module.output = std::string(1000, 'm');
  host->types = std::string(1000, 'h');
  for (int i = 0; i < 1000 / 30; ++i) {
    look();
    now += 30ms;
  }
  run(10ms);
  EXPECT_EQ(host->seen.size(), 1000U);
  EXPECT_GT(module.typed.size(), 250U);  // what the line was given could not be more
}

TEST_F(BaudWireTest, AFullFifoLosesACountedNumberOfBytes) {
  const auto host = attach();
  host->reads = false;
  module.output = std::string(1000, 'm');
  run(1s);
  EXPECT_TRUE(module.output.empty());  // a UART does not wait
  EXPECT_EQ(host->unread.size(), 128U);
  EXPECT_EQ(wire.dropped(), 872U);
  EXPECT_GT(host->overruns, 0U);
  host->reads = true;
  module.output = "again";
  run(1s);
  EXPECT_EQ(host->seen, std::string(128, 'm') + "again");
  EXPECT_EQ(wire.dropped(), 872U);
}

TEST_F(BaudWireTest, BytesComeInLumpsOfAtMostAMillisecond) {
  wire.configure({});  // 115200 baud: 11.5 bytes
  const auto host = attach();
  module.output = std::string(10000, 'm');
  run(1s);
  EXPECT_EQ(host->seen.size(), 10000U);
  EXPECT_LE(largest_lump, 12U);
}

TEST_F(BaudWireTest, AHostThatGetsNoProcessorForAWhileLosesNothing) {
  const UartPhysics usual{.speed = UartPhysics::Speed::baud};
  BaudWire of_a_pc(io, module, usual, [this] { return now; });
  const auto host = std::make_shared<FakeHost>();
  host->reads = false;
  host->system = 100;  // in however small pieces; the rest is held for it
  of_a_pc.attach(host);
  const auto run_pc = [&](Duration time) {
    for (const Instant end = now + time; now < end; now += 1ms) {
      of_a_pc.begin_turn();
      while (of_a_pc.drain()) {
      }
      if (host->reads) host->seen += std::exchange(host->unread, {});
    }
  };
  module.output = std::string(5000, 'm');
  run_pc(1s);
  EXPECT_EQ(host->unread.size(), 100U);
  EXPECT_EQ(of_a_pc.dropped(), 5000U - 4096U);
  host->reads = true;
  run_pc(5s);
  EXPECT_EQ(host->seen.size(), 4096U);
}

TEST_F(BaudWireTest, WhatATerminalEchoesIsNotTyped) {
  const auto host = attach();
  host->echoes = EchoSettings{};
  module.output = "ready\r\n";
  run(20ms);
  host->types = "ready\r\nAT";
  run(100ms);
  EXPECT_EQ(module.typed, "AT");
  module.output = "OK\r\n";
  run(20ms);
  module.is_payload = true;
  host->types = "OK\r\n";
  run(100ms);
  EXPECT_EQ(module.typed, "ATOK\r\n");
}

TEST_F(BaudWireTest, WithRtsAndCtsNothingIsLost) {
  wire.configure(format(3));
  const auto host = attach();
  host->reads = false;
  module.output = std::string(1000, 'm');
  run(60s);
  EXPECT_EQ(host->unread.size(), 128U);
  EXPECT_EQ(module.output.size(), 872U);
  EXPECT_LT(looks, 1500U);  // ever more seldom
  host->reads = true;
  run(1s);
  EXPECT_EQ(host->seen.size(), 1000U);
  EXPECT_EQ(wire.dropped(), 0U);
}

TEST_F(BaudWireTest, XoffAndXonStopBothDirections) {
  const auto host = attach();
  host->use_xon_xoff(true);
  host->types = "A\x13T";
  run(100ms);
  EXPECT_EQ(module.typed, "AT");
  module.output = std::string(1000, 'm');
  run(10s);
  EXPECT_EQ(host->seen, "");
  host->types = "\x11";
  run(2s);
  EXPECT_EQ(host->seen.size(), 1000U);
  EXPECT_EQ(wire.dropped(), 0U);
  host->seen.clear();
  module.takes = 0;
  host->types = std::string(500, 'h');
  run(2s);
  EXPECT_EQ(host->seen, "\x13");
  module.takes = SIZE_MAX;
  run(2s);
  EXPECT_EQ(host->seen, "\x13\x11");
  EXPECT_EQ(module.typed.size(), 502U);
  EXPECT_EQ(wire.overrun(), 0U);
  module.takes = 0;  // a host that does not heed XOFF, and sends XON behind what is lost
  host->types = "\x13" + std::string(1000, 'h') + "\x11";
  run(50ms);
  module.output = "OK";
  run(3s);
  EXPECT_EQ(host->seen, "\x13\x11\x13OK");
}

TEST_F(BaudWireTest, FlowControlTakesBothEnds) {
  wire.configure(format(3));
  const auto host = attach();
  host->set_to = format(0);
  host->reads = false;
  module.output = std::string(200, 'm');
  run(1s);
  EXPECT_EQ(wire.dropped(), 72U);
  wire.configure(format(0));
  host->set_to = format(3);
  module.output = std::string(100, 'm');
  run(1s);
  EXPECT_EQ(wire.dropped(), 172U);
}

TEST_F(BaudWireTest, ALineIsAlwaysWaitedFor) {
  const auto host = attach();
  host->line = true;
  host->reads = false;
  module.output = std::string(1000, 'm');
  run(2s);
  EXPECT_EQ(host->unread.size(), 128U);
  EXPECT_EQ(wire.dropped(), 0U);
}

TEST_F(BaudWireTest, OneWhoDoesNotReadHoldsOthersUpForASecondAtMost) {
  wire.configure(format(3));
  const auto reader = attach(), laggard = attach();
  laggard->reads = false;
  module.output = std::string(1000, 'm');
  run(900ms);
  EXPECT_EQ(reader->seen.size(), 128U);
  run(2s);
  EXPECT_EQ(reader->seen.size(), 1000U);
  EXPECT_EQ(wire.dropped(), 872U);
  laggard->reads = true;
  module.output = "again";
  run(1s);
  EXPECT_EQ(laggard->seen, std::string(128, 'm') + "again");
}

TEST_F(BaudWireTest, WhatAModuleDoesNotTakeIsLostWithoutFlowControl) {
  const auto host = attach();
  module.takes = 0;
  host->types = std::string(500, 'h');
  run(1s);
  EXPECT_TRUE(host->types.empty());
  EXPECT_EQ(wire.overrun(), 372U);
  module.takes = SIZE_MAX;
  run(1s);
  EXPECT_EQ(module.typed.size(), 128U);
}

TEST_F(BaudWireTest, AndStaysWithTheHostWithIt) {
  wire.configure(format(3));
  const auto host = attach();
  module.takes = 0;
  host->types = std::string(500, 'h');
  run(10s);
  EXPECT_EQ(host->types.size(), 372U);
  module.takes = SIZE_MAX;
  run(1s);
  EXPECT_EQ(module.typed.size(), 500U);
  EXPECT_EQ(wire.overrun(), 0U);
}

TEST_F(BaudWireTest, WhoIsSetOtherwiseHearsGarbageAndIsHeardAsSuch) {
  const auto host = attach(), tuned = attach();
  host->set_to = UartFormat{.baud = 11000};
  module.output = "ready and more of it";
  host->types = "AT+GMR";
  run(1s);
  const auto garbage =
      BaudMismatch(format(0), *host->set_to).burst(bytes_of("ready and more of it"));
  EXPECT_EQ(host->seen, std::string(reinterpret_cast<const char*>(garbage.data()), garbage.size()));
  EXPECT_EQ(tuned->seen, "ready and more of it");
  EXPECT_NE(module.typed, "AT+GMR");
  host->seen.clear();
  EXPECT_GT(host->framing, 0U);
  host->set_to = UartFormat{.baud = 10450};  // every sample is still within its bit
  module.typed.clear();
  host->types = "AT";
  module.output = "OK";
  run(1s);
  EXPECT_EQ(host->seen, "OK");
  EXPECT_EQ(module.typed, "AT");
}

TEST_F(BaudWireTest, AFramingErrorIsOneThatHappened) {
  const auto host = attach();
  host->set_to = UartFormat{.baud = 10450};
  module.output = "ready";
  run(1s);
  EXPECT_EQ(host->seen, "ready");
  EXPECT_EQ(host->framing, 0U);
}

TEST_F(BaudWireTest, WhatAHostHearsFollowsTheModulesRateToo) {
  const auto host = attach();
  host->set_to = UartFormat{.baud = 20000};
  run(1ms);
  const UartFormat slower{.baud = 5000};
  wire.configure(slower);
  module.output = "ready";
  run(1s);
  const auto garbage = BaudMismatch(slower, *host->set_to).burst(bytes_of("ready"));
  EXPECT_EQ(host->seen, std::string(reinterpret_cast<const char*>(garbage.data()), garbage.size()));
}

TEST_F(BaudWireTest, WhoTypesNoMoreReadsUntilTheCommandHasAnsweredAndASecondIsOver) {
  const auto host = attach();
  host->types = "AT";
  host->ends = true;
  module.is_busy = true;
  run(60s);
  EXPECT_EQ(module.typed, "AT");
  EXPECT_TRUE(host->attached);
  module.is_busy = false;
  module.output = "OK";
  run(900ms);
  EXPECT_EQ(host->seen, "OK");
  EXPECT_TRUE(host->attached);
  module.output = "more";
  run(950ms);
  EXPECT_EQ(host->seen, "OKmore");
  EXPECT_TRUE(host->attached);
  host->holds = true;  // the system has not taken all of it
  run(5s);
  EXPECT_TRUE(host->attached);
  host->holds = false;
  run(1010ms);
  EXPECT_FALSE(host->attached);
  EXPECT_TRUE(wire.next_deadline().is_never());
}

TEST_F(BaudWireTest, WhoHasClosedIsNotWaitedFor) {
  const auto host = attach();
  module.is_busy = true;
  host->ends = true;
  run(1ms);
  wire.stop_listening(*host);
  run(0ms);
  EXPECT_FALSE(host->attached);
}

TEST_F(BaudWireTest, OneTurnTakesALimitedNumberOfBytes) {
  wire.configure({.baud = 4000000});
  const auto host = attach();
  host->types = std::string(1 << 20, 'h');
  module.when_typed = [this] { now += 50ms; };  // it is slower than the line
  run(0ms);
  EXPECT_LE(module.typed.size(), kTypedPerTurn);
  module.when_typed = nullptr;
  run(10s);
  EXPECT_EQ(module.typed.size(), 1U << 20U);
}

TEST_F(BaudWireTest, AnotherHostGetsNothingOld) {
  const auto host = attach(), other = attach();
  module.output = "old and gone";
  run(3ms);
  wire.change_host(*host);
  host->seen.clear();
  run(1s);
  module.output = "new";
  run(1s);
  EXPECT_EQ(host->seen, "new");
  EXPECT_EQ(other->seen, "old and gonenew");
}

TEST_F(BaudWireTest, WhatANewHostTypesWaitsUntilTheOldOneIsForgotten) {
  const auto host = attach();
  module.output = "for the one before";
  host->types = "AT";
  host->changing = true;
  run(1ms);
  host->seen.clear();
  run(100ms);
  EXPECT_EQ(module.typed, "");
  wire.change_host(*host);
  host->changing = false;
  run(100ms);
  EXPECT_EQ(module.typed, "AT");
}

TEST_F(BaudWireTest, WhatAHostTypedBeforeItWentArrives) {
  const auto host = attach();
  host->types = std::string(100, 'h');
  host->leaves = true;
  run(50ms);
  EXPECT_TRUE(wire.attached());
  run(1s);
  EXPECT_FALSE(wire.attached());
  EXPECT_EQ(module.typed.size(), 100U);
  module.output = "nobody";
  run(1s);
  EXPECT_EQ(wire.dropped(), 6U);
}

TEST_F(BaudWireTest, AResetEndsWhatIsOnTheLine) {
  const auto host = attach();
  module.output = std::string(100, 'm');
  run(10ms);
  module.output.clear();
  wire.module_is_off();
  run(1s);
  module.output = "ready";
  run(1s);
  EXPECT_EQ(host->seen, std::string(10, 'm') + "ready");
}

TEST_F(BaudWireTest, NoiseIsHeardByWhoHasItsRate) {
  const auto slow = attach(), usual = attach();
  slow->set_to = UartFormat{.baud = 74880};
  wire.make_noise("boot", {.baud = 74880});
  EXPECT_EQ(slow->unread, "boot");
  EXPECT_NE(usual->unread, "boot");
}

TEST_F(BaudWireTest, AModuleThatIsToldToRestartForgetsTheRest) {
  wire.configure({.baud = 4000000});  // so that all of it arrives at once
  const auto host = attach();
  module.when_typed = [this] { wire.module_is_off(); };
  module.takes = 3;
  host->types = "abcdef";
  run(1s);
  EXPECT_EQ(module.typed, "abc");
}
}  // namespace
}  // namespace bfq::serial

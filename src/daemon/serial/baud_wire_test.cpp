// Bytes at the rate of the UART, in both directions.
#include "commands/bfq4004.h"
#include "daemon/serial/baud_wire_for_tests.h"

namespace bfq::serial::at_baud {
const at::Dialect& FakeModule::dialect() const { return commands::kBfq4004; }

namespace {
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

// What the network brings makes turns, too: each would move the few bytes that have arrived since.
TEST_F(BaudWireTest, WhereThePaceIsSlowBytesMoveAtLooksAlone) {
  Pace pace;
  for (Instant at{}; at < Instant(10s); at += 200ms) pace.looked(1s, at);
  const UartPhysics usual{.speed = UartPhysics::Speed::baud, .receive_fifo = 4096};
  BaudWire in_a_crowd(
      io, module, usual, [this] { return now; }, &pace);
  const auto host = std::make_shared<FakeHost>();
  in_a_crowd.attach(host);
  module.output = std::string(5000, 'm');
  host->types = std::string(3000, 'h');
  unsigned lumps = 0, pieces = 0;
  for (const Instant end = now + 1s; now < end; now += 1ms) {
    if (host->on_typing && !host->types.empty()) std::exchange(host->on_typing, nullptr)();
    const std::size_t typed = module.typed.size();
    in_a_crowd.begin_turn();
    while (in_a_crowd.drain()) {
    }
    lumps += host->unread.empty() ? 0 : 1;
    pieces += module.typed.size() == typed ? 0 : 1;
    host->seen += std::exchange(host->unread, {});
  }
  EXPECT_EQ(host->seen.size(), 5000U);
  EXPECT_EQ(module.typed.size(), 3000U);
  EXPECT_LE(lumps, 6U);  // of 89 ms, in which 1,024 bytes pass
  EXPECT_LE(pieces, 5U);
}

// A host that types at another rate has other moments; a deadline that has passed would make a turn
// behind the other until the next look.
TEST_F(BaudWireTest, WhereThePaceIsSlowNoDeadlineIsLeftBehind) {
  Pace pace;
  for (Instant at{}; at < Instant(10s); at += 200ms) pace.looked(1s, at);
  const UartPhysics usual{.speed = UartPhysics::Speed::baud, .receive_fifo = 4096};
  BaudWire in_a_crowd(
      io, module, usual, [this] { return now; }, &pace);
  const auto host = std::make_shared<FakeHost>();
  host->set_to = UartFormat{.baud = 74880};
  in_a_crowd.attach(host);
  host->types = std::string(3000, 'h');
  for (const Instant end = now + 1s; now < end; now += 7ms) {
    if (host->on_typing && !host->types.empty()) std::exchange(host->on_typing, nullptr)();
    in_a_crowd.begin_turn();
    while (in_a_crowd.drain()) {
    }
    ASSERT_FALSE(in_a_crowd.next_deadline().due(now)) << now.time_since_epoch().count();
  }
  EXPECT_LT(host->types.size(), 3000U);
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
}  // namespace
}  // namespace bfq::serial::at_baud

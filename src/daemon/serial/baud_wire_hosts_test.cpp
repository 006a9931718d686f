// Hosts that come and go at the rate of the UART, and the power of the module.
#include "daemon/serial/baud_wire_for_tests.h"

namespace bfq::serial::at_baud {
namespace {
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
}  // namespace bfq::serial::at_baud

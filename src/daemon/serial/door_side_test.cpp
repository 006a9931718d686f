// Hosts and power change between turns only, whatever a door notices within one.
#include "daemon/serial/door_side.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "commands/bfq4004.h"
#include "daemon/serial/baud_wire.h"
#include "daemon/serial/fast_wire.h"
#include "daemon/serial/uart_side_for_tests.h"

namespace bfq::serial {
namespace {
/// A module that prints `output` and takes `takes` bytes of what is typed.
class PrintingModule final : public PrintedOutput {
 public:
  std::size_t uart_input(std::span<const std::byte> bytes) override {
    const std::size_t n = std::min(bytes.size(), takes);
    takes -= n;
    typed += n;
    return n;
  }
  const at::Dialect& dialect() const override { return commands::kBfq4004; }
  void settle() override {}
  void settle_soon() override { ++wake_ups; }

  std::size_t typed = 0;
  int wake_ups = 0;
};

/// A host whose door notices something each time that it is given bytes.
class NoticingHost final : public SerialHost {
 public:
  std::string name() const override { return "a host"; }
  Transfer read(std::span<std::byte> into) override {
    if (types == 0) return Transfer::gone();
    const std::size_t n = std::min(types, into.size());
    types -= n;
    return Transfer::moved(n);
  }
  Transfer write(std::span<const std::byte> bytes) override {
    read_bytes += bytes.size();
    if (when_written) std::exchange(when_written, nullptr)();
    return Transfer::moved(bytes.size());
  }
  void when_typing(Ready ready) override {
    is_attached = true;
    on_typing = std::move(ready);
  }
  void when_room(Ready) override {}
  void changed() override { ++changes; }
  void become_ready() {
    if (on_typing) std::exchange(on_typing, nullptr)();
  }
  void left() override { is_attached = false; }
  bool is_read_ahead() const override { return has_dtr; }

  std::size_t types = 0, read_bytes = 0;
  bool is_attached = false, has_dtr = false;
  int changes = 0;
  Ready on_typing;
  std::function<void()> when_written;
};

class FakeLines final : public ControlLines {
 public:
  void hold_in_reset() override { seen += 'H'; }
  void release_from_reset() override { seen += 'R'; }
  void hang_up() override { seen += 'U'; }
  std::string seen;
};

/// A board with one host, whose turns the test takes.
template <class W>
class DoorSideTest : public testing::Test {
 protected:
  DoorSideTest() {
    side.attach(host);
    begin_turn();
  }
  std::unique_ptr<Wire> make() {
    if constexpr (std::is_same_v<W, FastWire>) {
      return std::make_unique<FastWire>(io, module);
    } else {
      const UartPhysics physics{.speed = UartPhysics::Speed::baud};
      return std::make_unique<BaudWire>(io, module, physics, [this] { return now; });
    }
  }
  void begin_turn() { side.apply(*wire, lines); }
  /// All of a turn but its beginning, and then the same again a second later: so that everything
  /// has arrived at any rate.
  void drain() {
    for (int i = 0; i < 2; ++i) {
      wire->begin_turn();
      while (wire->drain()) {
      }
      now += 1s;
    }
  }

  boost::asio::io_context io;
  Instant now{};
  PrintingModule module;
  std::unique_ptr<Wire> wire = make();
  FakeLines lines;
  int wake_ups = 0;
  DoorSide side{io, "bfq0", !std::is_same_v<W, FastWire>, [this] { ++wake_ups; }};
  std::shared_ptr<NoticingHost> host = std::make_shared<NoticingHost>();
};

using Wires = testing::Types<FastWire, BaudWire>;
TYPED_TEST_SUITE(DoorSideTest, Wires);

TYPED_TEST(DoorSideTest, WakesTheBoardForWhatADoorNotices) {
  const int before = this->wake_ups;
  this->side.hold_in_reset();
  EXPECT_EQ(this->wake_ups, before + 1);
  EXPECT_EQ(this->lines.seen, "");
}

TYPED_TEST(DoorSideTest, AHostThatComesWithinADrainIsThereFromTheNextTurnOn) {
  const auto other = std::make_shared<NoticingHost>();
  this->host->when_written = [&] { this->side.attach(other); };
  this->module.output = "hello";
  this->drain();
  EXPECT_EQ(this->host->read_bytes, 5U);
  this->module.output = "again";
  this->drain();
  EXPECT_FALSE(other->is_attached);
  EXPECT_EQ(other->read_bytes, 0U);
  this->begin_turn();
  EXPECT_TRUE(other->is_attached);
}

TYPED_TEST(DoorSideTest, AResetWithinADrainTakesEffectInTheNextTurn) {
  this->host->when_written = [this] { this->side.hold_in_reset(); };
  this->module.output = "hello";
  this->drain();
  EXPECT_EQ(this->host->read_bytes, 5U);
  EXPECT_EQ(this->lines.seen, "");
  this->begin_turn();
  EXPECT_EQ(this->lines.seen, "H");
}

TYPED_TEST(DoorSideTest, APulseIsNotMissed) {
  this->side.hold_in_reset();
  this->side.release_from_reset();
  this->begin_turn();
  EXPECT_EQ(this->lines.seen, "HR");
}

using DoorSideAtBaudTest = DoorSideTest<BaudWire>;

TEST_F(DoorSideAtBaudTest, HangingUpDiscardsWhatTheReceiveFifoHolds) {
  host->types = 5;
  module.takes = 3;
  host->become_ready();
  drain();
  ASSERT_EQ(module.typed, 3U);
  side.hang_up();
  begin_turn();
  EXPECT_EQ(lines.seen, "U");
  module.takes = SIZE_MAX;
  drain();
  EXPECT_EQ(module.typed, 3U);
}

TEST_F(DoorSideAtBaudTest, AHostWithDtrIsReadOnBehindWhatRtsHoldsBack) {
  wire->configure({.flow = 3});
  module.takes = 0;
  host->has_dtr = true;
  host->types = 300;
  host->become_ready();
  drain();
  EXPECT_EQ(host->types, 0U);
  begin_turn();
  EXPECT_TRUE(host->is_attached) << "what it typed still waits";
  module.takes = SIZE_MAX;
  for (int i = 0; i < 20; ++i) drain();
  EXPECT_EQ(module.typed, 300U);
  begin_turn();
  EXPECT_FALSE(host->is_attached);
}

TYPED_TEST(DoorSideTest, AChangeOfHostsWithinADrainTakesEffectInTheNextTurn) {
  this->host->when_written = [this] { this->side.change_host(this->host); };
  this->module.output = "hello";
  this->drain();
  EXPECT_EQ(this->host->changes, 0);
  this->begin_turn();
  EXPECT_EQ(this->host->changes, 1);
}

TYPED_TEST(DoorSideTest, AHostThatGoesWithinADrainIsLetGoInTheNextTurn) {
  this->host->types = 5;
  this->module.takes = 3;
  this->host->become_ready();
  this->drain();
  ASSERT_EQ(this->module.typed, 3U);
  this->module.takes = SIZE_MAX;
  this->drain();
  EXPECT_EQ(this->module.typed, 5U);
  this->host->become_ready();  // it is gone
  this->drain();
  EXPECT_TRUE(this->host->is_attached);
  EXPECT_TRUE(this->wire->attached());
  EXPECT_GT(this->module.wake_ups, 0);
  this->begin_turn();
  EXPECT_FALSE(this->host->is_attached);
  EXPECT_FALSE(this->wire->attached());
}

TYPED_TEST(DoorSideTest, WhatIsNoticedOfAHostThatHasGoneIsIgnored) {
  this->host->become_ready();  // it is gone
  this->side.change_host(this->host);
  this->side.stop_listening(this->host);
  this->drain();
  this->begin_turn();
  EXPECT_EQ(this->host->changes, 0);
  EXPECT_FALSE(this->wire->attached());
}
}  // namespace
}  // namespace bfq::serial

#include "daemon/serial/shift_line.h"

#include <gtest/gtest.h>

namespace bfq::serial {
namespace {
Instant at(Duration time) { return Instant(time); }

TEST(ShiftLine, ACharacterTakesAllItsBits) {
  struct Case {
    UartFormat format;
    Duration thousand;  ///< for as many characters
  };
  for (const auto& [format, thousand] :
       {Case{{.baud = 1000000}, 10ms}, Case{{.baud = 1000000, .parity = 1}, 11ms},
        Case{{.baud = 1000000, .data_bits = 7, .stop_bits = 3, .parity = 2}, 11ms},
        Case{{.baud = 1000000, .data_bits = 5, .stop_bits = 2}, 7500us},
        Case{{.baud = 100}, 100s}}) {
    ShiftLine line;
    line.start(1000, format, at(1s));
    EXPECT_EQ(line.free_at(), at(1s + thousand));
    EXPECT_EQ(line.arrived(at(1s + thousand - 1us)), 999U);
    EXPECT_EQ(line.arrived(at(1s + thousand)), 1000U);
    EXPECT_EQ(line.arrival_of(1000), Deadline(at(1s + thousand)));
    EXPECT_EQ(line.arrival_of(500), Deadline(at(1s + thousand / 2)));
  }
}

TEST(ShiftLine, HundredThousandBytesTakeWhatTheArithmeticSays) {
  ShiftLine line;
  Instant now = at(0s);
  std::size_t sent = 0, arrived = 0;
  while (arrived < 100000) {
    const std::size_t n = std::min<std::size_t>(92 - line.moving(), 100000 - sent);
    line.start(n, {}, sent == 0 ? now : line.free_at());
    sent += n;
    now += 2777us;  // looks that are in step with nothing
    const std::size_t there = line.arrived(now);
    line.take(there);
    arrived += there;
  }
  EXPECT_NEAR(std::chrono::duration<double>(line.free_at() - at(0s)).count(),
              100000 * 10 / 115200.0, 0.000002);
}

TEST(ShiftLine, NothingArrivesBeforeItsTimeAndNothingTwice) {
  ShiftLine line;
  EXPECT_TRUE(line.arrival_of(1).is_never());
  line.start(10, {.baud = 10000}, at(0s));  // 1 ms each
  EXPECT_EQ(line.arrived(at(999us)), 0U);
  EXPECT_EQ(line.arrived(at(3500us)), 3U);
  line.take(3);
  EXPECT_EQ(line.arrived(at(3500us)), 0U);
  EXPECT_EQ(line.moving(), 7U);
  EXPECT_EQ(line.arrival_of(1), Deadline(at(4ms)));
  EXPECT_EQ(line.arrival_of(100), Deadline(at(10ms)));
  line.take(7);
  EXPECT_TRUE(line.arrival_of(1).is_never());
}

TEST(ShiftLine, BytesGoOnBehindThoseThatMoveAndBeginAnewAfterAPause) {
  ShiftLine line;
  line.start(5, {.baud = 10000}, at(0s));
  line.start(5, {.baud = 10000}, at(2ms));
  EXPECT_EQ(line.free_at(), at(10ms));
  line.start(1, {.baud = 1000}, at(2ms));  // at another rate
  EXPECT_EQ(line.free_at(), at(20ms));
  line.take(11);
  line.start(1, {.baud = 10000}, at(50ms));
  EXPECT_EQ(line.arrival_of(1), Deadline(at(51ms)));
  line.clear();
  EXPECT_EQ(line.moving(), 0U);
}

TEST(bytes_in, is_at_least_one) {
  EXPECT_EQ(bytes_in(4ms, {}), 46U);
  EXPECT_EQ(bytes_in(4ms, {.baud = 110}), 1U);
}
}  // namespace
}  // namespace bfq::serial

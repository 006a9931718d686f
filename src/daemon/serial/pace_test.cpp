#include "daemon/serial/pace.h"

#include <gtest/gtest.h>

namespace bfq::serial {
namespace {
using namespace std::chrono_literals;

/// Looks for that long, of which each takes so much of the program's time.
void look_for(Pace& pace, Instant& now, Duration time, std::chrono::nanoseconds each) {
  for (const Instant end = now + time; now < end; now += pace.between_looks())
    pace.looked(each, now);
}

TEST(Pace, IsTheUsualOneWhileLooksCostLittle) {
  Pace pace;
  Instant now{};
  look_for(pace, now, 10s, 90us);
  EXPECT_EQ(pace.between_looks(), Pace::kUsual);
}

TEST(Pace, BecomesAsSlowAsATenthOfACoreAsksFor) {
  Pace pace;
  Instant now{};
  look_for(pace, now, 20s, 2ms);
  EXPECT_GT(pace.between_looks(), 18ms);
  EXPECT_LT(pace.between_looks(), 42ms);
  look_for(pace, now, 20s, 10us);
  EXPECT_EQ(pace.between_looks(), Pace::kUsual);
}

TEST(Pace, HasALongestTime) {
  Pace pace;
  Instant now{};
  look_for(pace, now, 60s, 10s);
  EXPECT_EQ(pace.between_looks(), 1s);
}
}  // namespace
}  // namespace bfq::serial

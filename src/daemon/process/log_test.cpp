#include "daemon/process/log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bfq::process {
namespace {
using namespace std::chrono_literals;
constexpr auto kInfo = spdlog::level::info;

class LogLimitTest : public testing::Test {
 protected:
  std::size_t said_of(std::size_t lines, std::string_view words) {
    std::size_t said = 0;
    for (std::size_t i = 0; i < lines; ++i)
      if (limit.admits(kInfo, fmt::format("{} {}", words, i), now)) ++said;
    return said;
  }

  LogLimit limit;
  LogLimit::Time now{};
};

TEST_F(LogLimitTest, AFloodOfOneKindIsCounted) {
  EXPECT_EQ(said_of(1'000'000, "datagram"), LogLimit::kBurst);
  EXPECT_TRUE(limit.admits(kInfo, "something else", now));
  EXPECT_TRUE(limit.counts(now).empty()) << "not yet: the flood may still go on";
  now += 1s;
  const auto counts = limit.counts(now);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].text, "999800 lines left out like: datagram 200");
  EXPECT_TRUE(limit.counts(now + 10s).empty()) << "said once";
}

TEST_F(LogLimitTest, WhileItGoesOnThereAreAFewLinesASecond) {
  said_of(1000, "datagram");
  std::size_t said = 0;
  for (int ms = 0; ms < 10'000; ++ms) {
    now += 1ms;
    said += limit.counts(now).size() + said_of(10, "datagram");
  }
  EXPECT_LE(said, 110U);
  EXPECT_GE(said, 10U);
}

TEST_F(LogLimitTest, WhatComesNowAndThenIsNeverLeftOut) {
  for (int i = 0; i < 10'000; ++i) {
    now += 100ms;
    EXPECT_TRUE(limit.admits(kInfo, fmt::format("host {} has come", i), now));
  }
}

TEST_F(LogLimitTest, ManyKindsShareOneBurstInTheEnd) {
  std::size_t said = 0;
  for (int i = 0; i < 10'000; ++i)
    if (limit.admits(kInfo, std::string(1 + static_cast<std::size_t>(i) % 500, 'x'), now)) ++said;
  EXPECT_LE(said, (LogLimit::kKinds + 1) * static_cast<std::size_t>(LogLimit::kBurst));
}

TEST_F(LogLimitTest, TheCountHasTheLevelOfWhatWasLeftOut) {
  for (int i = 0; i < 500; ++i) limit.admits(spdlog::level::warn, "refused", now);
  ASSERT_TRUE(limit.admits(kInfo, "something else", now));
  const auto counts = limit.counts(now + 1s);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].level, spdlog::level::warn);
}

TEST_F(LogLimitTest, AtTheEndTheCountIsSaid) {
  said_of(500, "datagram");
  EXPECT_EQ(limit.counts(now, true).size(), 1U);
}
}  // namespace
}  // namespace bfq::process

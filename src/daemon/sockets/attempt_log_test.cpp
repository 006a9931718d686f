#include "daemon/sockets/attempt_log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

namespace bfq::sockets {
namespace {
using namespace std::chrono_literals;

class AnAttemptLog : public ::testing::Test {
 protected:
  AnAttemptLog() {
    const auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(said_);
    const auto logger = std::make_shared<spdlog::logger>("test", sink);
    logger->set_pattern("%v");
    spdlog::set_default_logger(logger);
  }
  ~AnAttemptLog() override { spdlog::set_default_logger(before_); }

  std::string said() { return std::exchange(said_, std::ostringstream()).str(); }

  AttemptLog log;
  AttemptLog::Clock::time_point now{};

 private:
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream said_;
};

TEST_F(AnAttemptLog, says_once_what_fails_again_and_again) {
  for (int i = 0; i < 100; ++i, now += 100ms) log.failed("refused", now);
  EXPECT_EQ(said(), "refused\n");
  log.connected("connected");
  EXPECT_EQ(said(), "refused (99 times more)\nconnected\n");
}

TEST_F(AnAttemptLog, says_the_count_once_a_minute) {
  for (; now < AttemptLog::Clock::time_point{2min}; now += 100ms) log.failed("refused", now);
  EXPECT_EQ(said(), "refused\nrefused (600 times more)\n");
}

TEST_F(AnAttemptLog, says_each_failure_of_its_own) {
  log.failed("refused", now);
  log.failed("refused", now + 3s);
  log.failed("unreachable", now + 4s);
  log.connected("connected");
  log.failed("unreachable", now + 5s);
  EXPECT_EQ(said(), "refused\nrefused\nunreachable\nconnected\nunreachable\n");
}
}  // namespace
}  // namespace bfq::sockets

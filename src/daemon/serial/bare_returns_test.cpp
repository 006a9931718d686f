#include "daemon/serial/bare_returns.h"

#include <gtest/gtest.h>

#include <string_view>

namespace bfq::serial {
namespace {
bool notices(std::string_view typed) {
  BareReturns returns;
  return returns.typed(std::as_bytes(std::span(typed)));
}

TEST(BareReturns, AreNoticedBehindTheSecondCommand) {
  EXPECT_TRUE(notices("AT\rAT\r"));
  EXPECT_TRUE(notices("AT+GMR\r\r\rAT+GMR\r"));
  EXPECT_TRUE(notices("AT\r\nAT\rxAT\r"));
  for (const std::string_view text :
       {"AT\r", "AT\r\nAT\r\n", "AT\r\r\nAT\r\r\n", "\r\r\r", "A\rT\rAT\r", "hello\rthere\r"})
    EXPECT_FALSE(notices(text)) << text;
}

TEST(BareReturns, AreToldOnce) {
  BareReturns returns;
  const std::string_view text = "AT\r";
  unsigned times = 0;
  for (int i = 0; i < 10; ++i) times += returns.typed(std::as_bytes(std::span(text))) ? 1 : 0;
  EXPECT_EQ(times, 1U);
}
}  // namespace
}  // namespace bfq::serial

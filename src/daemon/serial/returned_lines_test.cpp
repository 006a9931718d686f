#include "daemon/serial/returned_lines.h"

#include <gtest/gtest.h>

#include <string_view>

namespace bfq::serial {
namespace {
class ReturnedLinesTest : public testing::Test {
 protected:
  void type(std::string_view text) { lines.typed(std::as_bytes(std::span(text))); }
  void print(std::string_view text) { lines.printed(std::as_bytes(std::span(text))); }
  void repeat(unsigned times, std::string_view typed, std::string_view printed) {
    for (unsigned i = 0; i < times; ++i) {
      type(typed);
      print(printed);
    }
  }
  ReturnedLines lines;
};

TEST_F(ReturnedLinesTest, AreNoticedOnceAfterManyErrorsInARow) {
  print("\r\nERROR\r\n");
  repeat(63, "\r\nERROR\r\n", "\r\nERROR\r\n");
  EXPECT_FALSE(lines.take_notice());
  repeat(1, "\r\nERROR\r\n", "\r\nERROR\r\n");
  EXPECT_TRUE(lines.take_notice());
  repeat(200, "\r\nERROR\r\n", "\r\nERROR\r\n");
  EXPECT_FALSE(lines.take_notice());
}

TEST_F(ReturnedLinesTest, AreNotTheModulesEchoOfThem) {
  print("\r\nready\r\n");
  repeat(63, "ready\r\n", "ready\r\r\n\r\nERROR\r\n");
  EXPECT_FALSE(lines.take_notice());
}

TEST_F(ReturnedLinesTest, AreInARow) {
  print("\r\nERROR\r\n");
  for (int i = 0; i < 10; ++i) {
    repeat(60, "ERROR\r\n", "\r\nERROR\r\n");
    repeat(1, "AT\r\n", "\r\nOK\r\n");
  }
  EXPECT_FALSE(lines.take_notice());
}

TEST_F(ReturnedLinesTest, AreNoCommandsThatAreTypedAgain) {
  repeat(200, "AT+WHAT\r\n", "AT+WHAT\r\r\n\r\nERROR\r\n");
  repeat(200, "nonsense\r\n", "nonsense\r\r\n\r\nERROR\r\n");
  EXPECT_FALSE(lines.take_notice());
}
}  // namespace
}  // namespace bfq::serial

#include "daemon/serial/ip232_line.h"

#include <gtest/gtest.h>

#include <string>

namespace bfq::serial {
namespace {
using namespace std::string_literals;

std::string string_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Ip232Line, TakesDataAndDtrInPiecesOfAnySize) {
  Ip232Line line;
  std::vector<std::byte> typed;
  bool was_on = false;
  for (const char& byte :
       "\xff\x01"
       "A\xff\xffT\xff\x07"
       "B"s) {
    line.take(std::as_bytes(std::span(&byte, 1)), typed);
    was_on |= line.dtr();
  }
  EXPECT_EQ(string_of(typed), "A\xffTB");
  EXPECT_TRUE(was_on && line.dtr());
  const std::string off = "\xff\0"s;
  line.take(std::as_bytes(std::span(off)), typed);
  EXPECT_FALSE(line.dtr());
}

TEST(Ip232Line, SaysDataAndTheCarrier) {
  Ip232Line line;
  line.show_carrier(true);
  const std::string said = "O\xffK"s;
  line.say(std::as_bytes(std::span(said)));
  line.show_carrier(false);
  EXPECT_EQ(string_of(line.output()), "\xff\x01O\xff\xffK\xff\0"s);
  line.sent(2);
  EXPECT_EQ(string_of(line.output()), "O\xff\xffK\xff\0"s);
}
}  // namespace
}  // namespace bfq::serial

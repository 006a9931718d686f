#include "daemon/serial/line_format.h"

#include <gtest/gtest.h>

namespace bfq::serial {
namespace {
TEST(describe, writes_a_format_as_people_do) {
  EXPECT_EQ(describe(UartFormat{}), "115200 8N1");
  EXPECT_EQ(describe({.baud = 9600, .data_bits = 7, .stop_bits = 3, .parity = 2}), "9600 7E2");
  EXPECT_EQ(describe({.baud = 110, .data_bits = 5, .stop_bits = 2, .parity = 1, .flow = 3}),
            "110 5O1.5 RTS/CTS");
}
}  // namespace
}  // namespace bfq::serial

#include "daemon/serial/baud_mismatch.h"

#include <gtest/gtest.h>

#include <string>

namespace bfq::serial {
namespace {
std::string heard(const std::string& sent, const UartFormat& sender, const UartFormat& receiver) {
  const auto bytes = BaudMismatch(sender, receiver).burst(std::as_bytes(std::span(sent)));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string every_byte() {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  return all;
}

TEST(BaudMismatch, WhoIsSetAlikeHearsEveryByte) {
  for (const UartFormat& format :
       {UartFormat{}, UartFormat{.baud = 110, .stop_bits = 3, .parity = 1},
        UartFormat{.baud = 4608000, .stop_bits = 2, .parity = 2}})
    EXPECT_EQ(heard(every_byte(), format, format), every_byte()) << format.baud;
}

TEST(BaudMismatch, FivePercentAreTolerated) {
  for (const std::uint32_t baud : {95300U, 97000U, 100000U, 103000U, 105200U})
    EXPECT_EQ(heard(every_byte(), {.baud = 100000}, {.baud = baud}), every_byte()) << baud;
  EXPECT_NE(heard(every_byte(), {.baud = 100000}, {.baud = 94000}), every_byte());
  EXPECT_NE(heard(every_byte(), {.baud = 100000}, {.baud = 110000}), every_byte());
}

TEST(BaudMismatch, AFastReceiverHearsMoreAndASlowOneLess) {
  const std::string text = "AT+GMR\r\nThe quick brown fox jumps over the lazy dog.";
  const std::string fast = heard(text, {.baud = 9600}, {.baud = 115200});
  const std::string slow = heard(text, {.baud = 115200}, {.baud = 9600});
  EXPECT_GT(fast.size(), text.size());
  EXPECT_LT(slow.size(), text.size() / 8);
  EXPECT_GT(slow.size(), 0U);
}

TEST(BaudMismatch, TheSameBytesBecomeTheSameGarbageHoweverTheyAreCut) {
  const UartFormat sender{.baud = 74880}, receiver{};
  const std::string whole = heard(every_byte(), sender, receiver);
  BaudMismatch cut(sender, receiver);
  std::vector<std::byte> bytes;
  for (const char& byte : every_byte()) cut.pass(std::as_bytes(std::span(&byte, 1)), bytes);
  cut.rest(bytes);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), whole);
  EXPECT_NE(whole, every_byte());
}

TEST(BaudMismatch, DataBitsAndParityMatterToo) {
  EXPECT_FALSE(sample_alike({}, {.data_bits = 7}));
  EXPECT_FALSE(sample_alike({}, {.parity = 2}));
  EXPECT_FALSE(sample_alike({}, {.baud = 115201}));
  EXPECT_TRUE(sample_alike({}, {.stop_bits = 3}));
  // With even parity, A (two ones) is sent with its highest bit clear, and C (three) with it set.
  EXPECT_EQ(heard("AC", {.data_bits = 7, .parity = 2}, {}), "A\xc3");
  EXPECT_EQ(heard("A\xc3", {}, {.data_bits = 7, .parity = 2}), "AC");
}
}  // namespace
}  // namespace bfq::serial

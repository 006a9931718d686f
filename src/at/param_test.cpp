#include "at/param.h"

#include <gtest/gtest.h>

namespace bfq::at {
namespace {
Field bare(std::string_view s) { return {s, !s.empty(), false}; }
Field quoted(std::string_view s) { return {s, true, true}; }

struct IntegerCase {
  std::string_view text;
  Range range;
  Fault fault;
  std::int32_t value = 0;
};
class Integer : public ::testing::TestWithParam<IntegerCase> {};
TEST_P(Integer, is_read) {
  std::int32_t value = 0;
  EXPECT_EQ(read_integer(bare(GetParam().text), GetParam().range, value), GetParam().fault)
      << GetParam().text;
  if (GetParam().fault == Fault::none) {
    EXPECT_EQ(value, GetParam().value);
  }
}
constexpr Range kByte{0, 255};
INSTANTIATE_TEST_SUITE_P(
    Param, Integer,
    ::testing::Values(
        IntegerCase{"0", kByte, Fault::none, 0}, IntegerCase{"255", kByte, Fault::none, 255},
        IntegerCase{"256", kByte, Fault::too_large},
        IntegerCase{"000000255", kByte, Fault::none, 255},
        IntegerCase{"0000000255", kByte, Fault::too_many_digits},
        IntegerCase{"999999999", Range{}, Fault::none, 999999999},
        IntegerCase{"99999999999999999999", Range{}, Fault::too_many_digits},
        IntegerCase{"4", Range{5, 8}, Fault::too_small}, IntegerCase{"-1", kByte, Fault::wrong},
        IntegerCase{"-11", Range{-11, 13}, Fault::none, -11},
        IntegerCase{"-12", Range{-11, 13}, Fault::too_small},
        IntegerCase{"-", Range{-11, 13}, Fault::wrong}, IntegerCase{"", kByte, Fault::wrong},
        IntegerCase{"1x", kByte, Fault::wrong}, IntegerCase{"+1", kByte, Fault::wrong},
        IntegerCase{" 1", kByte, Fault::wrong}));

TEST(Param, refuses_a_number_in_quotation_marks) {
  std::int32_t value = 0;
  EXPECT_EQ(read_integer(quoted("1"), kByte, value), Fault::wrong);
}

TEST(Param, reads_texts_by_their_length) {
  EXPECT_EQ(read_text(quoted("ab"), {1, 2}), Fault::none);
  EXPECT_EQ(read_text(quoted(""), {1, 2}), Fault::too_small);
  EXPECT_EQ(read_text(quoted("abc"), {1, 2}), Fault::too_large);
  EXPECT_EQ(read_text(bare("ab"), {1, 2}), Fault::wrong);
}

TEST(Param, reads_mac_addresses) {
  MacAddress mac;
  EXPECT_EQ(read_mac(quoted("0a:Bc:DE:f0:12:99"), mac), Fault::none);
  EXPECT_EQ(mac, (MacAddress{{0x0a, 0xbc, 0xde, 0xf0, 0x12, 0x99}}));
  EXPECT_EQ(read_mac(bare("0a:bc:de:f0:12:99"), mac), Fault::wrong);
  for (const char* wrong : {"", "0a:bc:de:f0:12", "0a:bc:de:f0:12:9", "0a:bc:de:f0:12:9g",
                            "0a-bc-de-f0-12-99", "0a:bc:de:f0:12:99:", "0abc:de:f0:12:9:9"})
    EXPECT_EQ(read_mac(quoted(wrong), mac), Fault::wrong) << wrong;
}

TEST(Param, reads_addresses) {
  Ipv4 address;
  EXPECT_EQ(read_ipv4(quoted("192.0.2.7"), address), Fault::none);
  EXPECT_EQ(address, Ipv4(192, 0, 2, 7));
  EXPECT_EQ(read_ipv4(bare("192.0.2.7"), address), Fault::wrong);
  EXPECT_EQ(read_ipv4(quoted("192.0.2"), address), Fault::wrong);
}

TEST(Param, reads_choices_to_the_letter) {
  constexpr std::string_view kChoices[] = {"TCP", "UDP"};
  std::size_t index = 9;
  EXPECT_EQ(read_choice(quoted("UDP"), kChoices, index), Fault::none);
  EXPECT_EQ(index, 1U);
  for (const char* wrong : {"", "udp", "UD", "UDPX"})
    EXPECT_EQ(read_choice(quoted(wrong), kChoices, index), Fault::wrong) << wrong;
  EXPECT_EQ(read_choice(bare("UDP"), kChoices, index), Fault::wrong);
}
}  // namespace
}  // namespace bfq::at

#include "base/text.h"

#include <gtest/gtest.h>

namespace bfq {
namespace {
TEST(Slice, is_cut_where_the_view_ends) {
  EXPECT_EQ(slice("hello", 1, 3), "ell");
  EXPECT_EQ(slice("hello", 1), "ello");
  EXPECT_EQ(slice("hello", 4, 9), "o");
  EXPECT_EQ(slice("hello", 5), "");
  EXPECT_EQ(slice("hello", 6, 1), "");
  EXPECT_EQ(slice("", 0), "");
  EXPECT_EQ(slice("hello", 0, 0), "");
}

TEST(Text, takes_all_or_nothing) {
  Text<5> text;
  EXPECT_TRUE(text.empty());
  EXPECT_TRUE(text.assign("hello"));
  EXPECT_EQ(text.view(), "hello");
  EXPECT_FALSE(text.assign("hello!"));
  EXPECT_EQ(text.view(), "hello");
  EXPECT_TRUE(text.assign(""));
  EXPECT_TRUE(text.empty());
}

TEST(Text, is_bytes) {
  const std::string_view bytes("a\0\xff", 3);
  EXPECT_EQ(Text<5>(bytes).view(), bytes);
}

TEST(Text, is_equal_by_what_it_says) {
  Text<5> a("hello"), b("hi");
  EXPECT_FALSE(a == b);
  EXPECT_TRUE(a.assign("hi"));  // what stood behind it before doesn't count
  EXPECT_TRUE(a == b);
}

TEST(TextDeathTest, stops_who_knows_better) { EXPECT_DEATH(Text<2>("abc"), "CHECK failed"); }
}  // namespace
}  // namespace bfq

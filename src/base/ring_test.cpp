#include "base/ring.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace bfq {
namespace {
std::span<const std::byte> bytes(std::string_view s) {
  return std::as_bytes(std::span(s.data(), s.size()));
}
std::string text(std::span<const std::byte> b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

TEST(ByteRing, begins_empty) {
  ByteRing<4> ring;
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.room(), 4U);
  EXPECT_TRUE(ring.front().empty());
  ring.drop(3);  // more than there is does no harm
  EXPECT_EQ(ring.room(), 4U);
}

TEST(ByteRing, takes_what_fits) {
  ByteRing<4> ring;
  EXPECT_EQ(ring.push(bytes("abcdef")), 4U);
  EXPECT_EQ(ring.push(bytes("x")), 0U);
  EXPECT_EQ(text(ring.front()), "abcd");
}

TEST(ByteRing, wraps_round) {
  ByteRing<4> ring;
  ring.push(bytes("abc"));
  ring.drop(2);
  EXPECT_EQ(ring.push(bytes("def")), 3U);
  EXPECT_EQ(text(ring.front()), "cd");
  ring.drop(2);
  EXPECT_EQ(text(ring.front()), "ef");
  ring.drop(2);
  EXPECT_TRUE(ring.empty());
}

TEST(ByteRing, gives_long_runs_once_it_was_empty) {
  ByteRing<4> ring;
  ring.push(bytes("abc"));
  ring.drop(3);
  ring.push(bytes("defg"));
  EXPECT_EQ(text(ring.front()), "defg");
}

TEST(ByteRing, clears) {
  ByteRing<4> ring;
  ring.push(bytes("abc"));
  ring.clear();
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.push(bytes("wxyz")), 4U);
}

TEST(ByteRing, is_a_queue_whatever_happens) {
  std::mt19937 dice(7);
  ByteRing<13> ring;
  std::string model;
  for (int i = 0; i < 20'000; ++i) {
    if (dice() % 2 == 0) {
      std::string in(dice() % 9, '\0');
      for (char& c : in) c = static_cast<char>(dice());
      const std::size_t taken = ring.push(bytes(in));
      ASSERT_EQ(taken, std::min(in.size(), 13 - model.size()));
      model += in.substr(0, taken);
    } else {
      const std::string front = text(ring.front());
      ASSERT_EQ(front.empty(), model.empty());
      ASSERT_EQ(front, model.substr(0, front.size()));
      const std::size_t n = dice() % 9;
      ring.drop(n);
      model.erase(0, n);
    }
    ASSERT_EQ(ring.size(), model.size());
    ASSERT_EQ(ring.room(), 13 - model.size());
  }
}
}  // namespace
}  // namespace bfq

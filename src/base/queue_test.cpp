#include "base/queue.h"

#include <gtest/gtest.h>

namespace bfq {
namespace {
TEST(Queue, gives_back_in_order) {
  Queue<int, 3> queue;
  for (int round = 0; round < 5; ++round) {  // so that it wraps at every place
    EXPECT_TRUE(queue.push(1));
    EXPECT_TRUE(queue.push(2));
    EXPECT_EQ(queue.front(), 1);
    EXPECT_EQ(queue.pop(), 1);
    EXPECT_EQ(queue.pop(), 2);
    EXPECT_TRUE(queue.empty());
  }
}

TEST(Queue, refuses_what_does_not_fit) {
  Queue<int, 2> queue;
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_TRUE(queue.full());
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_TRUE(queue.push(3));
  EXPECT_EQ(queue.size(), 2U);
}

TEST(Queue, clears) {
  Queue<int, 2> queue;
  EXPECT_TRUE(queue.push(1));
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.push(2));
  EXPECT_EQ(queue.front(), 2);
}

TEST(QueueDeathTest, stops_who_takes_from_an_empty_one) {
  Queue<int, 2> queue;
  EXPECT_DEATH(queue.pop(), "CHECK failed");
}
}  // namespace
}  // namespace bfq

// Proves that what the swarm is made of sees what it must see, and that what it lives through
// replays.
#include <gtest/gtest.h>

#include <numeric>

#include "commands/bfq4004.h"
#include "journal/black_box.h"
#include "journal/redact.h"
#include "journal/replay.h"
#include "run.h"
#include "said.h"
#include "seed.h"
#include "shrink.h"

namespace bfq::swarm {
namespace {
TEST(Said, wants_words_of_the_dialect) {
  for (const char* wrong :
       {"OK!\r\n", "\r\nOK \r\n", "\rOK\r\n", ">OK", "\r\nhello\r\n", "WIFI\r\n", "\r\nOK\r\n>",
        "5,CLOSED\r\n", "\r\nRecv x bytes\r\n", "\r\nOK", "+NOPE:1\r\n", "1,WIFI GOT IP\r\n"})
    EXPECT_THROW(parse(wrong), Violation) << wrong;
}

TEST(Said, knows_those_words) {
  const auto said = parse(
      "0,CONNECT\r\n+CWMODE_CUR:1\r\n\r\nRecv 17 "
      "bytes\r\n192.168.4.2,02:00:00:00:01:02\r\n\r\nOK\r\n> ");
  ASSERT_EQ(said.size(), 5U);
  EXPECT_EQ(said[0].link, 0U);
  EXPECT_EQ(said[2].count, 17U);
  EXPECT_EQ(said[4].kind, Said::Kind::prompt);
  EXPECT_EQ(parse("\r\nOK\r\n\r\n>").at(0).kind, Said::Kind::passthrough_prompt);
}

TEST(Shrink, leaves_what_it_takes) {
  std::vector<unsigned> steps(80);
  std::iota(steps.begin(), steps.end(), 0U);
  const auto needs = [](const std::vector<unsigned>& left) {
    const auto has = [&](unsigned step) {
      return std::find(left.begin(), left.end(), step) != left.end();
    };
    return has(3) && has(40) && has(79);
  };
  EXPECT_EQ(shrink(steps, needs), (std::vector<unsigned>{3, 40, 79}));
  EXPECT_TRUE(shrink(steps, [](const auto&) { return true; }).empty());
}

struct Replayed {
  std::size_t records = 0;
  std::string difference;
};

Replayed replay(std::span<const std::byte> file) {
  Replayed replayed;
  journal::Replay replay(file, {"the swarm's", commands::kBfq4004});
  while (const auto step = replay.next()) {
    ++replayed.records;
    if (replayed.difference.empty()) replayed.difference = step->difference;
  }
  return replayed;
}

class Journals : public ::testing::TestWithParam<unsigned> {};

/// Eight thousand steps, power cuts among them.
TEST_P(Journals, of_whole_histories_replay_to_the_same_bytes) {
  for (unsigned seed = GetParam(); seed < GetParam() + 25; ++seed) {
    for (const Manner manner : {Manner::watched, Manner::in_one_piece}) {
      journal::Pages pages;
      swarm::Run(seed, {.manner = manner, .journal = &pages}).live(all_steps());
      const Replayed replayed = replay(pages.all());
      EXPECT_EQ(replayed.difference, "") << seed;
      EXPECT_GT(replayed.records, 50U) << seed;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(some_seeds, Journals, ::testing::Values(0U, 1000U, 2000U, 3000U));

TEST(BlackBoxes, of_whole_histories_replay) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    journal::BlackBox box(100'000);
    swarm::Run(seed, {.manner = Manner::in_one_piece, .journal = &box}).live(all_steps());
    EXPECT_EQ(replay(box.all()).difference, "") << seed;
  }
}
}  // namespace
}  // namespace bfq::swarm

// Proves that what the swarm is made of sees what it must see, and that what it lives through
// replays.
#include <gtest/gtest.h>

#include <numeric>

#include "commands/bfq4004.h"
#include "commands/personalities.h"
#include "journal/black_box.h"
#include "journal/redact.h"
#include "journal/replay.h"
#include "journal/state.h"
#include "run.h"
#include "said.h"
#include "seed.h"
#include "shrink.h"
#include "states.h"

namespace bfq::swarm {
namespace {
TEST(Said, wants_words_of_the_dialect) {
  for (const char* wrong :
       {"OK!\r\n", "\r\nOK \r\n", "\rOK\r\n", ">OK", "\r\nhello\r\n", "WIFI\r\n", "\r\nOK\r\n>",
        "5,CLOSED\r\n", "\r\nRecv x bytes\r\n", "\r\nOK", "+NOPE:1\r\n", "1,WIFI GOT IP\r\n"})
    EXPECT_THROW(parse(commands::kBfq4004, wrong), Violation) << wrong;
}

TEST(Said, knows_those_words) {
  const auto said = parse(commands::kBfq4004,
                          "0,CONNECT\r\n+CWMODE_CUR:1\r\n\r\nRecv 17 "
                          "bytes\r\n192.168.4.2,02:00:00:00:01:02\r\n\r\nOK\r\n> ");
  ASSERT_EQ(said.size(), 5U);
  EXPECT_EQ(said[0].link, 0U);
  EXPECT_EQ(said[2].count, 17U);
  EXPECT_EQ(said[4].kind, Said::Kind::prompt);
  EXPECT_EQ(parse(commands::kBfq4004, "\r\nOK\r\n\r\n>").at(0).kind,
            Said::Kind::passthrough_prompt);
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

/// The one that the journal names.
const at::Dialect& personality_of(std::span<const std::byte> file) {
  journal::Records records(file);
  const std::string name = journal::read_beginning(records.next()).dialect;
  if (const at::Dialect* dialect = commands::personality(name)) return *dialect;
  throw journal::Unreadable(0, "nobody has the personality " + name);
}

struct Replayed {
  std::size_t records = 0;
  std::string difference;
};

Replayed replay(std::span<const std::byte> file) {
  Replayed replayed;
  journal::Replay replay(file, {"the swarm's", personality_of(file)});
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

/// The same journal with another beginning, its checksum right.
std::vector<std::byte> begun_with(std::span<const std::byte> content,
                                  std::span<const std::byte> journal) {
  journal::Records records(journal);
  const std::size_t begin = records.offset();
  records.next();
  journal::Writer out;
  out.bytes(journal.first(begin));
  journal::frame(journal::RecordKind::begin, content, out);
  out.bytes(journal.subspan(records.offset()));
  return {out.all().begin(), out.all().end()};
}

class States : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { all = states_of(20); }
  static inline std::map<std::string, std::vector<std::byte>> all;
};

TEST_F(States, are_read_as_they_were_written) {
  EXPECT_GT(all.size(), 100U);
  for (const auto& [kind, file] : all) {
    journal::Replay replay(file, {"the swarm's", personality_of(file)});
    journal::Writer again;
    journal::write_state(again, replay.module());
    const auto state = replay.beginning().state;
    if (state.empty()) continue;  // a new module
    EXPECT_TRUE(std::equal(state.begin(), state.end(), again.all().begin(), again.all().end()))
        << kind;
    EXPECT_LT(state.size(), 16U * 1024) << kind;
  }
}

/// Each byte of each becomes another one. Most of these are refused; none may do worse than replay
/// differently.
TEST_F(States, with_any_byte_changed_do_no_harm) {
  std::size_t refused = 0, replayed = 0, n = 0;
  for (const auto& [kind, file] : all) {
    if (++n % 5 != 0 || file.size() > 3000) continue;  // they take long
    journal::Records records(file);
    const auto beginning = records.next().content;
    for (std::size_t at = 0; at < beginning.size(); ++at) {
      std::vector<std::byte> content(beginning.begin(), beginning.end());
      constexpr std::byte kChanges[] = {std::byte{0x01}, std::byte{0x80}, std::byte{0xff},
                                        std::byte{0x04}, std::byte{0x10}};
      content[at] ^= kChanges[(at + replayed) % std::size(kChanges)];
      try {
        replay(begun_with(content, file));
        ++replayed;
      } catch (const journal::Unreadable&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 1000U);
  EXPECT_GT(replayed, 1000U);
}

TEST(BlackBoxes, of_whole_histories_replay) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    journal::BlackBox box(100'000);
    swarm::Run(seed, {.manner = Manner::in_one_piece, .journal = &box}).live(all_steps());
    EXPECT_EQ(replay(box.all()).difference, "") << seed;
  }
}
}  // namespace
}  // namespace bfq::swarm

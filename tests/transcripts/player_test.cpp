// Proves that the player of transcripts sees what it must see.
#include "player.h"

#include <gtest/gtest.h>

#include <sstream>

#include "commands/bfq4004.h"

namespace bfq {
namespace {
using ::testing::TestWithParam;

std::string play(const std::string& text, HostManner manner = HostManner::at_once) {
  std::istringstream in(text);
  return Player(commands::kBfq4004, manner).play(in);
}

bool begins_with(const std::string& s, std::string_view beginning) {
  return s.starts_with(beginning);
}

TEST(Player, takes_what_is_right) {
  EXPECT_EQ(play("# A comment.\n> AT\n<\n< OK\n"), "");
  EXPECT_EQ(play("> AT\n<= \"\\r\\nOK\\r\\n\"\n~ 1s\n"), "");
  EXPECT_EQ(play(">= \"AT\\r\\n\"\n<= \"\\r\\nO\"\n<= \"K\\r\\n\"\n"), "");
  EXPECT_EQ(play("> AT\n<\n< OK\n", HostManner::byte_by_byte), "");
}

TEST(Player, sees_one_missing_CR) {
  EXPECT_TRUE(begins_with(play("> AT\n<= \"\\r\\nOK\\n\"\n"), "2: want"));
}
TEST(Player, sees_one_surplus_CR) {
  EXPECT_TRUE(begins_with(play("> AT\n<= \"\\r\\nOK\\r\\r\\n\"\n"), "2: want"));
}

TEST(Player, sees_an_extra_byte_from_the_module) {
  EXPECT_TRUE(
      begins_with(play("> AT\n<= \"\\r\\nOK\\r\"\n> AT\n<\n< OK\n"), "3: before this line came"));
}
TEST(Player, sees_output_that_was_left_over) {
  EXPECT_TRUE(begins_with(play("> AT\n"), "2: before this line came"));
  EXPECT_TRUE(begins_with(play("> AT\n<\n< OK\n> AT\n"), "5: before this line came"));
}
TEST(Player, sees_output_that_does_not_come) {
  EXPECT_TRUE(begins_with(play("> AT\n<\n< OK\n<\n< OK\n"), "4: want"));
  EXPECT_TRUE(begins_with(play("<= \"x\"\n"), "1: want"));
}
TEST(Player, sees_output_that_comes_too_late) {
  EXPECT_TRUE(begins_with(play("> AT+CWLAP=\"nobody\"\n<\n< OK\n~ 1s\n"), "2: want"));
}
TEST(Player, sees_output_that_comes_too_soon) {
  EXPECT_TRUE(begins_with(play("> AT\n~ 1s\n<\n< OK\n"), "2: before this line came"));
}
TEST(Player, sees_a_wrong_order) { EXPECT_TRUE(begins_with(play("> AT\n< OK\n<\n"), "2: want")); }

TEST(Player, masks_numbers_and_nothing_else) {
  EXPECT_EQ(play("> AT+SYSRAM?\n<? +SYSRAM:{number}\n<\n< OK\n"), "");
  EXPECT_TRUE(begins_with(play("> AT+SYSRAM?\n<? +SYSRAM:1{number}x\n<\n< OK\n"), "2: want"));
  EXPECT_TRUE(begins_with(play("> AT\n<? {number}\n<\n< OK\n"), "2: want"));
}

TEST(Player, begins_before_the_boot_when_told_so) {
  EXPECT_EQ(play("power on\n~ 199ms\n~ 1ms\n<\n< ready\n> AT\n<= \"AT\\r\\r\\n\\r\\nOK\\r\\n\"\n"),
            "");
}

class BadLines : public TestWithParam<const char*> {};
TEST_P(BadLines, are_refused) {
  EXPECT_TRUE(begins_with(play(GetParam()), "1: ")) << play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(Player, BadLines,
                         ::testing::Values("nonsense", "~ 3", "~ 3h", "~", ">AT", "<OK", "<= OK",
                                           "<= \"OK", "<= \"\\q\"", "<= \"\\x0\"", "<= \"a\" b",
                                           "power off", "air", "peer 1.2.3.4 echoes",
                                           "peer 1.2.3:4 echoes", "network", "host sleeps",
                                           "module colour red", "module station-mac 00:11:22",
                                           "delay scan 5", "reset now"));

TEST(Escapes, go_there_and_back) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const std::string written = script::escaped(all);
  std::size_t at = 0;
  EXPECT_EQ(script::unescape_quoted(written, at), all);
  EXPECT_EQ(at, written.size());
}
}  // namespace
}  // namespace bfq

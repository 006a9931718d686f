// Proves that examples are cut where they are whole.
#include "tools/cuttings.h"

#include <gtest/gtest.h>

namespace bfq::tools {
namespace {
TEST(Exchanges, are_what_was_typed_and_all_that_came_of_it) {
  const auto all = exchanges_in(
      "# A comment.\n> AT+X?\n< +X:1\n<\n< OK\n~ 1s\n< LATER\n> AT\n<\n< OK\n", "x.at");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].typed, "AT+X?");
  EXPECT_EQ(all[0].shows, "AT+X?\n+X:1\n\nOK\nLATER\n");
  EXPECT_EQ(all[0].file, "x.at");
  EXPECT_EQ(all[1].shows, "AT\n\nOK\n");
}

TEST(Exchanges, hold_the_payload_behind_a_prompt) {
  const auto all =
      exchanges_in("> AT+S=2\n<= \"\\r\\nOK\\r\\n> \"\n>= \"A\\x00\"\n<\n< SEND OK\n", "s.at");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].shows, "AT+S=2\n\nOK\n> A\\x00\nSEND OK\n");
}

TEST(Exchanges, show_an_echo_once) {
  const auto all = exchanges_in("> AT\n<= \"AT\\r\\r\\n\\r\\nOK\\r\\n\"\n", "e.at");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].shows, "AT\n\nOK\n");
}

TEST(Exchanges, end_where_the_world_changes) {
  const auto all = exchanges_in("> AT+C\n<\n< OK\npeer 1.2.3.4:5 closes\n< CLOSED\n", "c.at");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].shows, "AT+C\n\nOK\n");
  EXPECT_FALSE(all[0].disturbed);
}

TEST(Exchanges, are_disturbed_when_something_else_happens_before_the_result) {
  const auto busy = exchanges_in("> AT+C\n> AT\n<\n< busy p...\n~ 1s\n<\n< OK\n", "c.at");
  EXPECT_TRUE(busy.at(1).disturbed);
  EXPECT_TRUE(
      exchanges_in("> AT+C\nair none\n< WIFI DISCONNECT\n<\n< ERROR\n", "c.at").at(0).disturbed);
}

TEST(Exchanges, take_nothing_of_transparent_transmission_for_a_command) {
  const auto all = exchanges_in(
      "> AT+S\n<= \"\\r\\nOK\\r\\n\\r\\n>\"\n> AT\n~ 1s\n>= \"+++\"\n~ 1s\n> AT\n<\n< OK\n",
      "s.at");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].typed, "AT+S");
  EXPECT_EQ(all[1].shows, "AT\n\nOK\n");
}
}  // namespace
}  // namespace bfq::tools

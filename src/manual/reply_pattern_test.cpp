#include "manual/reply_pattern.h"

#include <gtest/gtest.h>

#include "commands/bfq4004.h"
#include "manual/manual.h"

namespace bfq::manual {
namespace {
const at::Command& row(std::string_view name) { return *find(commands::kBfq4004, name); }

const at::Words& kWords = commands::kBfq4004.words;

std::vector<ReplyLine> lines_of(std::string_view patterns, std::string_view name) {
  return reply_lines(patterns, row(name), kWords);
}

/// Whether the line fits the reply to the query of that command, of one line.
bool fits(std::string_view name, std::string_view line) {
  const std::vector<ReplyLine> lines = lines_of(row(name).query.reply.view(), name);
  EXPECT_EQ(lines.size(), 1U);
  for (const LinePattern& pattern : lines.front().either)
    if (pattern.matches(line)) return true;
  return false;
}

TEST(ReplyPattern, takes_what_a_row_declares_and_nothing_else) {
  EXPECT_TRUE(fits("CWMODE", "+CWMODE:3"));
  for (const char* line :
       {"+CWMODE:4", "+CWMODE:0", "+CWMODE:", "+CWMODE:03", "+CWMODE:3 ", " +CWMODE:3",
        "+CWMODE_CUR:3", "CWMODE:3", "+CWMODE:3,1", "+CWMODE:x", ""})
    EXPECT_FALSE(fits("CWMODE", line)) << line;
}

TEST(ReplyPattern, holds_quotation_marks_addresses_and_names_to_their_places) {
  EXPECT_TRUE(fits("CWJAP", "+CWJAP:\"a \",\"\",b\",\"02:bf:00:00:00:0a\",6,-40"));
  EXPECT_TRUE(fits("CWJAP", "No AP"));
  for (const char* line :
       {"+CWJAP:BFQ,\"02:bf:00:00:00:0a\",6,-40", "+CWJAP:\"BFQ\",02:bf:00:00:00:0a,6,-40",
        "+CWJAP:\"BFQ\",\"02:BF:00:00:00:0A\",6,-40", "+CWJAP:\"BFQ\",\"02:bf:00:00:00\",6,-40",
        "+CWJAP:\"BFQ\",\"02:bf:00:00:00:0a\",15,-40", "+CWJAP:\"BFQ\",\"02:bf:00:00:00:0a\",6",
        "+CWJAP:\"\",\"02:bf:00:00:00:0a\",6,-40", "+CWJAP:No AP", "no AP"})
    EXPECT_FALSE(fits("CWJAP", line)) << line;
  EXPECT_TRUE(fits("CWDHCPS", "+CWDHCPS:120,192.168.4.2,192.168.4.101"));
  EXPECT_FALSE(fits("CWDHCPS", "+CWDHCPS:120,192.168.4.2,192.168.4.256"));
  EXPECT_FALSE(fits("CWDHCPS", "+CWDHCPS:120,\"192.168.4.2\",192.168.4.101"));
}

TEST(ReplyPattern, leaves_out_the_comma_of_a_group_that_nothing_stands_before) {
  const auto lines = lines_of("{}:([<ecn>][,<rssi>][,<channel>]) *", "CWLAP");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.front().times, ReplyLine::Times::any);
  const LinePattern& pattern = lines.front().either.front();
  for (const char* line : {"+CWLAP:()", "+CWLAP:(3)", "+CWLAP:(-40)", "+CWLAP:(3,-40,6)",
                           "+CWLAP:(3,6)", "+CWLAP:(-40,6)"})
    EXPECT_TRUE(pattern.matches(line)) << line;
  for (const char* line : {"+CWLAP:(,3)", "+CWLAP:(3,)", "+CWLAP:(3-40)", "+CWLAP:(-40,3,6)",
                           "+CWLAP:(3,-40,6", "+CWLAP:(3,-40,6,6)"})
    EXPECT_FALSE(pattern.matches(line)) << line;
}

TEST(ReplyPattern, says_how_often_a_line_comes) {
  const auto lines = lines_of("a; b ?; c *; d | e", "CWMODE");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].times, ReplyLine::Times::once);
  EXPECT_EQ(lines[1].times, ReplyLine::Times::at_most_once);
  EXPECT_EQ(lines[2].times, ReplyLine::Times::any);
  ASSERT_EQ(lines[3].either.size(), 2U);
  EXPECT_EQ(lines[3].either[1].text(), "e");
}

TEST(ReplyPattern, reads_words_as_the_dialect_does) {
  const auto lines = lines_of("{prompt}; {}:{is_true} | {closed}", "CIPDINFO");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].either[0].text(), "OK\r\n> ");
  EXPECT_TRUE(lines[0].either[0].matches("\r\nOK\r\n> "));
  EXPECT_EQ(lines[1].either[0].text(), "+CIPDINFO:TRUE");
  at::Words silent = kWords;
  silent[at::Word::closed] = "";
  EXPECT_EQ(reply_lines("{closed} | a; {closed}", row("CIPDINFO"), silent).size(), 1U);
  EXPECT_EQ(result_lines({}, row("CIPDINFO"), kWords).front().either.front().text(), "OK");
}

TEST(ReplyPattern, tells_how_long_the_data_at_its_end_are) {
  const auto lines = lines_of("{},[<link ID>,]<length>:<data>", "CIPSEND");
  const LinePattern& pattern = lines.front().either.front();
  EXPECT_EQ(pattern.data_behind("+CIPSEND,12:"), std::optional<std::size_t>(12));
  EXPECT_EQ(pattern.data_behind("\r\n+CIPSEND,3,12:"), std::optional<std::size_t>(12));
  for (const char* line : {"+CIPSEND,", "+CIPSEND,12", "+CIPSEND,12:1", "+CIPSEND,7,12:"})
    EXPECT_EQ(pattern.data_behind(line), std::nullopt) << line;
  EXPECT_EQ(lines_of("{},<length>:", "CIPSEND").front().either.front().data_behind("+CIPSEND,12:"),
            std::nullopt);
}

TEST(ReplyPattern, refuses_what_is_no_pattern) {
  for (const char* text : {"{}:<colour>", "{}:<mode", "[a", "a]", "[<mode>]]", "{oki}", "<data>:x"})
    EXPECT_THROW(lines_of(text, "CWMODE"), std::invalid_argument) << text;
}
}  // namespace
}  // namespace bfq::manual

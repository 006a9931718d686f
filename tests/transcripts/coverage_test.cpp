// Proves that coverage counts what was accepted and printed, and nothing else.
#include "coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "commands/bfq4004.h"

namespace bfq {
namespace {
using at::Word;

constexpr const char* kJoin = R"(> AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"
~ 500ms
< WIFI CONNECTED
< WIFI GOT IP
<
< OK
)";

/// What is missing when these were all the transcripts there are.
class Missing {
 public:
  explicit Missing(const std::string& text) {
    Coverage coverage(commands::kBfq4004);
    std::istringstream in(text);
    Player player(coverage.dialect(), HostManner::at_once);
    player.listen(coverage);
    EXPECT_EQ(player.play(in), "");
    complaints_ = coverage.complaints();
  }
  bool has(const std::string& end) const {
    return std::any_of(complaints_.begin(), complaints_.end(),
                       [&](const std::string& c) { return c.ends_with(": " + end); });
  }
  bool has_word(Word word) const {
    return has("the word " + script::escaped(commands::kBfq4004.words[word]));
  }

 private:
  std::vector<std::string> complaints_;
};

/// The dialect, with another reply of the row that a query has.
std::string play_with(const char* command, Doc reply, const std::string& text) {
  std::vector<at::Command> rows(commands::kBfq4004.commands.begin(),
                                commands::kBfq4004.commands.end());
  for (at::Command& row : rows)
    if (row.name == command) row.query.reply = reply;
  at::Dialect dialect = commands::kBfq4004;
  dialect.commands = rows;
  Coverage coverage(dialect);
  std::istringstream in(text);
  Player player(coverage.dialect(), HostManner::at_once);
  player.listen(coverage);
  return player.play(in);
}

TEST(Coverage, fails_a_play_whose_answer_does_not_fit_its_row) {
  const std::string text = "> AT+CIPMUX?\n< +CIPMUX:0\n<\n< OK\n";
  EXPECT_EQ(play_with("+CIPMUX", "{}:<mode>", text), "");
  for (const char* reply : {"", "{}:\"<mode>\"", "{}:<mode>,<mode>", "{}:<mode>; {}:<mode>"})
    EXPECT_TRUE(play_with("+CIPMUX", reply, text).ends_with("fits no pattern of its row")) << reply;
}

TEST(Coverage, misses_patterns_and_refusals_of_which_there_is_no_play) {
  const Missing missing(
      "> AT+CIPDINFO?\n< +CIPDINFO:FALSE\n<\n< OK\n"
      "> AT+CIPCLOSE=0\n< MUX=0\n<\n< ERROR\n");
  EXPECT_FALSE(missing.has("AT+CIPDINFO? prints +CIPDINFO:FALSE"));
  EXPECT_TRUE(missing.has("AT+CIPDINFO? prints +CIPDINFO:TRUE"));
  EXPECT_FALSE(missing.has("AT+CIPCLOSE refuses with MUX=0"));
  EXPECT_TRUE(missing.has("AT+CIPCLOSE refuses with UNLINK"));
}

TEST(Coverage, misses_every_form_and_word_of_which_there_is_no_play) {
  const Missing missing("# nothing\n");
  for (const at::Command& c : commands::kBfq4004.commands) {
    const std::string name = "AT" + std::string(c.name);
    EXPECT_EQ(missing.has(name), static_cast<bool>(c.execute)) << name;
    EXPECT_EQ(missing.has(name + "?"), static_cast<bool>(c.query)) << name;
    EXPECT_EQ(missing.has(name + "=?"), c.test != at::TestForm::absent) << name;
  }
  for (const Word word : WordsSeen(commands::kBfq4004.words).all())
    EXPECT_TRUE(missing.has_word(word)) << static_cast<int>(word);
}

TEST(Coverage, counts_each_form_by_itself) {
  const Missing missing("> AT+CWMODE_CUR?\n< +CWMODE_CUR:1\n<\n< OK\n");
  EXPECT_FALSE(missing.has("AT+CWMODE_CUR?"));
  EXPECT_TRUE(missing.has("AT+CWMODE_CUR=?"));
  EXPECT_TRUE(missing.has("AT+CWMODE_CUR=<mode>"));
  EXPECT_TRUE(missing.has("AT+CWMODE?"));
  const Missing test("> AT+CWMODE_CUR=?\n< +CWMODE_CUR:(1-3)\n<\n< OK\n");
  EXPECT_FALSE(test.has("AT+CWMODE_CUR=?"));
  EXPECT_TRUE(test.has("AT+CWMODE_CUR?"));
}

TEST(Coverage, counts_no_form_that_was_refused) {
  EXPECT_TRUE(Missing("> AT+CWMODE_CUR=4\n<\n< ERROR\n").has("AT+CWMODE_CUR=<mode>"));
  EXPECT_FALSE(Missing("> AT+CWMODE_CUR=1\n<\n< OK\n").has("AT+CWMODE_CUR=<mode>"));
  EXPECT_TRUE(Missing("> AT+CIPCLOSE\n<\n< ERROR\n").has("AT+CIPCLOSE"));
}

TEST(Coverage, waits_for_the_result_of_what_takes_time) {
  const std::string form = "AT+CIPDOMAIN=<domain name>";
  const std::string asks = kJoin + std::string("name \"a.test\" 1.2.3.4\n");
  EXPECT_TRUE(
      Missing(asks + "> AT+CIPDOMAIN=\"b.test\"\n~ 50ms\n< DNS Fail\n<\n< ERROR\n").has(form));
  EXPECT_FALSE(Missing(asks + "> AT+CIPDOMAIN=\"a.test\"\n~ 50ms\n< +CIPDOMAIN:1.2.3.4\n<\n< OK\n")
                   .has(form));
  EXPECT_TRUE(Missing("> AT+CWLAP=\"x\"\n").has("AT+CWLAP"));
}

TEST(Coverage, tells_the_shapes_of_one_command_apart) {
  const std::string fields = "AT+CIPSTART=<type>,<remote IP>,<remote port>,";
  const Missing missing(std::string("peer 127.0.0.1:4007\n") + kJoin +
                        "> AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\n~ 30ms\n< CONNECT\n<\n< OK\n");
  EXPECT_FALSE(missing.has(fields + "<TCP keep alive>, TCP or SSL, one link (AT+CIPMUX=0)"));
  EXPECT_TRUE(missing.has(fields + "<UDP local port>,<UDP mode>, UDP, one link (AT+CIPMUX=0)"));
}

TEST(Coverage, counts_failures_by_their_number) {
  const Missing missing("> AT+CWJAP_CUR=\"nobody\",\"x\"\n~ 500ms\n< +CWJAP_CUR:3\n<\n< FAIL\n");
  EXPECT_FALSE(missing.has("AT+CWJAP_CUR fails with 3"));
  EXPECT_TRUE(missing.has("AT+CWJAP_CUR fails with 2"));
  EXPECT_TRUE(missing.has("AT+CWJAP_DEF fails with 3"));
  EXPECT_FALSE(missing.has_word(Word::fail));
}

TEST(Coverage, finds_words_where_they_stand_for_themselves) {
  const Missing missing(kJoin);
  EXPECT_FALSE(missing.has_word(Word::wifi_connected));
  EXPECT_FALSE(missing.has_word(Word::ok));
  EXPECT_TRUE(missing.has_word(Word::connect));
  EXPECT_TRUE(missing.has_word(Word::ok_without_blank_line));
  const Missing refused("> AT+CIPSTART=\"TCP\",\"1.2.3.4\",5\n< no ip\n<\n< ERROR\n");
  EXPECT_FALSE(refused.has_word(Word::no_ip));
  EXPECT_TRUE(refused.has_word(Word::ip));
}

TEST(Coverage, finds_no_words_in_data) {
  const std::string open = std::string("peer 127.0.0.1:4007\n") + kJoin +
                           "> AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\n~ 30ms\n< CONNECT\n<\n< OK\n";
  const std::string sends = "peer 127.0.0.1:4007 sends \"\\r\\nbusy p...\\r\\nCLOSED\\r\\n\"\n";
  const Missing data(open + sends + "<= \"\\r\\n+IPD,21:\\r\\nbusy p...\\r\\nCLOSED\\r\\n\"\n");
  EXPECT_FALSE(data.has_word(Word::ipd));
  EXPECT_TRUE(data.has_word(Word::busy_processing));
  EXPECT_TRUE(data.has_word(Word::closed));
  const Missing after(open + sends + "<= \"\\r\\n+IPD,21:\\r\\nbusy p...\\r\\nCLOSED\\r\\n\"\n" +
                      "peer 127.0.0.1:4007 closes\n< CLOSED\n");
  EXPECT_FALSE(after.has_word(Word::closed));
  const Missing passthrough(
      open + "> AT+CIPMODE=1\n<\n< OK\n> AT+CIPSEND\n<= \"\\r\\nOK\\r\\n\\r\\n>\"\n" +
      "peer 127.0.0.1:4007 sends \"CLOSED\\r\\n\"\n< CLOSED\n");
  EXPECT_FALSE(passthrough.has_word(Word::passthrough_prompt));
  EXPECT_TRUE(passthrough.has_word(Word::closed));
  EXPECT_TRUE(passthrough.has_word(Word::prompt));
}

TEST(Coverage, finds_no_words_in_what_is_echoed) {
  EXPECT_TRUE(Missing("> ATE1\n<\n< OK\n>= \"no ip\\r\\n\"\n<= \"no ip\\r\\r\\nERROR\\r\\n\"\n")
                  .has_word(Word::no_ip));
}
}  // namespace
}  // namespace bfq

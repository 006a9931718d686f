// Plants answers that their rows do not declare, and expects each to be found.
#include "answers.h"

#include <gtest/gtest.h>

#include "commands/bfq4004.h"

namespace bfq {
namespace {
/// What is wrong when the host types this line and the module prints those.
std::string complaint(const std::string& typed, const std::vector<std::string>& printed) {
  Answers answers(commands::kBfq4004);
  answers.typed(typed + "\r\n");
  const at::Command* row = at::find(commands::kBfq4004.commands, "+CIPCLOSE");
  if (typed.starts_with("AT+CIPCLOSE=")) answers.runs(row->set.shapes().front());
  for (const std::string& line : printed) answers.printed(line);
  return answers.complaint();
}

constexpr const char* kOk = "\r\nOK";
constexpr const char* kError = "\r\nERROR";

TEST(Answers, fit_what_their_rows_declare) {
  EXPECT_EQ(complaint("AT", {kOk}), "");
  EXPECT_EQ(complaint("AT+CWMODE?", {"+CWMODE:1", kOk}), "");
  EXPECT_EQ(complaint("AT+CWMODE=?", {"+CWMODE:(1-3)", kOk}), "");
  EXPECT_EQ(complaint("AT+CIFSR",
                      {"+CIFSR:STAIP,\"0.0.0.0\"", "+CIFSR:STAMAC,\"02:00:00:00:00:01\"", kOk}),
            "");
  EXPECT_EQ(complaint("AT+CIPCLOSE=5", {"0,CLOSED", "3,CLOSED", kOk}), "");
  EXPECT_EQ(complaint("AT+CIPCLOSE=5", {kOk}), "");
  EXPECT_EQ(complaint("AT+CIPCLOSE=4", {"UNLINK", kError}), "");
  EXPECT_EQ(complaint("AT+CWJAP=\"a\",\"b\"", {"WIFI DISCONNECT", "+CWJAP:3", "\r\nFAIL"}), "");
  EXPECT_EQ(complaint("AT+NONSENSE", {kError}), "");
}

TEST(Answers, may_have_unsolicited_lines_in_between) {
  EXPECT_EQ(complaint("AT+CWMODE?", {"WIFI DISCONNECT", "+CWMODE:1", "0,CLOSED", kOk, "CLOSED"}),
            "");
  EXPECT_EQ(complaint("AT+CIPCLOSE", {"WIFI DISCONNECT", "MUX=1", kError}), "");
}

TEST(Answers, with_a_line_that_fits_no_pattern_are_found) {
  const std::string fault = "fits no pattern of its row";
  for (const auto& [typed, printed] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"AT", {"hello", kOk}},
           {"AT+CWMODE?", {kOk}},
           {"AT+CWMODE?", {"+CWMODE:7", kOk}},
           {"AT+CWMODE?", {"+CWMODE_CUR:1", kOk}},
           {"AT+CWMODE?", {"+CWMODE:1", "+CWMODE:1", kOk}},
           {"AT+CWMODE=?", {"+CWMODE:(1-4)", kOk}},
           {"AT+CIFSR", {"+CIFSR:STAMAC,\"02:00:00:00:00:01\"", "+CIFSR:STAIP,\"0.0.0.0\"", kOk}},
           {"AT+CIPSTATUS", {"+CIPSTATUS:0,\"TCP\",\"1.2.3.4\",80,4000,0", "STATUS:3", kOk}},
           {"AT+CIPCLOSE=5", {"MUX=0", kOk}}})
    EXPECT_TRUE(complaint(typed, printed).ends_with(fault)) << typed << complaint(typed, printed);
}

TEST(Answers, with_a_refusal_or_failure_of_another_row_are_found) {
  const std::string fault = "does not declare this line before its result";
  for (const auto& [typed, printed] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"AT", {"no ip", kError}},
           {"AT+CIPCLOSE=4", {"link is not valid", kError}},
           {"AT+CIPCLOSE=4", {"0,UNLINK", kError}},
           {"AT+CWMODE?", {"+CWMODE:1", kError}},
           {"AT+NONSENSE", {"UNLINK", kError}},
           {"AT+CWJAP=\"a\",\"b\"", {"+CWJAP:5", "\r\nFAIL"}},
           {"AT+CWJAP=\"a\",\"b\"", {"+CWJAP_CUR:3", "\r\nFAIL"}}})
    EXPECT_TRUE(complaint(typed, printed).ends_with(fault)) << typed << complaint(typed, printed);
  EXPECT_TRUE(complaint("AT+CIPCLOSE=4", {"UNLINK", "MUX=0", kError})
                  .ends_with("more than one reason stands before its result"));
}

TEST(Answers, that_nobody_asked_for_are_found) {
  Answers answers(commands::kBfq4004);
  answers.printed("0,CLOSED");
  EXPECT_EQ(answers.complaint(), "");
  answers.printed("+CWMODE:1");
  EXPECT_EQ(answers.complaint(), "nobody asked for \"+CWMODE:1\"");
  answers.printed(kOk);
  EXPECT_EQ(answers.complaint(), "nobody asked for the result \"\\r\\nOK\"");
  EXPECT_NE(complaint("AT+CWMODE", {kOk}), "");
  EXPECT_NE(complaint("AT+NONSENSE", {kOk}), "");
}

TEST(Answers, belong_to_the_command_that_was_not_busy) {
  Answers answers(commands::kBfq4004);
  answers.typed("AT+CWLAP\r\n");
  answers.typed("AT+CWMODE?\r\n");
  answers.printed("\r\nbusy p...");
  answers.printed(kOk);
  answers.typed("AT+CWMODE?\r\n");
  answers.printed("+CWMODE:1");
  answers.printed(kOk);
  EXPECT_EQ(answers.complaint(), "");
}

TEST(Answers, count_what_they_showed_and_only_for_their_own_row) {
  Answers answers(commands::kBfq4004);
  answers.typed("AT+CWMODE?\r\n");
  answers.printed("+CWMODE:1");
  answers.printed(kOk);
  answers.typed("AT+CIPCLOSE=0\r\n");
  answers.printed("MUX=0");
  answers.printed(kError);
  EXPECT_EQ(answers.seen(), (std::set<std::string>{"AT+CWMODE? prints +CWMODE:<mode>",
                                                   "AT+CIPCLOSE refuses with MUX=0"}));
}
}  // namespace
}  // namespace bfq

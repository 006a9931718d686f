// Plants answers that their rows do not declare, and expects each to be found.
#include "answers.h"

#include <gtest/gtest.h>

#include <optional>

#include "commands/bfq4004.h"

namespace bfq {
namespace {
/// What is typed and printed in turn; what is printed has a `<` in front.
using Talk = std::vector<std::string>;

/// Answers to a dialect of one row.
class OneRow {
 public:
  explicit OneRow(const at::Command& row) : rows_{row}, dialect_(commands::kBfq4004) {
    dialect_.commands = rows_;
  }
  /// What is wrong with that; empty when nothing is.
  std::string complaint(const Talk& talk) {
    Answers answers(dialect_);
    for (const std::string& part : talk)
      part.starts_with('<') ? answers.printed(part.substr(1)) : answers.typed(part);
    seen = answers.seen();
    length = answers.data_behind("+X,7:");
    return answers.complaint();
  }

  std::set<std::string> seen{};
  std::optional<std::size_t> length{};

 private:
  std::vector<at::Command> rows_;
  at::Dialect dialect_;
};

at::Answer nothing(Chip&) { return at::Answer::ok; }
at::Command row(Doc reply, Doc result, Doc later = {}) {
  return {
      .name = "+X", .execute = {.run = nothing, .reply = reply, .result = result}, .later = later};
}
constexpr const char* kSend =
    "{prompt}; {received_before}<length>{received_after} ?; {send_ok} | {send_canceled} | {error}";

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
  EXPECT_EQ(answers.complaint(), "nobody asked for \"\\r\\nOK\"");
  EXPECT_NE(complaint("AT+CWMODE", {kOk}), "");
  EXPECT_NE(complaint("AT+NONSENSE", {kOk}), "");
}

TEST(Answers, end_as_their_rows_declare) {
  OneRow sends(row({}, kSend));
  const std::string recv = "<\r\nRecv 5 bytes", prompt = "<\r\nOK\r\n> ";
  EXPECT_EQ(sends.complaint({"AT+X\r\n", prompt, "hello", recv, "<\r\nSEND OK", "<CLOSED"}), "");
  EXPECT_TRUE(sends.seen.contains("AT+X prints SEND OK"));
  EXPECT_FALSE(sends.seen.contains("AT+X prints SEND Canceled"));
  EXPECT_EQ(sends.complaint({"AT+X\r\n", prompt, "he", "+++", "<\r\nSEND Canceled"}), "");
  EXPECT_EQ(sends.complaint({"AT+X\r\n", prompt, "hello", recv, "<\r\nERROR"}), "");
  EXPECT_EQ(sends.complaint({"AT+X\r\n", "<\r\nERROR"}), "");
  for (const Talk& talk :
       std::vector<Talk>{{"AT+X\r\n", "<\r\nOK"},
                         {"AT+X\r\n", "<\r\nSEND OK"},
                         {"AT+X\r\n", "<\r\nOK\r\n\r\n>"},
                         {"AT+X\r\n", prompt, "hello", recv, "<\r\nSEND FAIL"},
                         {"AT+X\r\n", prompt, "hello", recv, "<\r\nOK"},
                         {"AT+X\r\n", prompt, "hello", recv, recv, "<\r\nSEND OK"},
                         {"AT+X\r\n", prompt, "hello", "<hello", "<\r\nSEND OK"}})
    EXPECT_TRUE(sends.complaint(talk).ends_with("fits no pattern of its row")) << talk.back();
}

TEST(Answers, may_end_with_other_lines_than_results) {
  OneRow publishes(row({}, "{prompt}; +PUB:OK | +PUB:FAIL"));
  EXPECT_EQ(publishes.complaint({"AT+X\r\n", "<\r\nOK\r\n> ", "x", "<+PUB:OK"}), "");
  EXPECT_NE(publishes.complaint({"AT+X\r\n", "<\r\nOK\r\n> ", "x", "<+PUB:OK", "<\r\nOK"}), "");
  OneRow updates(row("{}:<channel> *", "{ok} | {error}"));
  EXPECT_EQ(updates.complaint({"AT+X\r\n", "<+X:1", "<+X:2", "<\r\nERROR"}), "");
  EXPECT_FALSE(updates.seen.contains("AT+X"));
  EXPECT_NE(updates.complaint({"AT+X\r\n", "<+Y:1", "<\r\nERROR"}), "");
}

TEST(Answers, may_be_followed_by_lines_that_their_rows_declare) {
  const std::string prompt = "<\r\nOK\r\n> ", recv = "<\r\nRecv 2 bytes";
  OneRow buffers(row("<channel>,<channel>",
                     "{prompt}; {received_before}<length>{received_after} | {send_canceled}",
                     "[<link ID>,]<channel>,SEND OK"));
  const Talk talk{"AT+X\r\n", "<1,0", prompt,           "hi",  recv,
                  "AT+X\r\n", "<2,1", "<\r\n1,SEND OK", prompt};
  EXPECT_EQ(buffers.complaint(talk), "");
  EXPECT_TRUE(buffers.seen.contains("AT+X, later, prints [<link ID>,]<channel>,SEND OK"));
  EXPECT_NE(buffers.complaint({"<15,SEND OK"}), "");
  EXPECT_NE(buffers.complaint({"<\r\n1,SEND FAIL"}), "");
}

TEST(Answers, say_how_many_bytes_of_data_follow) {
  OneRow receives(row("{},<length>:<data>", {}));
  EXPECT_EQ(receives.complaint({"AT+X\r\n", "<+X,7:", "<\r\nOK"}), "");
  EXPECT_EQ(receives.length, std::nullopt);
  EXPECT_EQ(receives.complaint({"AT+X\r\n"}), "");
  EXPECT_EQ(receives.length, std::optional<std::size_t>(7));
  EXPECT_NE(receives.complaint({"AT+X\r\n", "<+X:7:", "<\r\nOK"}), "");
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
  EXPECT_EQ(answers.seen(),
            (std::set<std::string>{"AT+CWMODE?", "AT+CWMODE? prints +CWMODE:<mode>",
                                   "AT+CWMODE? prints OK", "AT+CIPCLOSE refuses with MUX=0"}));
}
}  // namespace
}  // namespace bfq

#include "daemon/control/event_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "commands/bfq4004.h"
#include "daemon/control/outbox.h"
#include "daemon/control/wire_lines.h"

namespace bfq::control {
namespace {
class EventLogTest : public testing::Test {
 protected:
  void type(WireLines& to, std::string_view text) { pass(to, WirePiece::typed, text); }
  void print(WireLines& to, std::string_view text) { pass(to, WirePiece::printed, text); }
  void pass(WireLines& to, WirePiece piece, std::string_view text) {
    log.pass(to, piece, std::as_bytes(std::span(text)), Instant(++now));
  }
  /// What is kept of lines, and nothing for other events: "NUMBER LINE".
  std::vector<std::string> lines() {
    std::vector<std::string> out;
    for (const Event& event : log.kept()) {
      if (topic_of(event.body) == Topic::unsolicited) continue;
      if (std::holds_alternative<CommandAnswered>(event.body)) continue;
      std::string text = std::to_string(event.number) + ' ';
      if (const auto* typed = std::get_if<TypedLine>(&event.body)) text += typed->line;
      if (const auto* printed = std::get_if<PrintedLine>(&event.body)) text += printed->line;
      out.push_back(text);
    }
    return out;
  }
  /// As much as a tape holds, and more.
  void flood(WireLines& to) {
    for (std::size_t n = 0; n < 2 * WireTape::kMost; n += 64)
      print(to, std::string(62, 'x') + "\r\n");
  }

  /// So many lines in front of received data, within a millisecond.
  void receive(unsigned n) {
    for (unsigned i = 0; i < n; ++i) pass(wire, WirePiece::header, "\r\n+IPD,1:");
  }
  /// The texts that are in front of `out`, up to there.
  static std::vector<std::string> taken(Outbox& out) {
    std::vector<std::string> all;
    for (; !out.is_empty(); out.sent(out.front().size())) all.emplace_back(out.front());
    return all;
  }
  static std::size_t count(const std::vector<std::string>& texts, std::string_view what) {
    return static_cast<std::size_t>(std::count_if(
        texts.begin(), texts.end(),
        [&](const std::string& text) { return text.find(what) != std::string::npos; }));
  }

  using Lines = std::vector<std::string>;
  Duration now{};
  const std::string a = "a", b = "b";
  EventLog log;
  WireLines wire{a, commands::kBfq4004, log}, other{b, commands::kBfq4004, log};
};

TEST_F(EventLogTest, numbers_lines_in_their_order_also_where_nobody_has_asked_yet) {
  type(wire, "AT\r\n");
  print(other, "ready\r\n");
  log.add(Instant(now), ModuleOff{a});
  print(wire, "> ");
  EXPECT_EQ(lines(), (Lines{"1 AT", "2 ready", "4 ", "5 > "}));  // 3: unsolicited
  EXPECT_EQ(log.kept().front().time, Instant(1us));
  EXPECT_EQ(log.last(), 5U);
  EXPECT_EQ(log.forgotten(), 0U);
}

TEST_F(EventLogTest, a_command_and_its_answer_are_one) {
  const auto answers = [&] {
    Lines out;
    for (const Event& event : log.kept())
      if (const auto* answer = std::get_if<CommandAnswered>(&event.body)) {
        out.push_back(answer->command + " -> " + answer->result);
        for (const std::string& line : answer->lines) out.back() += ", " + line;
      }
    return out;
  };
  type(wire, "AT+CWMODE?\r\n");
  print(wire, "AT+CWMODE?\r\r\n+CWMODE:1\r\n\r\nOK\r\n");
  type(wire, "AT+CIPSEND=2\r\n");
  print(wire, "AT+CIPSEND=2\r\r\n\r\nOK\r\n> ");
  print(wire, "\r\nRecv 2 bytes\r\n");
  type(wire, "AT+GMR\r\n");
  print(wire, "\r\nbusy s...\r\n\r\nSEND OK\r\n");
  type(wire, "AT\r\nATE1\r\n");
  print(wire, "\r\nOK\r\n\r\nERROR\r\n");
  print(wire, "\r\nOK\r\n");  // answers nothing
  EXPECT_EQ(answers(),
            (Lines{"AT+CWMODE? -> OK, +CWMODE:1", "AT+CIPSEND=2 -> OK", "AT+GMR -> busy s...",
                   "AT+CIPSEND=2 -> SEND OK, Recv 2 bytes", "AT -> OK", "ATE1 -> ERROR"}));
  EXPECT_EQ(topic_of(log.kept().back().body), Topic::unsolicited);
}

TEST_F(EventLogTest, masks_what_was_typed_before_somebody_asked) {
  type(wire, "AT+CWJAP=\"lab\",\"s3cret\"\r\n");
  print(wire, "AT+CWJAP=\"lab\",\"s3");
  print(wire, "cret\"\r\r\n");
  EXPECT_EQ(lines(), (Lines{"1 AT+CWJAP=\"lab\",***", "2 AT+CWJAP=\"lab\",***"}));
}

TEST_F(EventLogTest, what_was_dropped_unread_is_an_error_for_who_asks_for_it) {
  type(wire, "AT\r\n");
  const std::uint64_t before = log.last();
  flood(wire);
  EXPECT_GT(log.forgotten(), before);
  EXPECT_GT(log.last(), log.forgotten());
  EXPECT_EQ(log.last() - log.forgotten(), log.kept().size());
}

TEST_F(EventLogTest, the_second_half_of_what_was_dropped_is_not_shown) {
  type(wire, "AT+CWJAP=\"lab\",\"s3");
  print(wire, "AT+CWJAP=\"lab\",\"s3");
  flood(other);
  type(wire, "cret\"\r\n");
  print(wire, "\r\nWIFI DISCONNECT\r\ncret\"\r\r\n");
  type(wire, "AT\r\n");
  print(wire, "\r\nOK\r\n");
  for (const std::string& line : lines()) EXPECT_EQ(line.find("cret"), std::string::npos) << line;
  EXPECT_TRUE(lines().back().ends_with(" OK")) << lines().back();
  EXPECT_TRUE((lines().end() - 2)->ends_with(" AT"));
}

constexpr std::uint32_t kAllTopics = (1U << std::size(kTopics)) - 1;

TEST_F(EventLogTest, a_summary_has_some_of_many_headers_and_every_command) {
  Outbox summary(log, [] {}), all(log, [] {});
  all.subscribe({kAllTopics, false});
  summary.subscribe({kAllTopics, true});
  receive(kHeadersASecond + 30);
  type(wire, "AT\r\n");
  print(wire, "\r\nOK\r\n");
  receive(30);
  const Lines some = taken(summary), each = taken(all);
  EXPECT_EQ(count(some, "unsolicited"), kHeadersASecond);
  EXPECT_EQ(count(some, "answered"), 1U);
  EXPECT_EQ(count(each, "unsolicited"), kHeadersASecond + 60);
  now += 1s;
  receive(1);
  EXPECT_EQ(count(taken(summary), "unsolicited"), 1U);
}

TEST_F(EventLogTest, headers_of_which_nobody_is_told_are_events_for_who_looks_back) {
  Outbox summary(log, [] {});
  summary.subscribe({kAllTopics, true});
  receive(kHeadersASecond + 1);
  type(wire, "AT\r\n");
  receive(1);  // in the answer
  print(wire, "OK\r\n");
  receive(2);
  std::uint64_t number = 0;
  for (const Event& event : log.kept()) EXPECT_EQ(event.number, ++number);
  EXPECT_EQ(number, log.last());
  EXPECT_EQ(number, 2 * (kHeadersASecond + 1) + 1 + 1 + 2 + 2 * 2);
  EXPECT_EQ(log.forgotten(), 0U);
  EXPECT_TRUE(
      std::is_sorted(log.kept().begin(), log.kept().end(),
                     [](const Event& first, const Event& next) { return first.time < next.time; }));
  EXPECT_EQ(lines().back(), std::to_string(number - 1) + " +IPD,1:");
  summary.subscribe({kAllTopics, false});
  receive(1);
  EXPECT_EQ(count(taken(summary), "unsolicited"), kHeadersASecond + 1);
}

TEST_F(EventLogTest, who_looks_back_behind_headers_that_were_dropped_learns_of_it) {
  Outbox summary(log, [] {});
  summary.subscribe({kAllTopics, true});
  log.add(Instant(now), ModuleOff{a});
  receive(2 * FoldedHeaders::kMost / 16);
  EXPECT_GT(log.forgotten(), 1U);
  EXPECT_EQ(log.kept().front().number, log.forgotten() + 1);
  EXPECT_EQ(log.last() - log.forgotten(), log.kept().size());
}

TEST_F(EventLogTest, a_summary_has_so_many_events_of_lines_a_second) {
  Outbox summary(log, [] {});
  summary.subscribe({kAllTopics, true});
  Lines told;
  const auto take = [&] {
    for (std::string& text : taken(summary)) told.push_back(std::move(text));
  };
  for (unsigned i = 0; i < kSummarisedASecond + 10; ++i) type(wire, "AT\r\n"), take();
  EXPECT_EQ(count(told, "typed"), kSummarisedASecond);
  log.add(Instant(now), ModuleOff{a});
  take();
  EXPECT_EQ(count(told, "\"off\""), 1U);
  EXPECT_EQ(count(told, R"("lost","count":10)"), 1U);
}

TEST_F(EventLogTest, keeps_so_many_bytes) {
  const std::string text(100, 'x');
  for (int i = 0; i < 10000; ++i) log.add(Instant(now), AirChanged{text});
  std::size_t size = 0;
  for (const Event& event : log.kept()) size += size_of(event);
  EXPECT_LE(size, EventLog::kMost);
  EXPECT_GT(size, EventLog::kMost * 9 / 10);
  EXPECT_EQ(log.forgotten(), 10000U - log.kept().size());
}
}  // namespace
}  // namespace bfq::control

#include "daemon/control/event_log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "commands/bfq4004.h"
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
  /// What is kept: "NUMBER LINE".
  std::vector<std::string> lines() {
    std::vector<std::string> out;
    for (const Event& event : log.kept()) {
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
  EXPECT_EQ(lines(), (Lines{"1 AT", "2 ready", "3 ", "4 > "}));
  EXPECT_EQ(log.kept().front().time, Instant(1us));
  EXPECT_EQ(log.last(), 4U);
  EXPECT_EQ(log.forgotten(), 0U);
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

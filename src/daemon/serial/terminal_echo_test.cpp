#include "daemon/serial/terminal_echo.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/text.h"

namespace bfq::serial {
namespace {
void print(TerminalEcho& terminal, std::string_view text, const EchoSettings& settings) {
  terminal.printed(bytes_of(text));
  terminal.settings(settings);
}

constexpr EchoSettings kSane{
    .is_canonical = true, .cr_to_nl = true, .nl_to_cr_nl = true, .shows_controls = true};
constexpr EchoSettings kRaw{};
constexpr EchoSettings kRawWithControls{.shows_controls = true};

TEST(TerminalEcho, IsWhatLinuxReturnsOfAnAnswer) {
  struct Case {
    EchoSettings settings;
    std::string_view echo;
  };
  for (const auto& [settings, echo] : {Case{kSane, "\r\n\r\nOK\t\r\n\r\n"},
                                       {kRaw, "\r\nOK\t\r\n"},
                                       {kRawWithControls, "^M^JOK\t^M^J"},
                                       {{.ignores_cr = true}, "\nOK\t\n"},
                                       {{.nl_to_cr = true}, "\r\rOK\t\r\r"}}) {
    TerminalEcho terminal;
    print(terminal, "\r\nOK\t\r\n", settings);
    EXPECT_EQ(terminal.echoed(bytes_of(echo)), echo.size()) << echo;
    EXPECT_EQ(terminal.echoed(bytes_of("AT")), 0U);
  }
}

TEST(TerminalEcho, ComesInPiecesAndIsFollowedByWhatIsTyped) {
  TerminalEcho terminal;
  print(terminal, "\r\nOK", kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("\r\n")), 2U);
  print(terminal, "\r\n", kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("OK\r\nAT\r\n")), 4U);
  EXPECT_EQ(terminal.echoed(bytes_of("\r\n")), 0U);
}

TEST(TerminalEcho, IsNothingFromTheFirstByteThatDiffers) {
  TerminalEcho terminal;
  print(terminal, "\r\nOK\r\n", kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("\r\nAT\r\n")), 2U);
  EXPECT_EQ(terminal.echoed(bytes_of("OK\r\n")), 0U);  // typed, for all that is known
  print(terminal, "ready", kRaw);
  terminal.forget();
  EXPECT_EQ(terminal.echoed(bytes_of("ready")), 0U);
}

TEST(TerminalEcho, WhatCanNotAllComeBackIsNotWaitedFor) {
  TerminalEcho terminal;
  const std::string much(20000, 'x');
  print(terminal, much, kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("x")), 0U);
}

TEST(TerminalEcho, IsAskedForItsSettingsOnlyWhereWhatComesMayBeEcho) {
  struct Case {
    std::string_view printed, comes;
    bool needs_look;
  };
  for (const auto& [printed, comes, needs_look] : {Case{"\r\nOK\r\n", "AT\r\n", false},
                                                   {"\r\nOK\r\n", "\r\nOK", true},
                                                   {"\r\nOK\r\n", "\nOK", true},
                                                   {"\r\nOK\r\n", "^M^JOK", true},
                                                   {"\nOK", "\rOK", true},
                                                   {"\nOK", "OK", false},
                                                   {"\rOK", "OK", true},
                                                   {"> ", ">", true},
                                                   {"> ", "^", false},
                                                   {"", "AT", false},
                                                   {"AT", "", false}}) {
    TerminalEcho terminal;
    terminal.printed(bytes_of(printed));
    EXPECT_FALSE(terminal.needs_look());
    EXPECT_EQ(terminal.needs_look(bytes_of(comes)), needs_look) << printed << ", " << comes;
  }
}

TEST(TerminalEcho, OfATerminalThatIsKnownToEchoIsKnownAlsoOnceItHasStopped) {
  TerminalEcho terminal;
  print(terminal, "ready", kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("ready")), 5U);
  terminal.printed(bytes_of("OK"));
  EXPECT_TRUE(terminal.needs_look());
  terminal.settings(kRaw);
  terminal.printed(bytes_of("OK"));
  terminal.settings(std::nullopt);
  EXPECT_FALSE(terminal.needs_look());
  EXPECT_EQ(terminal.echoed(bytes_of("OKOK")), 2U);
}
}  // namespace
}  // namespace bfq::serial

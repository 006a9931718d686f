#include "daemon/serial/terminal_echo.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace bfq::serial {
namespace {
std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
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
    terminal.printed(bytes_of("\r\nOK\t\r\n"), settings);
    EXPECT_EQ(terminal.echoed(bytes_of(echo)), echo.size()) << echo;
    EXPECT_EQ(terminal.echoed(bytes_of("AT")), 0U);
  }
}

TEST(TerminalEcho, ComesInPiecesAndIsFollowedByWhatIsTyped) {
  TerminalEcho terminal;
  terminal.printed(bytes_of("\r\nOK"), kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("\r\n")), 2U);
  terminal.printed(bytes_of("\r\n"), kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("OK\r\nAT\r\n")), 4U);
  EXPECT_EQ(terminal.echoed(bytes_of("\r\n")), 0U);
}

TEST(TerminalEcho, IsNothingFromTheFirstByteThatDiffers) {
  TerminalEcho terminal;
  terminal.printed(bytes_of("\r\nOK\r\n"), kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("\r\nAT\r\n")), 2U);
  EXPECT_EQ(terminal.echoed(bytes_of("OK\r\n")), 0U);  // typed, for all that is known
  terminal.printed(bytes_of("ready"), kRaw);
  terminal.forget();
  EXPECT_EQ(terminal.echoed(bytes_of("ready")), 0U);
}

TEST(TerminalEcho, WhatCanNotAllComeBackIsNotWaitedFor) {
  TerminalEcho terminal;
  const std::string much(20000, 'x');
  terminal.printed(bytes_of(much), kRaw);
  EXPECT_EQ(terminal.echoed(bytes_of("x")), 0U);
}
}  // namespace
}  // namespace bfq::serial

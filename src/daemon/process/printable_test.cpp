#include "daemon/process/printable.h"

#include <gtest/gtest.h>

namespace bfq::process {
namespace {
struct Case {
  std::string_view text, shown;
};

TEST(Printable, WhatATerminalWouldObeyIsEscaped) {
  using namespace std::literals;
  const Case cases[] = {
      {"garden", "garden"},
      {"", ""},
      {"Caf\xc3\xa9 \xe5\xae\xb6 \xf0\x9f\x93\xb6", "Caf\xc3\xa9 \xe5\xae\xb6 \xf0\x9f\x93\xb6"},
      {"a\0b"sv, "a\\x00b"},
      {"\x1b[2J\a\b\r\n\t\x7f", "\\x1b[2J\\x07\\x08\\x0d\\x0a\\x09\\x7f"},
      {"\xc2\x9b"
       "31m",
       "\\xc2\\x9b31m"},  // C1: CSI in one character
      {"\x9b"
       "31m",
       "\\x9b31m"},  // and as a raw byte
      {"\xe2\x80\xae"
       "abc",
       "\\xe2\\x80\\xae"
       "abc"},                                       // right-to-left override
      {"\xc0\xaf", "\\xc0\\xaf"},                    // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // a surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond Unicode
      {"\xe5\xae", "\\xe5\\xae"},                    // cut off
      {"\xff\xfe", "\\xff\\xfe"},
  };
  for (const auto& [text, shown] : cases) EXPECT_EQ(printable(text), shown);
}

TEST(Printable, LinesStayLines) {
  EXPECT_EQ(printable_lines("a\n\x1b\n\nb"), "a\n\\x1b\n\nb");
  EXPECT_EQ(printable_lines("a\n"), "a\n");
}

TEST(Printable, AWordOfAShellIsNothingElse) {
  EXPECT_EQ(word_of_shell("/tmp/bfq0"), "/tmp/bfq0");
  EXPECT_EQ(word_of_shell("socket://127.0.0.1:7000"), "socket://127.0.0.1:7000");
  EXPECT_EQ(word_of_shell("/tmp/x;touch y"), "'/tmp/x;touch y'");
  EXPECT_EQ(word_of_shell("/tmp/$(id)'s"), "'/tmp/$(id)'\\''s'");
  EXPECT_EQ(word_of_shell("~"), "'~'");
  EXPECT_EQ(word_of_shell(""), "''");
}
}  // namespace
}  // namespace bfq::process

#include "daemon/serial/trace.h"

#include <gtest/gtest.h>

#include <utility>

#include "commands/bfq4004.h"

namespace bfq::serial {
namespace {
using Case = std::pair<const char*, const char*>;

std::string masked(Direction direction, std::string_view line) {
  return SecretMask(direction, commands::kBfq4004).mask(line);
}

TEST(SecretMask, hides_passwords_and_nothing_else_of_what_is_typed) {
  const Case cases[] = {
      {"AT", "AT"},
      {"AT+CIPSTART=\"TCP\",\"example.test\",80", "AT+CIPSTART=\"TCP\",\"example.test\",80"},
      {"AT+CIPSTART=\"TCP\",example.test", "AT+CIPSTART=\"TCP\",example.test"},
      {"AT+CWJAP_CUR=\"garden\",\"s3cret\"", "AT+CWJAP_CUR=\"garden\",***"},
      {"AT+CWJAP_DEF=\"gar\\\"d,en\",\"s3\\\"c,ret\",\"02:00:00:00:00:01\",1",
       "AT+CWJAP_DEF=\"gar\\\"d,en\",***,\"02:00:00:00:00:01\",1"},
      {"AT+CWJAP_CUR= \"garden\", \"s3cret\"", "AT+CWJAP_CUR= \"garden\", ***"},
      {"xxAT+CWJAP=\"garden\",\"s3cret\"", "xxAT+CWJAP=\"garden\",***"},
      {"AT+CWSAP_CUR=\"mine\",\"s3cret99\",5,3", "AT+CWSAP_CUR=\"mine\",***,5,3"},
      {"AT+CWSAP_CUR=\"mine\",\"\",5,0", "AT+CWSAP_CUR=\"mine\",***,5,0"},
      {"AT+CWJAP_CUR?", "AT+CWJAP_CUR?"},
      {"AT+CWMODE?\rAT+CWJAP=\"garden\",\"s3cret\"\rAT", "AT+CWMODE?\rAT+CWJAP=\"garden\",***\rAT"},
      {"hello", "hello"},
  };
  for (const auto& [line, shown] : cases) EXPECT_EQ(masked(Direction::to_module, line), shown);
}

TEST(SecretMask, hides_what_is_in_quotation_marks_where_there_is_no_command) {
  const Case cases[] = {
      {"at+cwjap_cur=\"garden\",\"s3cret\"", "at+cwjap_cur=***"},
      {"AT+CWJPA=\"garden\",\"s3cret\"", "AT+CWJPA=***"},
      {"AT+CWJAP?=\"garden\",\"s3cret\"", "AT+CWJAP?=***"},
      {"AT+CWJAP_CUR?\"garden\",\"s3cret\"", "AT+CWJAP_CUR?***"},
      {"AT+CWJAP_CUR\"garden\",\"s3cret\"", "AT+CWJAP_CUR***"},
      {"T+CWJAP_CUR=\"garden\",\"s3cret\"", "T+CWJAP_CUR=***"},
      {"T+CWJAP_CUR=\"garden\",\"s3cretAT\"", "T+CWJAP_CUR=***"},
      {"garden\",\"s3cretAT+CWJAP?", "garden***AT+CWJAP?"},
      {"ATE0,\"s3cret", "ATE0,***"},
      {"AT+CIPSTRAT=\"TCP\",\"example.test\",80", "AT+CIPSTRAT=***"},
  };
  for (const auto& [line, shown] : cases) EXPECT_EQ(masked(Direction::to_module, line), shown);
}

TEST(SecretMask, hides_what_follows_where_it_is_not_clear_which_argument_is_the_secret) {
  const Case cases[] = {
      {"AT+CWJAP_CUR=garden,s3cret", "AT+CWJAP_CUR=***"},
      {"AT+CWJAP_CUR=\"garden\" \"s3cret\"", "AT+CWJAP_CUR=***"},
      {"AT+CWJAP_CUR=\"garden,\"s3cret\"", "AT+CWJAP_CUR=***"},
      {"AT+CWJAP_CUR=\"garden\",s3c,s3cret", "AT+CWJAP_CUR=\"garden\",***"},
      {"AT+CWJAP_CUR=\"garden\",\"s3cret", "AT+CWJAP_CUR=\"garden\",***"},
      {"AT+CWJAP_CUR=\"garden\",\"s3\",\"cret\"", "AT+CWJAP_CUR=\"garden\",***"},
      {"AT+CWJAP_CUR=\"garden\",,\"s3cret\"", "AT+CWJAP_CUR=\"garden\",***"},
      {"AT+CWSAP_CUR=\"mine\",\"s3cret99\",5,3,4,0,\"s3cret\"", "AT+CWSAP_CUR=\"mine\",***"},
  };
  for (const auto& [line, shown] : cases) EXPECT_EQ(masked(Direction::to_module, line), shown);
}

TEST(SecretMask, hides_passwords_and_nothing_else_of_what_is_printed) {
  const Case cases[] = {
      {"AT+CWJAP_CUR=\"garden\",\"s3cret\"\r", "AT+CWJAP_CUR=\"garden\",***\r"},
      {"+CWSAP_CUR:\"mine\",\"s3cret99\",5,3,4,0", "+CWSAP_CUR:\"mine\",***"},
      {"+CWSAP_CUR:\"mi\"ne\",\"s3cret99\",5,3,4,0", "+CWSAP_CUR:***"},
      {"+CWSAP_CUR:\"mine\\\",\"s3\",\"cret\",5,3,4,0", "+CWSAP_CUR:***"},
      {"+CWSAP_CUR:\"mine\\\",\"s3cret99\",5,3,4,0", "+CWSAP_CUR:\"mine\\\",***"},
      {"+CWJAP_CUR:\"garden\",\"02:00:00:00:00:01\",6,-42",
       "+CWJAP_CUR:\"garden\",\"02:00:00:00:00:01\",6,-42"},
      {"+CWJAP_CUR:3", "+CWJAP_CUR:3"},
      {"+CWLAP:(3,\"MATE\",-42,\"02:00:00:00:00:01\",6)",
       "+CWLAP:(3,\"MATE\",-42,\"02:00:00:00:00:01\",6)"},
      {"+STA_CONNECTED:\"02:00:00:00:00:01\"", "+STA_CONNECTED:\"02:00:00:00:00:01\""},
      {"+IPD,20:<a href=\"x\">y</a>", "+IPD,20:<a href=\"x\">y</a>"},
      {"+IPD,3,2,10.0.0.1,7:\"xAT+CWJAP=\"garden\",\"s3cret\"\r",
       "+IPD,3,2,10.0.0.1,7:\"xAT+CWJAP=\"garden\",***\r"},
  };
  for (const auto& [line, shown] : cases) EXPECT_EQ(masked(Direction::to_host, line), shown);
}

TEST(SecretMask, shows_a_line_in_pieces_and_hides_what_it_hides_of_the_whole) {
  const std::string line = "AT+CWSAP_CUR=\"mine\",\"s3cret99\",5,3";
  for (std::size_t cut = 0; cut <= line.size(); ++cut) {
    SecretMask mask(Direction::to_module, commands::kBfq4004);
    const std::string shown = mask.mask(line.substr(0, cut)) + mask.mask(line, cut);
    EXPECT_EQ(shown.find_first_of("crt89"), std::string::npos) << cut << ": " << shown;
  }
}
}  // namespace
}  // namespace bfq::serial

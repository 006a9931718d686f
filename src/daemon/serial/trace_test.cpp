#include "daemon/serial/trace.h"

#include <gtest/gtest.h>

namespace bfq::serial {
namespace {
TEST(SecretMask, HidesPasswordsAndNothingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {"AT", "AT"},
      {"AT+CIPSTART=\"TCP\",\"example.test\",80", "AT+CIPSTART=\"TCP\",\"example.test\",80"},
      {"AT+CWJAP_CUR=\"garden\",\"s3cret\"", "AT+CWJAP_CUR=\"garden\",***"},
      {"AT+CWJAP_DEF=\"gar\\\"d,en\",\"s3cret\",\"02:00:00:00:00:01\"",
       "AT+CWJAP_DEF=\"gar\\\"d,en\",***"},
      {"xxAT+CWJAP=\"garden\",\"s3cret\"", "xxAT+CWJAP=\"garden\",***"},
      {"at+cwjap_cur=\"garden\",\"s3cret\"", "at+cwjap_cur=\"garden\",***"},
      {"AT+CWSAP_CUR=\"mine\",\"s3cret99\",5,3", "AT+CWSAP_CUR=\"mine\",***"},
      {"+CWSAP_CUR:\"mine\",\"s3cret99\",5,3,4,0", "+CWSAP_CUR:\"mine\",***"},
      {"+CWJAP_CUR:\"garden\",\"02:00:00:00:00:01\",6,-42",
       "+CWJAP_CUR:\"garden\",\"02:00:00:00:00:01\",6,-42"},
      {"+CWJAP_CUR:3", "+CWJAP_CUR:3"},
      {"AT+CWJAP_CUR?", "AT+CWJAP_CUR?"},
      {"+IPD,20:<a href=\"x\">y</a>", "+IPD,20:<a href=\"x\">y</a>"},
  };
  for (const auto& [line, shown] : cases) EXPECT_EQ(SecretMask().mask(line), shown);
}

TEST(SecretMask, HidesEvenWhatIsTypedWrongly) {
  for (const char* line :
       {"AT+CWJAP_CUR=garden,s3cret", "AT+CWJAP_CUR=\"garden\" \"s3cret\"",
        "AT+CWJAP_CUR\"garden\",\"s3cret\"", "AT+CWJAP_CUR=\"garden,\"s3cret\"",
        "AT+CWJAP_CUR=\"garden\",s3c,s3cret", "AT+CWJAP_CUR=\"garden\",\"s3cret"}) {
    EXPECT_EQ(SecretMask().mask(line).find("s3c"), std::string::npos) << line;
  }
}

TEST(SecretMask, HidesEchoesThatOtherLinesHaveCut) {
  const std::string echo = "AT+CWJAP_CUR=\"garden\",\"s3cret\"\r";
  for (std::size_t cut = 1; cut < echo.size(); ++cut) {
    SecretMask mask;
    std::string shown = mask.mask(echo.substr(0, cut) + "WIFI DISCONNECT") + "\n";
    shown += mask.mask("CLOSED") + "\n" + mask.mask(echo.substr(cut));
    for (const char* part : {"s3cret", "3cret", "s3cre", "cre"}) {
      EXPECT_EQ(shown.find(part), std::string::npos) << "cut at " << cut << ": " << shown;
    }
  }
}
}  // namespace
}  // namespace bfq::serial

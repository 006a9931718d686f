#include "lines.h"

#include <algorithm>

namespace bfq::swarm {
namespace {
constexpr const char* kLines[] = {
    "AT",
    "AT+GMR",
    "AT+SYSRAM?",
    "AT+RST",
    "AT+CWMODE_CUR=1",
    "AT+CWMODE_CUR=2",
    "AT+CWMODE_CUR=3",
    "AT+CWMODE_CUR?",
    "AT+CWMODE_CUR=?",
    "AT+CWJAP_CUR?",
    "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"",
    "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"",
    "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"",
    "AT+CWJAP_CUR=\"BFQ-OPEN\",\"\"",
    "AT+CWJAP_CUR=\"BFQ-OPEN\",\"\",,1",
    "AT+CWJAP_CUR=\"BFQ-LAB\",\"wrong\"",
    "AT+CWJAP_CUR=\"BFQ-CORP\",\"\"",
    "AT+CWJAP_CUR=\"BFQ-SILENT\",\"silent-lab-4004\"",
    "AT+CWJAP_CUR=\"no-address\",\"\"",
    "AT+CWJAP_CUR=\"no-answer\",\"\"",
    "AT+CWJAP_CUR=\"NOBODY\",\"\"",
    "AT+CWLAP",
    "AT+CWLAP=\"BFQ-LAB\"",
    "AT+CWLAP=,,,1,,100",
    "AT+CWQAP",
    "AT+CIFSR",
    "AT+CIPSTATUS",
    "AT+CIPSTATUS",
    "AT+CIPDOMAIN=\"echo.test\"",
    "AT+CIPDOMAIN=\"nobody.test\"",
    "AT+CIPDOMAIN=\"slow.test\"",
    "AT+CIPDOMAIN=\"1.2.3.4\"",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",7",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",7",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",7",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",9",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",80,60",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",1",
    "AT+CIPSTART=\"TCP\",\"echo.test\",7",
    "AT+CIPSTART=\"TCP\",\"nobody.test\",7",
    "AT+CIPSTART=\"TCP\",\"slow.test\",7",
    "AT+CIPSTART=\"TCP\",\"10.9.8.7\",7",
    "AT+CIPCLOSE",
    "AT+CIPCLOSE",
    "AT+CIPCLOSE=0",
    "AT+CIPSEND",
    "AT+NOPE",
    "",
    "?",
};
/// Those whose answers the books do not know.
constexpr const char* kMore[] = {
    "ATE0",
    "ATE1",
    "AT+RESTORE",
    "AT+UART_CUR=9600,8,1,0,0",
    "AT+UART_DEF=115200,8,1,0,3",
    "AT+CWMODE=3",
    "AT+CWMODE=1",
    "AT+CWMODE_DEF=2",
    "AT+CWJAP_DEF=\"BFQ-LAB\",\"bfq4004-lab\"",
    "AT+CWJAP=\"BFQ-OPEN\",\"\"",
    "AT+CWAUTOCONN=0",
    "AT+CWAUTOCONN=1",
    "AT+CWLAPOPT=1,31",
    "AT+CWSAP=\"mine\",\"12345678\",5,3",
    "AT+CWSAP_CUR=\"mine\",\"\",5,0,2,1",
    "AT+CWLIF",
    "AT+CWDHCP=1,0",
    "AT+CWDHCP_CUR=1,1",
    "AT+CWDHCPS_CUR=1,3,\"192.168.4.10\",\"192.168.4.15\"",
    "AT+CIPSTA_CUR=\"10.44.1.77\"",
    "AT+CIPAP=\"192.168.5.1\"",
    "AT+CIPMUX=1",
    "AT+CIPMUX=1",
    "AT+CIPMUX=0",
    "AT+CIPSERVER=1,80",
    "AT+CIPSERVER=1,80",
    "AT+CIPSERVER=0",
    "AT+CIPSERVERMAXCONN=2",
    "AT+CIPSTO=5",
    "AT+CIPMODE=1",
    "AT+CIPMODE=1",
    "AT+CIPMODE=0",
    "AT+CIPDINFO=1",
    "AT+CIPSEND",
    "AT+CIPSEND",
    "AT+CIPSEND=20,\"127.0.0.1\",7",
    "AT+CIPCLOSE=5",
    "AT+CIPSTART=\"UDP\",\"127.0.0.1\",7",
    "AT+CIPSTART=\"UDP\",\"0\",0,1025,2",
    "AT+CIPSTART=\"SSL\",\"127.0.0.1\",7",
};
constexpr const char* kLinks[] = {
    ",\"TCP\",\"127.0.0.1\",7",        ",\"TCP\",\"127.0.0.1\",9",  ",\"TCP\",\"echo.test\",7",
    ",\"UDP\",\"127.0.0.1\",7,1025,2", ",\"SSL\",\"127.0.0.1\",80",
};
}  // namespace

std::size_t Dice::some(std::size_t most) {
  std::size_t n = pick(most + 1);
  for (std::size_t halvings = pick(12); halvings > 0; --halvings) n /= 2;
  return n;
}

std::string Dice::bytes(std::size_t n) {
  std::string s(n, '\0');
  for (char& c : s) c = static_cast<char>(pick(256));
  return s;
}

std::string any_line(Dice& dice) {
  if (dice.one_in(3)) return likely_line(dice);
  const std::string link = std::to_string(dice.pick(6));
  if (dice.one_in(6)) return "AT+CIPSEND=" + link + ',' + std::to_string(1 + dice.some(2047));
  if (dice.one_in(6)) return "AT+CIPCLOSE=" + link;
  if (dice.one_in(6)) return "AT+CIPSTART=" + link + kLinks[dice.pick(std::size(kLinks))];
  return kMore[dice.pick(std::size(kMore))];
}

std::string likely_line(Dice& dice) {
  if (dice.one_in(5)) return "AT+CIPSEND=" + std::to_string(1 + dice.some(2047));
  return kLines[dice.pick(std::size(kLines))];
}

std::string mutated(Dice& dice, std::string line) {
  for (std::size_t accidents = 1 + dice.pick(3); accidents > 0; --accidents) {
    const std::size_t at = dice.pick(line.size() + 1);
    switch (dice.pick(5)) {
      case 0:
        if (at < line.size()) line[at] = static_cast<char>(dice.pick(256));
        break;
      case 1: line.erase(at, 1 + dice.pick(3)); break;
      case 2: line.insert(at, line.substr(at, dice.pick(8))); break;
      case 3: line.insert(at, 1, "\"\\,=?+AT\r\n 09"[dice.pick(13)]); break;
      default: line.insert(at, std::to_string(dice.some(100000)));
    }
  }
  return line;
}

std::string line_end(Dice& dice) {
  if (!dice.one_in(20)) return "\r\n";
  return dice.one_in(2) ? "\n" : dice.one_in(2) ? "\r" : "\r\r\n\n";
}

}  // namespace bfq::swarm

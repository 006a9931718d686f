#include "lines.h"

#include <algorithm>
#include <cstdio>

#include "at/line.h"

namespace bfq::swarm {
namespace {
constexpr const char* kLines[] = {
    "AT",
    "AT+GMR",
    "AT+RST",
    "AT+CWMODE_CUR=1",
    "AT+CWMODE_CUR=2",
    "AT+CWMODE_CUR=3",
    "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"",
    "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"",
    "AT+CWJAP_DEF=\"BFQ-LAB\",\"bfq4004-lab\"",
    "AT+CWJAP_CUR=\"BFQ-OPEN\",\"\"",
    "AT+CWJAP_CUR=\"BFQ-OPEN\",\"\",,1",
    "AT+CWJAP_CUR=\"BFQ-LAB\",\"wrong\"",
    "AT+CWJAP_CUR=\"BFQ-CORP\",\"\"",
    "AT+CWJAP_CUR=\"BFQ-SILENT\",\"silent-lab-4004\"",
    "AT+CWJAP_CUR=\"no-address\",\"\"",
    "AT+CWJAP_CUR=\"no-answer\",\"\"",
    "AT+CWJAP_CUR=\"NOBODY\",\"\"",
    "AT+CWLAP",
    "AT+CWQAP",
    "AT+CIPSTATUS",
    "AT+SYSMSG_CUR=3",
    "AT+SYSMSG_CUR=0",
    "AT+CIPCLOSEMODE=1",
    "AT+SYSSTORE=0",
    "AT+SYSSTORE=1",
    "AT+SYSLOG=1",
    "AT+SYSMSG=7",
    "AT+CMD?",
    "AT+CWSTATE?",
    "AT+CIPSTATE?",
    "AT+CWJAP",
    "AT+CWJAP=\"BFQ-LAB\",\"bfq4004-lab\",,,0",
    "AT+CWRECONNCFG=2,1",
    "AT+CWMODE=0",
    "AT+CWQIF",
    "AT+CIPTCPOPT=0,1,500",
    "AT+SYSTIMESTAMP=1000",
    "AT+CIPSTAMAC_CUR=\"02:00:00:00:00:77\"",
    "AT+CIPAPMAC_DEF=\"02:00:00:00:00:78\"",
    "AT+CWSTARTSMART",
    "AT+CWSTARTSMART",
    "AT+CWSTOPSMART",
    "AT+SAVETRANSLINK=1,\"127.0.0.1\",7",
    "AT+SAVETRANSLINK=1,\"echo.test\",7",
    "AT+SAVETRANSLINK=1,\"127.0.0.1\",9,\"UDP\",1025",
    "AT+SAVETRANSLINK=0",
    "AT+MDNS=1,\"mine\",\"http\",80",
    "AT+CIPDOMAIN=\"echo.test\"",
    "AT+CIPDOMAIN=\"nobody.test\"",
    "AT+CIPDOMAIN=\"slow.test\"",
    "AT+PING=\"127.0.0.1\"",
    "AT+PING=\"slow.test\"",
    "AT+PING=\"nobody.test\"",
    "AT+CIPDNS_CUR=0",
    "AT+CIPSNTPCFG=1,1,\"127.0.0.1\"",
    "AT+CIPSNTPCFG=1,-3,\"slow.test\",\"127.0.0.1\"",
    "AT+CIPSNTPTIME?",
    "AT+CIPSSLCCONF=0",
    "AT+CIPSSLCCONF=0",
    "AT+CIPSSLCCONF=2",
    "AT+CIPSSLSIZE=4096",
    "AT+CIPDNS_DEF=0",
    "AT+CIPDNS_CUR=1,\"10.44.1.77\"",
    "AT+CHTTPURL=80,\"127.0.0.1\"",
    "AT+CHTTPURL=443,\"slow.test\"",
    "AT+CHTTPPH=\"/half\"",
    "AT+CHTTPPH=\"\"",
    "AT+CHTTPDT=\"a\",\"b c\"",
    "AT+CHTTPTP=1",
    "AT+CHTTPTR",
    "AT+CHTTPTR",
    "AT+CIUPDATE",
    "AT+MQTTUSERCFG=0,1,\"me\",\"\",\"\",0,0,\"\"",
    "AT+MQTTUSERCFG=0,1,\"me\",\"\",\"\",0,0,\"\"",
    "AT+MQTTCONN=0,\"127.0.0.1\",9,1",
    "AT+MQTTCONN=0,\"127.0.0.1\",9,1",
    "AT+MQTTCONN=0,\"slow.test\",9,0",
    "AT+MQTTSUB=0,\"a/#\",1",
    "AT+MQTTSUB?",
    "AT+MQTTPUB=0,\"a/b\",\"hello\",1,0",
    "AT+MQTTPUBRAW=0,\"a/b\",1000,1,0",
    "AT+MQTTLONGCLIENTID=0,300",
    "AT+MQTTCLEAN=0",
    "AT+HTTPCLIENT=2,0,\"http://127.0.0.1/half\",,,1",
    "AT+HTTPCLIENT=1,0,\"http://127.0.0.1/\",,,1",
    "AT+HTTPCGET=\"http://127.0.0.1/\"",
    "AT+HTTPCPOST=\"http://127.0.0.1/\",3000",
    "AT+HTTPURLCFG=19",
    "AT+HTTPURLCFG?",
    "AT+HTTPCLIENT=2,0,,,,1",
    "AT+CIPSENDLCFG=100,300",
    "AT+CIPSENDL=5000",
    "AT+CIPSSLCALPN=2,\"h2\",\"http/1.1\"",
    "AT+CIPSSLCALPN?",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",7",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",9",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",80,60",
    "AT+CIPSTART=\"TCP\",\"127.0.0.1\",1",
    "AT+CIPSTART=\"TCP\",\"echo.test\",7",
    "AT+CIPSTART=\"TCP\",\"nobody.test\",7",
    "AT+CIPSTART=\"TCP\",\"slow.test\",7",
    "AT+CIPSTART=\"TCP\",\"10.9.8.7\",7",
    "AT+CIPSTART=\"SSL\",\"127.0.0.1\",7",
    "AT+CIPSTART=\"UDP\",\"127.0.0.1\",7",
    "AT+CIPSTART=\"UDP\",\"0\",0,1025,2",
    "AT+CIPSTART=\"UDP\",\"127.0.0.1\",7,1025,1",
    "AT+CIPCLOSE",
    "AT+CIPCLOSE=5",
    "AT+CIPMODE=1",
    "AT+CIPMODE=0",
    "AT+CIPSEND",
    "AT+CIPMUX=1",
    "AT+CIPMUX=0",
    "AT+CIPSERVER=1,80",
    "AT+CIPSERVER=0",
    "AT+CIPSTO=5",
    "AT+CIPSERVERMAXCONN=2",
    "AT+CIPDINFO=1",
    "AT+CIPRECVMODE=1",
    "AT+CIPRECVMODE=1",
    "AT+CIPRECVMODE=0",
    "AT+CIPRECVLEN?",
    "AT+CIPBUFRESET",
    "AT+CIPBUFSTATUS",
    "AT+CIPCHECKSEQ=1",
    "AT+CIPRECVDATA=2048",
    "AT+CIPRECVDATA=1",
    "AT+CWDHCP=1,0",
    "AT+CIPSTA_CUR=\"10.44.1.77\"",
    "AT+CWAUTOCONN=0",
    "AT+RESTORE",
    "ATE0",
    "ATE1",
    "AT+SLEEP=1",
    "AT+SLEEP=2",
    "AT+WAKEUPGPIO=1,4,1",
    "AT+WAKEUPGPIO=1,4,0,13,1",
    "AT+WAKEUPGPIO=0",
    "AT+GSLP=50",
    "AT+SYSIOSETCFG=12,3,1",
    "AT+SYSGPIODIR=4,1",
    "AT+SYSGPIOWRITE=4,1",
    "AT+SYSGPIOREAD=4",
    "AT+WPS=1",
    "AT+WPS=1",
    "AT+WPS=0",
    "AT+RFPOWER=40",
    "AT+CWHOSTNAME=\"mine\"",
    "AT+CWCOUNTRY_CUR=0,\"US\",1,11",
    "AT+CWCOUNTRY_DEF=1,\"JP\",1,14",
    "AT+CWCOUNTRY_CUR=1,\"XX\",7,3",
    "AT+NOPE",
    "",
    "?",
};
constexpr const char* kLinks[] = {
    ",\"TCP\",\"127.0.0.1\",7",        ",\"TCP\",\"127.0.0.1\",9",
    ",\"TCP\",\"echo.test\",7",        ",\"UDP\",\"127.0.0.1\",7,1025,2",
    ",\"SSL\",\"127.0.0.1\",80",       ",\"TCP\",\"127.0.0.1\",80",
    ",\"UDP\",\"127.0.0.1\",7",        ",\"TCP\",\"127.0.0.1\",1",
    ",\"UDP\",\"127.0.0.1\",9,1025,1",
};
constexpr const char* kTexts[] = {"BFQ-LAB",   "bfq4004-lab", "BFQ-OPEN",      "no-address",
                                  "127.0.0.1", "echo.test",   "slow.test",     "12345678",
                                  "mine",      "0",           "a\\,b\\\"c\\\\"};
constexpr const char* kAddresses[] = {"127.0.0.1",     "192.168.4.1", "192.168.4.10",
                                      "192.168.4.15",  "10.44.1.77",  "10.44.1.1",
                                      "255.255.255.0", "0.0.0.0",     "192.168.5.1"};

std::string number_for(Dice& dice, const at::Param& param) {
  const auto [min, max] = param.range;
  const auto width = static_cast<std::size_t>(static_cast<std::int64_t>(max) - min + 1);
  switch (dice.pick(6)) {
    case 0: return std::to_string(min);
    case 1: return std::to_string(max);
    case 2:
      return std::to_string(static_cast<std::int64_t>(min) +
                            static_cast<std::int64_t>(dice.pick(width)));
    default:
      return std::to_string(
          std::min<std::int64_t>(max, min + static_cast<std::int64_t>(dice.pick(8))));
  }
}

std::string argument_for(Dice& dice, const at::Param& param) {
  if (param.optional && dice.one_in(4)) return {};
  switch (param.kind) {
    case at::Kind::integer: return number_for(dice, param);
    case at::Kind::text:
    case at::Kind::host: {
      if (!dice.one_in(8)) return '"' + std::string(dice.one_of(kTexts)) + '"';
      const auto most = static_cast<std::size_t>(param.range.max);
      return '"' + std::string(dice.one_in(2) ? most : dice.some(most + 1), 'x') + '"';
    }
    case at::Kind::mac: {
      char mac[20];
      std::snprintf(mac, sizeof mac, "\"02:bf:40:04:00:%02x\"",
                    static_cast<unsigned>(dice.pick(10)));
      return mac;
    }
    case at::Kind::ipv4: return '"' + std::string(dice.one_of(kAddresses)) + '"';
    case at::Kind::ignored: return dice.one_in(2) ? "\"x\"" : "65536";
    case at::Kind::choice:
      return '"' + std::string(param.choices[dice.pick(param.choices.size())]) + '"';
  }
  return {};
}

std::string set_form(Dice& dice, const at::Command& command) {
  const auto shapes = command.set.shapes();
  const auto params = shapes[dice.pick(shapes.size())].params;
  std::string line(command.digit_follows ? "" : "=");
  std::size_t count = params.size();
  while (count > 1 && params[count - 1].optional && dice.one_in(2)) --count;
  for (std::size_t i = 0; i < count; ++i)
    line += (i > 0 ? "," : "") + argument_for(dice, params[i]);
  return line;
}
}  // namespace

std::string line_from_a_row(Dice& dice, at::CommandTable table) {
  const at::Command& command = table[dice.pick(table.size())];
  const std::string head = "AT" + std::string(command.name);
  switch (dice.pick(8)) {
    case 0: return head + "=?";
    case 1: return head;
    case 2: return head + "?";
    default:
      if (command.set) return head + set_form(dice, command);
      return command.query && dice.one_in(2) ? head + "?" : head;
  }
}

std::string spoken_by(const at::Dialect& dialect, std::string line) {
  const std::size_t end = std::min(line.find_first_of("=?"), line.size());
  const std::string_view name = std::string_view(line).substr(0, end);
  const bool has_suffix = name.ends_with("_CUR") || name.ends_with("_DEF");
  if (has_suffix && at::find(dialect, name.substr(2)) == nullptr) line.erase(end - 4, 4);
  return line;
}

namespace {
std::string line_of_a_family(Dice& dice) {
  const std::string link = std::to_string(dice.pick(6));
  switch (dice.pick(16)) {
    case 0: return "AT+CIPSEND=" + std::to_string(1 + dice.some(2047));
    case 1: return "AT+CIPSEND=" + link + ',' + std::to_string(1 + dice.some(2047));
    case 2: return "AT+CIPSTART=" + link + dice.one_of(kLinks);
    case 3: return "AT+CIPCLOSE=" + link;
    case 4:
      return "AT+CIPSEND=" + link + ',' + std::to_string(1 + dice.some(99)) + ",\"127.0.0.1\",7";
    case 5: return "AT+CIPRECVDATA=" + link + ',' + std::to_string(1 + dice.some(2047));
    case 6: return "AT+CIPSENDBUF=" + link + ',' + std::to_string(1 + dice.some(2047));
    case 7: return "AT+CIPSENDEX=" + std::to_string(1 + dice.some(2047));
    case 8: return "AT+CIPCHECKSEQ=" + link + ',' + std::to_string(1 + dice.pick(9));
    case 9: return std::string("AT+CIPSTARTEX=") + (dice.one_of(kLinks) + 1);
    case 10: return "AT+CIPSENDL=" + link + ',' + std::to_string(1 + dice.some(6000));
    default: return dice.one_of(kLines);
  }
}
}  // namespace

std::string likely_line(Dice& dice, const at::Dialect& dialect) {
  return spoken_by(dialect, line_of_a_family(dice));
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

std::string line_junk(Dice& dice) {
  return dice.one_in(10) ? std::string(1 + dice.pick(3), '\r') : std::string();
}

std::string line_end(Dice& dice) {
  if (!dice.one_in(20)) return "\r\n";
  return dice.one_in(2) ? "\n" : dice.one_in(2) ? "\r" : "\r\r\n\n";
}

}  // namespace bfq::swarm

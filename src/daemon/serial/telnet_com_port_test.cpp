#include "daemon/serial/telnet_com_port.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace bfq::serial {
namespace {
using namespace std::string_literals;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class TelnetTest : public testing::Test {
 protected:
  TelnetTest() { answers(); }

  /// What the client typed with these bytes, given one by one.
  std::string take(const std::string& bytes) {
    std::vector<std::byte> typed;
    for (const char& byte : bytes) telnet.take(std::as_bytes(std::span(&byte, 1)), typed);
    return text_of(typed);
  }
  std::string answers() {
    std::string all = text_of(telnet.output());
    telnet.sent(all.size());
    return all;
  }
  std::string answer_to(const std::string& bytes) {
    EXPECT_EQ(take(bytes), "");
    return answers();
  }
  static std::string com_port(const std::string& command) {
    return "\xff\xfa\x2c"s + command + "\xff\xf0";
  }

  TelnetComPort telnet{"bfq4004"};
};

TEST_F(TelnetTest, BeginsWithWhatItOffersAndWants) {
  TelnetComPort fresh("x");
  EXPECT_EQ(text_of(fresh.output()),
            "\xff\xfb\x00\xff\xfd\x00\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01\xff\xfd\x2c"s);
}

TEST_F(TelnetTest, NegotiationComesToAnEnd) {
  EXPECT_EQ(answer_to("\xff\xfd\x00\xff\xfb\x00\xff\xfd\x01\xff\xfd\x03\xff\xfb\x03"s),
            "");  // as offered
  EXPECT_EQ(answer_to("\xff\xfb\x2c"),
            com_port("\x6b\x00"s));  // the lines are told at once, and once
  EXPECT_EQ(answer_to("\xff\xfb\x2c"), "");
  EXPECT_EQ(answer_to("\xff\xfd\x2c"), "\xff\xfb\x2c");  // pySerial wants that too
  EXPECT_EQ(answer_to("\xff\xfd\x2c"), "");
  EXPECT_EQ(answer_to("\xff\xfe\x2c"), "\xff\xfc\x2c");
  EXPECT_EQ(answer_to("\xff\xfe\x2c"), "");
  EXPECT_EQ(answer_to("\xff\xfb\x18"), "\xff\xfe\x18");  // the terminal's type is of no interest
  EXPECT_EQ(answer_to("\xff\xfd\x18"), "\xff\xfc\x18");
  EXPECT_EQ(answer_to("\xff\xfc\x18\xff\xfe\x18"), "");
  EXPECT_EQ(answer_to("\xff\xfb\x01"), "\xff\xfe\x01");  // the module echoes, nobody else
}

TEST_F(TelnetTest, DataPassInBothDirections) {
  EXPECT_EQ(take("\xff\xfb\x00\xff\xfd\x00"s), "");
  EXPECT_EQ(take("A\xff\xffT\r\n\r\0\0"s), "A\xffT\r\n\r\0\0"s);
  const std::string said = "a\xff\r\0b"s;
  telnet.say(std::as_bytes(std::span(said)));
  EXPECT_EQ(answers(), "a\xff\xff\r\0b"s);
}

TEST_F(TelnetTest, WithoutBinaryReturnIsReturnNul) {
  EXPECT_EQ(take("A\r\0B\r\n\0"s), "A\rB\r\n\0"s);
  EXPECT_EQ(take("\xff\xfb\x00\xff\xfc\x00\r\0"s), "\r"s);
}

TEST_F(TelnetTest, AndGoesOutAsReturnNul) {
  const auto say = [this](const std::string& text) {
    telnet.say(std::as_bytes(std::span(text)));
    return answers();
  };
  EXPECT_EQ(say("AT\r\r\n\r\nOK\r\n"s), "AT\r\0\r\n\r\nOK\r\n"s);
  EXPECT_EQ(say("a\r"), "a\r");
  EXPECT_EQ(say("b\r"), "\0b\r"s);  // what follows is known with the next byte
  EXPECT_EQ(say("\n"), "\n");
  EXPECT_EQ(say("\r"), "\r");
  EXPECT_EQ(answer_to("\xff\xfd\x18"), "\0\xff\xfc\x18"s);
  EXPECT_EQ(say("\n"), "\n");
  EXPECT_EQ(answer_to(com_port("\x02\x0d")), com_port("\x66\x08"));
  EXPECT_EQ(answer_to(com_port("\x0b\x0d")), com_port("\x6f\x0d"));  // a value, and no data
  EXPECT_EQ(say("\r"), "\r");
  EXPECT_EQ(answer_to("\xff\xfd\x00"s), "");
  EXPECT_EQ(say("\r\0\rx"s), "\r\0\rx"s);
}

TEST_F(TelnetTest, CommandsAreCounted) {
  EXPECT_EQ(take("AT\xff\xff"), "AT\xff");
  EXPECT_EQ(telnet.commands(), 0U);
  take("\xff\xfd\x18\xff\xf1");
  EXPECT_EQ(telnet.commands(), 2U);
}

TEST_F(TelnetTest, ThePortIsSetAndAskedFor) {
  EXPECT_EQ(answer_to(com_port("\x01\0\0\0\0"s)), com_port("\x65\0\x01\xc2\0"s));
  EXPECT_FALSE(telnet.port().negotiated);
  EXPECT_EQ(answer_to(com_port("\x01\0\0\xff\xff\xff\xff"s)),
            com_port("\x65\0\0\xff\xff\xff\xff"s));
  EXPECT_TRUE(telnet.port().negotiated);
  EXPECT_EQ(telnet.port().format.baud, 65535U);
  EXPECT_EQ(answer_to(com_port("\x02\x07")), com_port("\x66\x07"));
  EXPECT_EQ(answer_to(com_port("\x02\x09")), com_port("\x66\x07"));  // what there is
  EXPECT_EQ(answer_to(com_port("\x03\x03")), com_port("\x67\x03"));
  EXPECT_EQ(answer_to(com_port("\x03\x05")), com_port("\x67\x03"));
  EXPECT_EQ(answer_to(com_port("\x04\x03")), com_port("\x68\x03"));
  EXPECT_EQ(answer_to(com_port("\x04\0"s)), com_port("\x68\x03"));
  EXPECT_EQ(telnet.port().format,
            (UartFormat{.baud = 65535, .data_bits = 7, .stop_bits = 2, .parity = 2}));
}

TEST_F(TelnetTest, LinesAreSetAndAskedFor) {
  struct Case {
    char set, is;
  };
  for (const auto& [set, is] :
       {Case{7, 9}, {8, 8},   {7, 8},   {9, 9},   {10, 12}, {11, 11}, {10, 11}, {12, 12},
        {4, 6},     {5, 5},   {4, 5},   {6, 6},   {0, 1},   {3, 3},   {0, 3},   {2, 3},
        {1, 1},     {13, 14}, {16, 16}, {13, 16}, {17, 3},  {14, 14}}) {
    EXPECT_EQ(answer_to(com_port("\x05"s + set)), com_port("\x69"s + is)) << int(set);
  }
  EXPECT_EQ(answer_to(com_port("\x05\x14")), "");
  EXPECT_EQ(telnet.malformed(), 1U);
}

TEST_F(TelnetTest, ModemStateIsToldWithWhatHasChanged) {
  telnet.set_modem_state(TelnetComPort::kClearToSend);
  EXPECT_EQ(answers(), "");  // to nobody who does not know the option
  EXPECT_EQ(answer_to("\xff\xfb\x2c"), com_port("\x6b\x10"));
  telnet.set_modem_state(TelnetComPort::kClearToSend | TelnetComPort::kDataSetReady);
  EXPECT_EQ(answers(), com_port("\x6b\x32"));
  EXPECT_EQ(answer_to(com_port("\x07")), com_port("\x6b\x30"));  // pySerial asks like that
  EXPECT_EQ(answer_to(com_port("\x0b\x10")), com_port("\x6f\x10"));
  telnet.set_modem_state(TelnetComPort::kClearToSend);
  EXPECT_EQ(answers(),
            com_port("\x6b\x10"));  // a change that is masked, seen beside a line that is not
  EXPECT_EQ(answer_to(com_port("\x0b\0"s)), com_port("\x6f\0"s));
  telnet.set_modem_state(0);
  EXPECT_EQ(answers(), "");
}

TEST_F(TelnetTest, LineStateIsToldToWhoWantsIt) {
  take("\xff\xfb\x2c");
  answers();
  telnet.tell_line_state(TelnetComPort::kOverrun);
  EXPECT_EQ(answers(), "");
  EXPECT_EQ(answer_to(com_port("\x0a\xff\xff")), com_port("\x6e\xff\xff"));
  telnet.tell_line_state(TelnetComPort::kOverrun);
  EXPECT_EQ(answers(), com_port("\x6a\x02"));
}

TEST_F(TelnetTest, SuspendPurgeAndSignature) {
  EXPECT_EQ(answer_to(com_port("\x08")), "");
  EXPECT_TRUE(telnet.suspended());
  EXPECT_EQ(answer_to(com_port("\x09")), "");
  EXPECT_FALSE(telnet.suspended());
  EXPECT_EQ(answer_to(com_port("\0"s)), com_port("\x64"s + "bfq4004"));
  EXPECT_EQ(answer_to(com_port("\0me"s)), "");
  EXPECT_EQ(answer_to(com_port("\x0c\x01")), com_port("\x70\x01"));
  auto purge = telnet.take_purge();
  EXPECT_TRUE(purge.unread && !purge.typed);
  std::vector<std::byte> typed;
  const std::string before = "old" + com_port("\x0c\x02") + "new";
  telnet.take(std::as_bytes(std::span(before)), typed);
  EXPECT_EQ(text_of(typed), "new");
  purge = telnet.take_purge();
  EXPECT_TRUE(purge.typed && !purge.unread);
}

TEST_F(TelnetTest, NonsenseIsCountedAndSkipped) {
  const std::string nonsense[] = {
      com_port("\x01\x01"),                        // a rate of one byte
      com_port("\x02"),                            // a size of none
      com_port("\x0c\x04"),                        // nothing is purged by that
      com_port("\x63\x01"),                        // no command
      "\xff\xfa\x2c\xff\xf0",                      // no command at all
      "\xff\xfa\x18\x01\xff\xf0",                  // somebody else's subnegotiation
      "\xff\xfa\x2c\x02\xff\xf1",                  // one without an end
      "\xff\xf0",                                  // an end without one
      "\xff\x01",                                  // below all commands
      com_port("\0"s + std::string(100000, 'x')),  // longer than any
  };
  for (const std::string& one : nonsense) {
    const auto before = telnet.malformed();
    EXPECT_EQ(answer_to(one), "");
    EXPECT_EQ(telnet.malformed(), before + 1) << testing::PrintToString(one.substr(0, 20));
    EXPECT_EQ(take("A"), "A");
  }
}

TEST_F(TelnetTest, SurvivesAnything) {
  std::mt19937 random(4004);
  const std::string likely = "\xff\xff\xff\xfa\xf0\x2c\xfb\xfd\x01\x05\x0c\0\r"s;
  for (int i = 0; i < 200000; ++i) {
    const char byte =
        random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<char>(random());
    take(std::string(1, byte));
    EXPECT_LT(telnet.output().size(), 4096U);
    answers();
  }
  take("\xff\xf0\xff\xf0");  // the end of whatever was going on
  EXPECT_EQ(take("AT"), "AT");
}

TEST_F(TelnetTest, AnswersHaveALimit) {
  std::size_t times = 0;
  while (telnet.has_room()) {
    take(com_port("\0"s));
    ++times;
  }
  EXPECT_LT(times, 1000U);
  answers();
  EXPECT_TRUE(telnet.has_room());
}
}  // namespace
}  // namespace bfq::serial

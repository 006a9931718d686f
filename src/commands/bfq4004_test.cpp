// A dialect is a value: modules of one that is bfq4004 but for a switch point, a word, the lines of
// AT+GMR or the factory's settings speak otherwise in that and in nothing else. What bfq4004 itself
// says is in the transcripts.
#include "commands/bfq4004.h"

#include <gtest/gtest.h>

#include <string>

#include "settings/settings.h"
#include "sim/world.h"

namespace bfq::commands {
namespace {
/// A module of that dialect with its echo off, and a host.
class Bench {
 public:
  explicit Bench(void (*change)(at::Dialect&)) : dialect_(changed(change)), world_(dialect_) {
    world_.power_on();
    world_.pass(1s);
    EXPECT_TRUE(type("ATE0\r\n").ends_with("\r\n\r\nOK\r\n"));
  }
  /// In one burst.
  std::string type(const std::string& lines) {
    world_.host_types(lines);
    return world_.printed();
  }
  void peer_greets(const std::string& greeting) {
    world_.internet.peers.push_back({.at = {Ipv4(127, 0, 0, 1), 4007}, .greeting = greeting});
  }
  void datagram_comes(const std::string& bytes, std::uint16_t to_port) {
    world_.internet.send_datagram({Ipv4(127, 0, 0, 1), 4007}, to_port, bytes, world_.now());
    world_.settle();
  }
  std::string pass(Duration d) {
    world_.pass(d);
    return world_.printed();
  }

 private:
  static at::Dialect changed(void (*change)(at::Dialect&)) {
    at::Dialect dialect = kBfq4004;
    change(dialect);
    return dialect;
  }

  at::Dialect dialect_;
  sim::World world_;
};

void nothing(at::Dialect&) {}

TEST(Dialect, SW1_takes_the_empty_line_behind_the_queries_whose_row_says_so) {
  const auto tight = [](at::Dialect& d) {
    d.switches.query_spacing = at::SwitchPoints::QuerySpacing::tight;
  };
  Bench usual(nothing), other(tight);
  for (const std::string query : {"UART", "UART_CUR", "UART_DEF", "SYSRAM", "CWDHCP", "CWDHCP_CUR",
                                  "CWDHCPS_DEF", "CIPDINFO"}) {
    const std::string line = "AT+" + query + "?\r\n";
    const std::string said = usual.type(line), information = said.substr(0, said.find("\r\n") + 2);
    EXPECT_EQ(said, information + "\r\nOK\r\n");
    EXPECT_EQ(other.type(line), information + "OK\r\n");
  }
  EXPECT_EQ(other.type("AT+CIPMUX?\r\n"), "+CIPMUX:0\r\n\r\nOK\r\n");
  EXPECT_EQ(other.type("AT+CIPDINFO=0\r\n"), "\r\nOK\r\n");
}

TEST(Dialect, SW2_names_a_failed_join_without_its_suffix) {
  Bench bench([](at::Dialect& d) {
    d.switches.failure_name = at::SwitchPoints::FailureName::without_suffix;
  });
  for (const std::string name : {"CWJAP", "CWJAP_CUR", "CWJAP_DEF"}) {
    bench.type("AT+" + name + "=\"NOBODY\",\"x\"\r\n");
    EXPECT_EQ(bench.pass(1s), "+CWJAP:3\r\n\r\nFAIL\r\n");
  }
}

TEST(Dialect, SW3_writes_the_length_of_received_data_in_either_way) {
  const auto read = [](void (*change)(at::Dialect&)) {
    Bench bench(change);
    bench.peer_greets("hello");
    bench.type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
    bench.pass(1s);
    bench.type("AT+CIPRECVMODE=1\r\nAT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");
    EXPECT_TRUE(bench.pass(1s).ends_with("+IPD,5\r\n"));
    return bench.type("AT+CIPRECVDATA=4\r\n");
  };
  EXPECT_EQ(read(nothing), "+CIPRECVDATA:4,hell\r\nOK\r\n");
  EXPECT_EQ(read([](at::Dialect& d) {
              d.switches.received_data = at::SwitchPoints::ReceivedData::length_colon_data;
            }),
            "+CIPRECVDATA,4:hell\r\nOK\r\n");
}

TEST(Dialect, says_which_links_passive_receive_is_for) {
  const auto for_all = [](at::Dialect& d) {
    d.switches.passive_links = at::SwitchPoints::PassiveLinks::all;
  };
  for (void (*change)(at::Dialect&) : {nothing, +for_all}) {
    Bench bench(change);
    bench.type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
    bench.pass(1s);
    bench.type("AT+CIPRECVMODE=1\r\nAT+CIPSTART=\"UDP\",\"127.0.0.1\",4007,1112\r\n");
    bench.pass(1s);
    bench.datagram_comes("hello", 1112);
    EXPECT_EQ(bench.pass(1s), change == nothing ? "\r\n+IPD,5:hello" : "\r\n+IPD,5\r\n");
  }
}

TEST(Dialect, says_how_much_passive_receive_speaks_of) {
  Bench bench([](at::Dialect& d) { d.unread_limit = 3; });
  bench.peer_greets("hello");
  bench.type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
  bench.pass(1s);
  bench.type("AT+CIPRECVMODE=1\r\nAT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");
  EXPECT_TRUE(bench.pass(1s).ends_with("+IPD,3\r\n"));
  EXPECT_EQ(bench.type("AT+CIPRECVDATA=9\r\n"), "+CIPRECVDATA:3,hel\r\nOK\r\n\r\n+IPD,2\r\n");
}

TEST(Dialect, SW4_shows_dhcp_as_bits) {
  Bench bench([](at::Dialect& d) { d.switches.dhcp_reply = at::SwitchPoints::DhcpReply::bits; });
  EXPECT_EQ(bench.type("AT+CWDHCP_CUR?\r\n"), "+CWDHCP_CUR:3\r\n\r\nOK\r\n");
  bench.type("AT+CWMODE_CUR=3\r\nAT+CWDHCP_CUR=0,0\r\n");
  EXPECT_EQ(bench.type("AT+CWDHCP_CUR?\r\n"), "+CWDHCP_CUR:2\r\n\r\nOK\r\n");
  EXPECT_EQ(bench.type("AT+CWDHCP_DEF?\r\n"), "+CWDHCP_DEF:3\r\n\r\nOK\r\n");
  bench.type("AT+CWDHCP_CUR=0,1\r\nAT+CWDHCP_CUR=1,0\r\n");
  EXPECT_EQ(bench.type("AT+CWDHCP?\r\n"), "+CWDHCP:1\r\n\r\nOK\r\n");
}

TEST(Dialect, SW5_says_busy_once_for_each_burst) {
  Bench bench([](at::Dialect& d) {
    d.switches.busy_lines = at::SwitchPoints::BusyLines::one_for_each_burst;
  });
  const std::string busy = "\r\nbusy p...\r\n";
  EXPECT_EQ(bench.type("AT+CWLAP\r\nAT\r\nAT\r\n"), busy);
  EXPECT_EQ(bench.pass(19ms), "");
  EXPECT_EQ(bench.type("AT\r\n"), "") << "this burst goes on";
  EXPECT_EQ(bench.pass(20ms), "");
  EXPECT_EQ(bench.type("AT\r\nAT\r\n"), busy);
  bench.pass(5s);
  EXPECT_EQ(bench.type("AT\r\n"), "\r\nOK\r\n");
}

TEST(Dialect, SW6_lets_a_line_begin_with_a_lower_case_head) {
  Bench bench([](at::Dialect& d) { d.switches.head = at::SwitchPoints::Head::either_case; });
  const std::string ok = "\r\nOK\r\n", error = "\r\nERROR\r\n";
  EXPECT_EQ(bench.type("at\r\n"), ok);
  EXPECT_EQ(bench.type("AT\r\n"), ok);
  EXPECT_EQ(bench.type("xxat+CIPMUX=1\r\n"), ok);
  EXPECT_EQ(bench.type("at+cipmux=1\r\n"), error) << "names are as they are";
  EXPECT_EQ(bench.type("aT\r\n"), error);
  EXPECT_EQ(bench.type("atAT\r\n"), error) << "the first head counts";
  bench.type("AT+CWLAP\r\n");
  EXPECT_TRUE(bench.type("at+RST\r\n").starts_with("\r\nWill force to restart!!!\r\n\r\nOK\r\n"));
}

TEST(Dialect, has_words_of_its_own) {
  Bench bench([](at::Dialect& d) { d.words[at::Word::no_ip] = "no address"; });
  EXPECT_EQ(bench.type("AT+CIPSTART=\"TCP\",\"1.2.3.4\",5\r\n"), "no address\r\n\r\nERROR\r\n");
}

TEST(Dialect, has_version_lines_of_its_own) {
  Bench bench([](at::Dialect& d) {
    using Middle = at::VersionLine::Middle;
    static constexpr at::VersionLine kLines[] = {
        {"AT version:1.7.4.0(May 11 2020 19:13:04)"},
        {"compile time(", Middle::version, "):somewhen"},
        {"built:", Middle::build_time},
        {"Bin version(Wroom 02):1.7.4"},
    };
    d.version_lines = kLines;
  });
  EXPECT_EQ(bench.type("AT+GMR\r\n"),
            "AT version:1.7.4.0(May 11 2020 19:13:04)\r\ncompile time(0.1.0):somewhen\r\n"
            "built:Jan  1 2020 00:00:00\r\nBin version(Wroom 02):1.7.4\r\nOK\r\n");
}

TEST(Dialect, has_a_factory_of_its_own) {
  Bench bench([](at::Dialect& d) {
    d.factory_settings = [](const MacAddress& mac) {
      Settings settings = factory_settings("ESP_", mac);
      settings.mode = 2;
      return settings;
    };
  });
  EXPECT_EQ(bench.type("AT+CWMODE?\r\n"), "+CWMODE:2\r\n\r\nOK\r\n");
  bench.type("AT+CWMODE_DEF=3\r\n");
  bench.pass(1s);
  bench.type("AT+RESTORE\r\n");
  bench.pass(1s);
  bench.type("ATE0\r\n");
  EXPECT_EQ(bench.type("AT+CWSAP_DEF?\r\n"),
            "+CWSAP_DEF:\"ESP_040001\",\"\",1,0,4,0\r\n\r\nOK\r\n");
}
}  // namespace
}  // namespace bfq::commands

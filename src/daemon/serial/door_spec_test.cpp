#include "daemon/serial/door_spec.h"

#include <gtest/gtest.h>

#include "daemon/process/failure.h"

namespace bfq::serial {
namespace {
using Kind = DoorSpec::Kind;

TEST(parse_door, reads_every_kind) {
  EXPECT_EQ(parse_door("pty").kind, Kind::pty);
  EXPECT_EQ(parse_door("pty:/tmp/x\\,y").path, "/tmp/x,y");
  EXPECT_EQ(parse_door("pty:/tmp/x\\y").path, "/tmp/x\\y");
  const DoorSpec tcp = parse_door("tcp:[::1]:7000");
  EXPECT_TRUE(tcp.kind == Kind::tcp && tcp.host == "::1" && tcp.port == 7000);
  const DoorSpec client = parse_door("tcp-connect:host.test:7000");
  EXPECT_TRUE(client.kind == Kind::tcp_connect && client.host == "host.test" &&
              client.port == 7000);
  const DoorSpec telnet = parse_door("rfc2217:0,reset=rts");
  EXPECT_TRUE(telnet.kind == Kind::rfc2217 && telnet.host == "127.0.0.1" && telnet.reset_by_rts);
  EXPECT_FALSE(parse_door("rfc2217:0.0.0.0:2217").reset_by_rts);
  EXPECT_EQ(parse_door("unix:/tmp/a:b").path, "/tmp/a:b");
  EXPECT_EQ(parse_door("stdio").kind, Kind::stdio);
}

TEST(parse_door, reads_the_options_of_a_tty_in_any_order) {
  const DoorSpec plain = parse_door("tty:/dev/serial/by-id/usb:1");
  EXPECT_TRUE(plain.path == "/dev/serial/by-id/usb:1" && !plain.baud && !plain.rts_cts);
  for (const char* text : {"tty:/dev/ttyS0,74880,crtscts", "tty:/dev/ttyS0,crtscts,74880"}) {
    const DoorSpec spec = parse_door(text);
    EXPECT_TRUE(spec.path == "/dev/ttyS0" && spec.baud == 74880U && spec.rts_cts) << text;
  }
}

TEST(parse_door, reads_who_may_open_a_file) {
  for (const char* text : {"pty:/tmp/a\\,b,mode=660,group=dialout,user=1000",
                           "unix:/tmp/a\\,b,user=1000,mode=0660,group=dialout"}) {
    const DoorSpec spec = parse_door(text);
    EXPECT_EQ(spec.path, "/tmp/a,b") << text;
    EXPECT_TRUE(spec.access.mode == 0660U && spec.access.group == "dialout" &&
                spec.access.user == "1000")
        << text;
  }
  const DoorSpec plain = parse_door("pty,mode=600");
  EXPECT_TRUE(plain.kind == Kind::pty && plain.path.empty() && plain.access.mode == 0600U);
}

TEST(parse_door, refuses_every_option_that_it_does_not_know) {
  for (const char* text : {"pty:/tmp/a,mode=999", "pty:/tmp/a,mode=1000", "pty:/tmp/a,mode",
                           "pty:/tmp/a,mode=", "pty:/tmp/a,group=", "pty:/tmp/a,", "pty:/tmp/a,b",
                           "tcp:7000,mode=660", "unix:/tmp/a,110", "tty:/dev/ttyS0,baud=110",
                           "tty:/dev/ttyS0,crtscts=1", "tty:/dev/ttyS0,49", "rfc2217:0,reset",
                           "stdio,wait", "stdio,wait=always", "stdio:", "pty:"})
    EXPECT_THROW(parse_door(text), process::UsageError) << text;
}

TEST(parse_door, refuses_control_characters_wherever_they_stand) {
  for (const std::string& text : {std::string("pty:/tmp/a\nb"), std::string("unix:/tmp/a\0b", 13),
                                  std::string("tty:/dev/\x7f"), std::string("tcp-connect:a\r:80"),
                                  std::string("pty:/tmp/a,user=a\0b", 19)})
    EXPECT_THROW(parse_door(text), process::UsageError) << text;
}

TEST(parse_door, says_which_options_there_are) {
  try {
    parse_door("tty:/dev/ttyS0,fast");
    FAIL();
  } catch (const process::UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "--serial tty:/dev/ttyS0,fast: 'fast' is no option of tty, which has BAUD, "
                 "crtscts, xonxoff; a comma in a path is written '\\,'");
  }
  EXPECT_NE(syntax_of_doors().find("\nrfc2217:[HOST:]PORT[,reset=rts][,dcd=on|wifi|link]"),
            std::string::npos);
}
}  // namespace
}  // namespace bfq::serial

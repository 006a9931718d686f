#include "daemon/serial/door_spec.h"

#include <gtest/gtest.h>

namespace bfq::serial {
namespace {
using Kind = DoorSpec::Kind;

TEST(parse_door, reads_every_kind) {
  EXPECT_EQ(parse_door("pty").kind, Kind::pty);
  EXPECT_EQ(parse_door("pty:/tmp/x,y").path, "/tmp/x,y");
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
}  // namespace
}  // namespace bfq::serial

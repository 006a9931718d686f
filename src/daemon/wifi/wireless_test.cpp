#include "daemon/wifi/wireless.h"

#include <gtest/gtest.h>

#include "daemon/wifi/scan_text.h"

namespace bfq::wifi {
namespace {
TEST(Wireless, a_softAP_has_another_address_that_no_manufacturer_gives) {
  const auto beside = [](const char* text) { return text_of(neighbour_of(*parse_mac(text))); };
  EXPECT_EQ(beside("b8:27:eb:12:34:56"), "ba:27:eb:12:34:56");  // of a manufacturer
  EXPECT_EQ(beside("02:00:00:00:00:00"), "06:00:00:00:00:00");  // local already
  EXPECT_EQ(beside("06:bf:40:04:00:01"), "02:bf:40:04:00:01");
}

TEST(Wireless, what_is_no_wifi_interface_has_no_abilities) {
  EXPECT_FALSE(abilities_of("lo"));
  EXPECT_FALSE(abilities_of("no-such-interface"));
}
}  // namespace
}  // namespace bfq::wifi

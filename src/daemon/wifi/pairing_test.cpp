#include "daemon/wifi/pairing.h"

#include <gtest/gtest.h>

#include <string>

namespace bfq::wifi {
namespace {
// As wpa_supplicant 2.10 tells it: network index, name, authentication, ciphers, key, MAC address.
const std::string kTold =
    "1026000101"
    "10450007"
    "6169722d777073"
    "10030002"
    "0022"
    "100f0002"
    "0008"
    "1027000a"
    "636f72726563742d3838"
    "10200006"
    "020000000000";

TEST(Pairing, reads_what_an_access_point_tells) {
  const Credential expected{.ssid = Text<32>("air-wps"), .password = Text<64>("correct-88")};
  EXPECT_EQ(read_credential(kTold), expected);
  EXPECT_EQ(read_credential("100e0034" + kTold), expected);  // with the head of it
}

TEST(Pairing, refuses_what_names_no_network_to_join) {
  for (const char* digits : {"", "1", "zz", "1045", "10450007", "1045ffff6169", "10450000",
                             "104500026161100f00020002"})  // the last with WEP
    EXPECT_FALSE(read_credential(digits)) << digits;
  std::string cut = kTold;
  while (cut.size() > 10 + 8 + 14) {
    cut.resize(cut.size() - 1);
    read_credential(cut);  // whatever is missing, it ends
  }
}
}  // namespace
}  // namespace bfq::wifi

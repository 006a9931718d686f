#include "daemon/wifi/scan_text.h"

#include <gtest/gtest.h>

namespace bfq::wifi {
namespace {
using radio::Cipher;
using radio::Security;

std::string bss(const std::string& flags, const std::string& ssid = "home") {
  return "id=0\nbssid=02:00:00:00:06:00\nfreq=2437\nlevel=-30\nie="
         "0004686f6d65010802040b160c12182432"
         "0430486c2d1a\nflags=" +
         flags + "\nssid=" + ssid + "\n";
}

TEST(ScanText, tells_how_an_access_point_is_protected) {
  struct Case {
    const char* flags;
    Security security;
    Cipher pairwise, group;
    bool psk, sae, wps;
  };
  constexpr Case kCases[] = {
      {"[ESS]", Security::open, Cipher::none, Cipher::none, false, false, false},
      {"[WEP][ESS]", Security::wep, Cipher::wep40, Cipher::wep40, false, false, false},
      {"[WPA-PSK-TKIP][ESS]", Security::wpa, Cipher::tkip, Cipher::tkip, true, false, false},
      {"[WPA2-PSK-CCMP][WPS][ESS]", Security::wpa2, Cipher::ccmp, Cipher::ccmp, true, false, true},
      {"[WPA-PSK-TKIP][WPA2-PSK-CCMP][ESS]", Security::wpa_wpa2, Cipher::tkip_ccmp, Cipher::tkip,
       true, false, false},
      {"[WPA2-SAE-CCMP][ESS]", Security::wpa2, Cipher::ccmp, Cipher::ccmp, false, true, false},
      {"[WPA2-PSK+SAE-CCMP][ESS]", Security::wpa2, Cipher::ccmp, Cipher::ccmp, true, true, false},
      {"[WPA2-EAP-CCMP][ESS]", Security::enterprise, Cipher::ccmp, Cipher::ccmp, false, false,
       false},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.flags);
    const auto heard = read_bss(bss(c.flags));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->seen.security, c.security);
    EXPECT_EQ(heard->seen.pairwise, c.pairwise);
    EXPECT_EQ(heard->seen.group, c.group);
    EXPECT_EQ(heard->takes_psk, c.psk);
    EXPECT_EQ(heard->takes_sae, c.sae);
    EXPECT_EQ(heard->seen.wps, c.wps);
  }
}

TEST(ScanText, reads_all_else_of_an_access_point) {
  const auto heard = read_bss(bss("[ESS]"));
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->seen.ssid.view(), "home");
  EXPECT_EQ(heard->seen.bssid, (MacAddress{{2, 0, 0, 0, 6, 0}}));
  EXPECT_EQ(heard->seen.channel, 6);
  EXPECT_EQ(heard->seen.rssi, -30);
  EXPECT_EQ(heard->seen.standards, 3);  // the element of 802.11n is cut off
  EXPECT_TRUE(read_bss(bss("[ESS]", "\\x00\\x00"))->seen.ssid.empty());
  EXPECT_FALSE(read_bss("FAIL\n"));
  EXPECT_FALSE(read_bss(""));
}

TEST(ScanText, knows_names_of_any_bytes) {
  EXPECT_EQ(unescaped(R"(a\"b\\c\xc3\xa4\n\e\t\r)"), "a\"b\\c\xc3\xa4\n\033\t\r");
  EXPECT_EQ(unescaped(R"(\x4)"), "x4");  // what it never prints
  EXPECT_EQ(unescaped("\\"), "\\");
  EXPECT_EQ(hexadecimal(std::string("\x00\xff a", 4)), "00ff2061");
}

TEST(ScanText, knows_what_a_password_can_be) {
  EXPECT_TRUE(is_wpa_password("12345678"));
  EXPECT_FALSE(is_wpa_password("1234567"));
  EXPECT_TRUE(is_wpa_password(std::string(63, '"')));
  EXPECT_TRUE(is_wpa_password(std::string(64, 'f')));
  EXPECT_FALSE(is_wpa_password(std::string(64, 'g')));
  EXPECT_FALSE(is_wpa_password("1234567\n"));
  EXPECT_EQ(quoted_password("12345678"), "\"12345678\"");
  EXPECT_EQ(quoted_password(std::string(64, 'f')), std::string(64, 'f'));
}

TEST(ScanText, knows_channels_by_their_frequencies) {
  for (std::uint8_t channel = 1; channel <= 14; ++channel)
    EXPECT_EQ(channel_of(frequency_of(channel)), channel);
  EXPECT_EQ(channel_of(5180), 0);
}

TEST(ScanText, reads_hardware_addresses) {
  EXPECT_EQ(parse_mac("02:00:00:00:06:0a"), (MacAddress{{2, 0, 0, 0, 6, 10}}));
  EXPECT_EQ(parse_mac("02:00:00:00:06:0a p2p_dev_addr=x"), (MacAddress{{2, 0, 0, 0, 6, 10}}));
  EXPECT_FALSE(parse_mac("02:00:00:00:06"));
  EXPECT_FALSE(parse_mac("02-00-00-00-06-0a"));
  EXPECT_EQ(text_of(MacAddress{{2, 0, 0, 0, 6, 10}}), "02:00:00:00:06:0a");
}

TEST(ScanText, the_log_shows_no_password_that_wps_tells) {
  EXPECT_EQ(without_password("WPS-CRED-RECEIVED 100e0034"), "WPS-CRED-RECEIVED");
  EXPECT_EQ(without_password("WPS-SUCCESS "), "WPS-SUCCESS ");
}
}  // namespace
}  // namespace bfq::wifi

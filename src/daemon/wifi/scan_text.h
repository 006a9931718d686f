#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/mac.h"
#include "ports/radio.h"

/// What wpa_supplicant says and is told, as text (wpa_ctrl's protocol, wpa_supplicant 2.10).
namespace bfq::wifi {

/// An access point as the supplicant's command BSS tells of it.
struct Heard {
  radio::ScanResult seen{};
  unsigned frequency = 0;  ///< MHz
  bool takes_sae = false;  ///< WPA3
  bool takes_psk = false;  ///< WPA or WPA2 with a password
};

/// The value of "NAME=value" in lines, or an empty text.
std::string_view value_of(std::string_view lines, std::string_view name);

/// Reads an answer to BSS; nothing where there is no access point in it.
std::optional<Heard> read_bss(std::string_view answer);

/// The name of a network as the supplicant prints it, with printf's escapes, as bytes.
std::string unescaped(std::string_view text);
/// Bytes as hexadecimal digits.
std::string hexadecimal(std::string_view bytes);

std::optional<MacAddress> parse_mac(std::string_view text);
std::string text_of(MacAddress mac);

/// The frequency in MHz of a channel from 1 to 14, and the channel of a frequency, or 0.
unsigned frequency_of(std::uint8_t channel);
std::uint8_t channel_of(unsigned frequency);

/// True for what can be the password of a WPA network: 8 to 63 bytes that the supplicant takes, or
/// 64 hexadecimal digits.
bool is_wpa_password(std::string_view password);
/// As a value of SET_NETWORK: in quotation marks, or the digits of a key.
std::string quoted_password(std::string_view password);
/// What the log may show of an event: of the one that tells a password, its name.
std::string_view without_password(std::string_view event);
}  // namespace bfq::wifi

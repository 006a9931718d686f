#include "daemon/wifi/scan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace bfq::wifi {
namespace {
using radio::Cipher;
using radio::Security;

std::optional<unsigned> hexadecimal_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

std::optional<unsigned> hexadecimal_byte(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto high = hexadecimal_digit(text[0]), low = hexadecimal_digit(text[1]);
  return high && low ? std::optional(*high * 16 + *low) : std::nullopt;
}

int number_of(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Calls `visit` with the text of each flag, such as "WPA2-PSK-CCMP" of "[WPA2-PSK-CCMP][ESS]".
template <class Visit>
void each_flag(std::string_view flags, Visit visit) {
  while (!flags.empty() && flags.front() == '[') {
    const std::size_t end = flags.find(']');
    if (end == std::string_view::npos) return;
    visit(flags.substr(1, end - 1));
    flags.remove_prefix(end + 1);
  }
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Cipher cipher_of(std::string_view flag) {
  const bool ccmp = holds(flag, "CCMP") || holds(flag, "GCMP"), tkip = holds(flag, "TKIP");
  return ccmp && tkip ? Cipher::tkip_ccmp
         : ccmp       ? Cipher::ccmp
         : tkip       ? Cipher::tkip
                      : Cipher::unknown;
}

/// The flags name the pairwise ciphers alone; the group's is the weakest of them.
void read_security(std::string_view flags, Heard& heard) {
  bool wpa = false, wpa2 = false, enterprise = false, wep = false;
  each_flag(flags, [&](std::string_view flag) {
    const bool is_wpa2 = flag.starts_with("WPA2-") || flag.starts_with("RSN-");
    const bool is_wpa = flag.starts_with("WPA-");
    heard.seen.wps = heard.seen.wps || flag.starts_with("WPS");
    wep = wep || flag == "WEP";
    if (!is_wpa && !is_wpa2) return;
    (is_wpa ? wpa : wpa2) = true;
    heard.takes_psk = heard.takes_psk || holds(flag, "PSK");
    heard.takes_sae = heard.takes_sae || holds(flag, "SAE");
    enterprise = enterprise || holds(flag, "EAP");
    const Cipher cipher = cipher_of(flag);
    heard.seen.pairwise = heard.seen.pairwise == Cipher::none || heard.seen.pairwise == cipher
                              ? cipher
                              : Cipher::tkip_ccmp;
  });
  const bool has_password = heard.takes_psk || heard.takes_sae;
  heard.seen.security = enterprise && !has_password ? Security::enterprise
                        : wpa && wpa2               ? Security::wpa_wpa2
                        : wpa2                      ? Security::wpa2
                        : wpa                       ? Security::wpa
                        : wep                       ? Security::wep
                                                    : Security::open;
  if (heard.seen.security == Security::wep) heard.seen.pairwise = Cipher::wep40;
  heard.seen.group = heard.seen.pairwise == Cipher::tkip_ccmp ? Cipher::tkip : heard.seen.pairwise;
}

/// Of its information elements: bits as radio::ScanResult has them.
std::uint8_t standards_of(std::string_view elements) {
  constexpr unsigned kRates = 1, kHighThroughput = 45, kExtendedRates = 50;
  constexpr unsigned kBasic = 0x80, kFastestOfB = 22;  // in units of 500 kbit/s
  std::uint8_t standards = 0;
  while (elements.size() >= 4) {
    const auto id = hexadecimal_byte(elements), size = hexadecimal_byte(elements.substr(2));
    if (!id || !size || elements.size() < 4 + 2 * *size) break;
    if (*id == kHighThroughput) standards |= 4U;
    if (*id == kRates || *id == kExtendedRates)
      for (unsigned i = 0; i < *size; ++i) {
        const unsigned rate =
            hexadecimal_byte(elements.substr(4 + std::size_t{2} * i)).value_or(0) & ~kBasic;
        standards |= rate == 2 || rate == 4 || rate == 11 || rate == kFastestOfB ? 1U : 2U;
      }
    elements.remove_prefix(4 + std::size_t{2} * *size);
  }
  return standards;
}
}  // namespace

std::string_view value_of(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=')
      return line.substr(name.size() + 1);
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return {};
}

std::optional<Heard> read_bss(std::string_view answer) {
  const auto bssid = parse_mac(value_of(answer, "bssid"));
  if (!bssid) return std::nullopt;
  Heard heard;
  heard.seen.bssid = *bssid;
  heard.frequency = static_cast<unsigned>(number_of(value_of(answer, "freq")));
  heard.seen.channel = channel_of(heard.frequency);
  heard.seen.rssi =
      static_cast<std::int8_t>(std::clamp(number_of(value_of(answer, "level")), -128, 0));
  const std::string name = unescaped(value_of(answer, "ssid"));
  const bool is_hidden = std::all_of(name.begin(), name.end(), [](char c) { return c == '\0'; });
  if (!is_hidden) heard.seen.ssid = Text<32>(std::string_view(name).substr(0, 32));
  read_security(value_of(answer, "flags"), heard);
  if (const std::uint8_t standards = standards_of(value_of(answer, "ie")); standards != 0)
    heard.seen.standards = standards;
  return heard;
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '\\' || text.size() == 1) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto byte = text[1] == 'x' ? hexadecimal_byte(text.substr(2)) : std::nullopt;
    switch (text[1]) {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'e': out += '\033'; break;
      case 'x': out += static_cast<char>(byte.value_or('x')); break;
      default: out += text[1];
    }
    text.remove_prefix(byte ? 4 : 2);
  }
  return out;
}

std::string hexadecimal(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::optional<MacAddress> parse_mac(std::string_view text) {
  MacAddress mac;
  for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
    const auto byte = hexadecimal_byte(text);
    const bool is_last = i + 1 == mac.bytes.size();
    if (!byte || (!is_last && (text.size() < 3 || text[2] != ':'))) return std::nullopt;
    mac.bytes[i] = static_cast<std::uint8_t>(*byte);
    text.remove_prefix(is_last ? 2 : 3);
  }
  return text.empty() || text.front() == ' ' ? std::optional(mac) : std::nullopt;
}

std::string text_of(MacAddress mac) { return fmt::format("{:02x}", fmt::join(mac.bytes, ":")); }

unsigned frequency_of(std::uint8_t channel) { return channel == 14 ? 2484 : 2407 + 5U * channel; }

std::uint8_t channel_of(unsigned frequency) {
  if (frequency == 2484) return 14;
  if (frequency >= 2412 && frequency <= 2472)
    return static_cast<std::uint8_t>((frequency - 2407) / 5);
  return 0;
}

bool is_wpa_password(std::string_view password) {
  const auto is_digit = [](char c) { return hexadecimal_digit(c).has_value(); };
  if (password.size() == 64) return std::all_of(password.begin(), password.end(), is_digit);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\177'; };
  return password.size() >= 8 && password.size() <= 63 &&
         std::none_of(password.begin(), password.end(), is_control);
}

std::string quoted_password(std::string_view password) {
  return password.size() == 64 ? std::string(password) : '"' + std::string(password) + '"';
}

std::string_view without_password(std::string_view event) {
  constexpr std::string_view kTold = "WPS-CRED-RECEIVED";  // the attributes follow, as digits
  return event.substr(0, event.starts_with(kTold) ? kTold.size() : event.npos);
}
}  // namespace bfq::wifi

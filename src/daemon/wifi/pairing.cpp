#include "daemon/wifi/pairing.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "daemon/wifi/scan_text.h"

namespace bfq::wifi {
namespace {
// Attributes of Wi-Fi Simple Configuration: two bytes for the type, two for the size, the value.
constexpr unsigned kCredential = 0x100E, kCiphers = 0x100F, kKey = 0x1027, kName = 0x1045;
constexpr unsigned kWep = 2;  // among ciphers

std::optional<std::string> bytes_of(std::string_view digits) {
  std::string bytes;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    const auto byte = unescaped("\\x" + std::string(digits.substr(0, 2)));
    if (byte.size() != 1) return std::nullopt;
    bytes += byte;
  }
  return bytes;
}

unsigned number_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]) * 256U + static_cast<unsigned char>(bytes[at + 1]);
}

/// The value of the first attribute of that type, or an empty text.
std::string_view attribute(std::string_view bytes, unsigned type) {
  constexpr std::size_t kHead = 4;
  while (bytes.size() >= kHead) {
    const std::size_t size = number_at(bytes, 2);
    if (size > bytes.size() - kHead) return {};
    if (number_at(bytes, 0) == type) return bytes.substr(kHead, size);
    bytes.remove_prefix(kHead + size);
  }
  return {};
}
}  // namespace

std::optional<Credential> read_credential(std::string_view digits) {
  const auto bytes = bytes_of(digits);
  if (!bytes) return std::nullopt;
  const std::string_view inner = attribute(*bytes, kCredential);
  const std::string_view all = inner.empty() ? std::string_view(*bytes) : inner;
  const std::string_view name = attribute(all, kName), key = attribute(all, kKey),
                         ciphers = attribute(all, kCiphers);
  const bool has_wep = ciphers.size() == 2 && (number_at(ciphers, 0) & kWep) != 0;
  if (name.empty() || name.size() > 32 || key.size() > 64 || has_wep) return std::nullopt;
  return Credential{.ssid = Text<32>(name), .password = Text<64>(key)};
}

void Pairing::start() {
  is_under_way_ = true;
  begin();
}

/// What is told is for us alone: the supplicant does not add a network of its own.
void Pairing::begin() {
  with_.reset();
  told_.reset();
  if (!supplicant_.is_open()) return;
  supplicant_.ask("SET wps_cred_processing 1");
  supplicant_.ask("WPS_PBC", [this](std::string_view answer) {
    if (is_under_way_ && !answer.starts_with("OK")) end(std::nullopt);
  });
}

void Pairing::stop() {
  if (std::exchange(is_under_way_, false)) supplicant_.ask("WPS_CANCEL");
}

void Pairing::happened(std::string_view event) {
  struct Row {
    std::string_view name;
    void (Pairing::*handle)(std::string_view rest);
  };
  static constexpr std::array kRows = {
      Row{"Associated with ", &Pairing::associated},
      Row{"WPS-CRED-RECEIVED ", &Pairing::told},
      Row{"WPS-SUCCESS", &Pairing::has_succeeded},
      Row{"WPS-OVERLAP-DETECTED", &Pairing::has_failed},
      Row{"WPS-FAIL", &Pairing::has_failed},
      Row{"WPS-TIMEOUT", &Pairing::has_failed},
  };
  if (!is_under_way_) return;
  const auto* row = std::find_if(kRows.begin(), kRows.end(),
                                 [&](const Row& r) { return event.starts_with(r.name); });
  if (row != kRows.end()) (this->*row->handle)(event.substr(row->name.size()));
}

void Pairing::associated(std::string_view bssid) { with_ = parse_mac(bssid); }

void Pairing::told(std::string_view digits) {
  told_ = read_credential(digits);
  if (told_) told_->bssid = with_.value_or(MacAddress{});
}

void Pairing::has_succeeded(std::string_view) { end(told_); }
void Pairing::has_failed(std::string_view) { end(std::nullopt); }

void Pairing::end(std::optional<Credential> result) {
  stop();
  done_(result);
}

void Pairing::supplicant_is_there() {
  if (is_under_way_) begin();
}
}  // namespace bfq::wifi

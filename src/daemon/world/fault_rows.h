#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace bfq::world {

/// All faults.
enum class FaultKind : std::uint8_t {
  ap_down,
  ap_return,
  rssi,
  wrong_password,
  join_refused,
  dhcp_delay,
  dhcp_new_address,
  dns_fail,
  dns_delay,
  tls_no_memory,
  reset,
  watchdog,
  brownout,
  uart_drop,
  uart_corrupt,
  uart_stall,
  busy_for,
  send_ok_late,
  send_fail_after_ok,
  close_in_send,
  ipd_in_reply,
  late_closed,
  escape_missed,
  flash_fail,
  reset_peer,
  blackhole,
  latency,
  jitter,
  bandwidth,
  slice,
  limit_bytes,
  last = limit_bytes
};

/// What a module must have for a fault.
enum class FaultNeeds : std::uint8_t { nothing, simulated_air, real_sockets };

/// What a fault happens to, which must be there for it to come.
enum class FaultActsOn : std::uint8_t {
  passing,     ///< what passes a point: bytes, requests, answers
  air,         ///< an access point
  module,      ///< one that has power
  program,     ///< the program that a module runs, once it has started
  connection,  ///< one that is open
};

/// A fault, for people.
struct FaultInfo {
  std::string_view name, summary;
  std::string_view reproduces;  ///< with where people have met it
  std::string_view host_sees;
  std::string_view own;  ///< its own arguments, with spaces between them
  FaultActsOn acts_on;
  FaultNeeds needs{};
};
inline constexpr FaultInfo kFaults[] = {
    {"ap-down", "An access point goes, and comes back after `time`, if that is not 0s.",
     "loss of the access point (espressif/esp-at#204, espressif/arduino-esp32#653)",
     "WIFI DISCONNECT; links that were open end; with AT+CWAUTOCONN it joins again", "ssid time",
     FaultActsOn::air, FaultNeeds::simulated_air},
    {"ap-return", "An access point goes, and comes back after `time` with another address.",
     "roaming, a router that was replaced (espressif/ESP8266_RTOS_SDK#355)",
     "as for ap-down; AT+CWJAP? then shows another address", "ssid time", FaultActsOn::air,
     FaultNeeds::simulated_air},
    {"rssi", "The signal of an access point is `rssi` for `time`, or, with 0s, from now on.",
     "a weak signal, and one out of range (espressif/arduino-esp32#9571)",
     "AT+CWJAP? and AT+CWLAP show it; below -95 dBm it is as for ap-down", "ssid rssi time",
     FaultActsOn::air, FaultNeeds::simulated_air},
    {"wrong-password", "A join is refused as with a wrong password.",
     "a +CWJAP:2 with the right password (espressif/esp-at#139, #804)", "+CWJAP:2, FAIL", "",
     FaultActsOn::passing},
    {"join-refused", "A join is refused by the access point.",
     "an access point that takes no more stations (espressif/esp-at#388)", "+CWJAP:4, FAIL", "",
     FaultActsOn::passing},
    {"dhcp-delay", "The address comes `time` later.",
     "GOT IP long after CONNECTED (esp8266/Arduino#3993, espressif/esp-idf#799)",
     "WIFI GOT IP so much later than WIFI CONNECTED", "time", FaultActsOn::passing},
    {"dhcp-new-address", "A join is given another address than before.",
     "a DHCP server that has forgotten, or has given the address to somebody else "
     "(esp8266/Arduino#3993)",
     "AT+CIFSR and AT+CIPSTA? show another address", "", FaultActsOn::passing},
    {"dns-fail", "A name is not found.", "DNS Fail (JAndrassy/WiFiEspAT#23, ARMmbed/mbed-os#11982)",
     "DNS Fail, ERROR", "", FaultActsOn::passing, FaultNeeds::real_sockets},
    {"dns-delay", "A name is looked up `time` later.",
     "slow DNS (JAndrassy/WiFiEspAT#24, espressif/esp-at#523)",
     "the answer of AT+CIPSTART or AT+CIPDOMAIN so much later", "time", FaultActsOn::passing,
     FaultNeeds::real_sockets},
    {"tls-no-memory", "A link over TLS finds no memory.",
     "TLS that runs out of memory (espressif/esp-at#249, ESP8266_NONOS_SDK#265)",
     "ERROR and CLOSED of an AT+CIPSTART with \"SSL\"", "", FaultActsOn::passing,
     FaultNeeds::real_sockets},
    {"reset", "The module restarts, as by its reset line.",
     "a reset in the middle of anything (esp8266/Arduino#720, zephyr#59331)",
     "what runs is gone; ready", "", FaultActsOn::module},
    {"watchdog", "The module restarts, as by its watchdog.",
     "watchdog resets (arendst/Tasmota#24924, ARMmbed/esp8266-driver#103)",
     "as for reset; AT+SYSLOG and the boot noise, where there is one, tell the cause", "",
     FaultActsOn::program},
    {"brownout", "The supply drops for a moment.",
     "brown-out under load (espressif/arduino-esp32#863, espressif/esp-idf#1308)",
     "boot noise at 74880 baud, which is garbage at another rate, then ready", "",
     FaultActsOn::module},
    {"uart-drop", "Bytes are lost at the UART, each with `probability`.",
     "lost bytes without flow control (espressif/esp-at#455, kaluma-project/kaluma#389)",
     "commands with a byte less, or lines with one less", "direction", FaultActsOn::passing},
    {"uart-corrupt", "Bytes at the UART have a bit inverted, each with `probability`.",
     "bits that were sampled wrongly (adafruit/Adafruit_CircuitPython_ESP_ATcontrol#48)",
     "commands or lines with a wrong character", "direction", FaultActsOn::passing},
    {"uart-stall", "No byte moves at the UART for `time`.",
     "a host or a module that holds the other off (Prusa-Firmware-Buddy#1604)",
     "silence, then all that was meanwhile said", "time", FaultActsOn::module},
    {"busy-for", "Each line is answered busy p... for `time`.",
     "a module that is busy for longer than a driver expects (espressif/esp-at#731, #388, "
     "MaJerle/lwesp#56)",
     "busy p... instead of an answer, also to AT", "time", FaultActsOn::program},
    {"send-ok-late", "SEND OK comes `time` later, though the peer has the payload at once.",
     "SEND OK that is late or missing (espressif/esp-at#154, #391, zephyr#92373)",
     "Recv n bytes, then nothing for so long, then SEND OK; from 10s on SEND FAIL", "link time",
     FaultActsOn::passing, FaultNeeds::real_sockets},
    {"send-fail-after-ok", "Behind the next SEND OK follows SEND FAIL.",
     "OK, and then FAIL (autosportlabs/RaceCapture-Pro_firmware#660, #805)",
     "SEND OK, SEND FAIL; the peer has the payload", "", FaultActsOn::program},
    {"close-in-send", "The peer closes while the module waits for a payload.",
     "CLOSED during CIPSEND (ESP8266_NONOS_SDK#265, ARMmbed/esp8266-driver#22)",
     "silence until the payload is typed; then Recv n bytes, ERROR, CLOSED", "link",
     FaultActsOn::connection, FaultNeeds::real_sockets},
    {"ipd-in-reply",
     "What comes over links is held back until a command is typed, up to `time`, and "
     "stands between that and its answer.",
     "received data between a command and its answer (espressif/esp-at#22, #481, #280)",
     "the echo of a command, +IPD, and then its answer", "time", FaultActsOn::program},
    {"late-closed", "The next CLOSED is held back until its link number is in use again.",
     "CLOSED of a link number that is in use again (ESP8266_NONOS_SDK#50, "
     "ARMmbed/esp8266-driver#76)",
     "CONNECT, OK, and then CLOSED of the link before; the new one stays open", "",
     FaultActsOn::program},
    {"escape-missed", "The next +++ in transparent transmission is payload.",
     "a guard time that was missed (espressif/esp-at#47, #726, MaJerle/lwesp#110)",
     "the module stays in transparent transmission; the peer gets +++", "", FaultActsOn::program},
    {"flash-fail", "The flash does not store what it is given.",
     "flash that wears out or is full (esp8266/Arduino#1054, espressif/esp-at#633)",
     "ERROR of a _DEF command; the old setting stays", "", FaultActsOn::passing},
    {"reset-peer", "The peer resets a connection.",
     "a server that has crashed (Shopify/toxiproxy: reset_peer)", "CLOSED", "link",
     FaultActsOn::connection, FaultNeeds::real_sockets},
    {"blackhole", "Nothing moves on a connection for `time`.",
     "a network that swallows packets (Shopify/toxiproxy: timeout)",
     "no SEND OK, and no data, until then", "link time", FaultActsOn::connection,
     FaultNeeds::real_sockets},
    {"latency", "What comes over a link is `time` late.",
     "a slow network (Shopify/toxiproxy: latency)", "+IPD so much later", "link time",
     FaultActsOn::passing, FaultNeeds::real_sockets},
    {"jitter", "What comes over a link is late, each piece by another time, up to `time`.",
     "a network whose delay varies (Shopify/toxiproxy: latency)", "+IPD now and then later",
     "link time", FaultActsOn::passing, FaultNeeds::real_sockets},
    {"bandwidth", "Over a link come `rate` bytes each second, at most.",
     "a thin line (Shopify/toxiproxy: bandwidth)", "+IPD, one after the other, at that pace",
     "link rate", FaultActsOn::passing, FaultNeeds::real_sockets},
    {"slice", "What comes over a link comes in pieces of `bytes` bytes, at most.",
     "an answer in several +IPD (MaJerle/ESP8266_AT_Commands_parser#42, Shopify/toxiproxy: slicer)",
     "more than one +IPD for what the peer has sent at once", "link bytes", FaultActsOn::passing,
     FaultNeeds::real_sockets},
    {"limit-bytes", "A connection is closed once `bytes` bytes have come over it.",
     "a connection that ends in the middle of an answer (Shopify/toxiproxy: limit_data)",
     "so many bytes in +IPD, then CLOSED", "link bytes", FaultActsOn::passing,
     FaultNeeds::real_sockets},
};
static_assert(std::size(kFaults) == static_cast<std::size_t>(FaultKind::last) + 1,
              "each FaultKind has its row");
constexpr const FaultInfo& info_of(FaultKind kind) {
  return kFaults[static_cast<std::size_t>(kind)];
}
}  // namespace bfq::world

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "daemon/world/key.h"

/// What can be made to go wrong: each fault is a row here, by which it is written in [[fault]] of a
/// world and asked for by control; daemon/control/faults.cpp does it.
namespace bfq::world {

/// All faults.
enum class FaultKind : std::uint8_t {
  ap_down,
  ap_return,
  rssi,
  wrong_password,
  join_refused,
  dhcp_delay,
  dns_fail,
  dns_delay,
  tls_no_memory,
  reset,
  watchdog,
  brownout,
  uart_drop,
  uart_corrupt,
  uart_stall,
  close_in_send,
  reset_peer,
  blackhole,
  flash_fail,
  last = flash_fail
};

/// A fault, for people.
struct FaultInfo {
  std::string_view name, summary;
  std::string_view reproduces;  ///< with where people have met it
  std::string_view host_sees;
  std::string_view own;  ///< its own arguments, with spaces between them
};
inline constexpr FaultInfo kFaults[] = {
    {"ap-down", "An access point goes, and comes back after `time`, if that is not 0s.",
     "loss of the access point (espressif/esp-at#204, espressif/arduino-esp32#653)",
     "WIFI DISCONNECT; links that were open end; with AT+CWAUTOCONN it joins again", "ssid time"},
    {"ap-return", "An access point goes, and comes back after `time` with another address.",
     "roaming, a router that was replaced (espressif/ESP8266_RTOS_SDK#355)",
     "as for ap-down; AT+CWJAP? then shows another address", "ssid time"},
    {"rssi", "The signal of an access point is `rssi` for `time`, or, with 0s, from now on.",
     "a weak signal, and one out of range (espressif/arduino-esp32#9571)",
     "AT+CWJAP? and AT+CWLAP show it; below -95 dBm it is as for ap-down", "ssid rssi time"},
    {"wrong-password", "A join is refused as with a wrong password.",
     "a +CWJAP:2 with the right password (espressif/esp-at#139, #804)", "+CWJAP:2, FAIL", ""},
    {"join-refused", "A join is refused by the access point.",
     "an access point that takes no more stations (espressif/esp-at#388)", "+CWJAP:4, FAIL", ""},
    {"dhcp-delay", "The address comes `time` later.",
     "GOT IP long after CONNECTED (esp8266/Arduino#3993, espressif/esp-idf#799)",
     "WIFI GOT IP so much later than WIFI CONNECTED", "time"},
    {"dns-fail", "A name is not found.", "DNS Fail (JAndrassy/WiFiEspAT#23, ARMmbed/mbed-os#11982)",
     "DNS Fail, ERROR", ""},
    {"dns-delay", "A name is looked up `time` later.",
     "slow DNS (JAndrassy/WiFiEspAT#24, espressif/esp-at#523)",
     "the answer of AT+CIPSTART or AT+CIPDOMAIN so much later", "time"},
    {"tls-no-memory", "A link over TLS finds no memory.",
     "TLS that runs out of memory (espressif/esp-at#249, ESP8266_NONOS_SDK#265)",
     "ERROR and CLOSED of an AT+CIPSTART with \"SSL\"", ""},
    {"reset", "The module restarts, as by its reset line.",
     "a reset in the middle of anything (esp8266/Arduino#720, zephyr#59331)",
     "what runs is gone; ready", ""},
    {"watchdog", "The module restarts, as by its watchdog.",
     "watchdog resets (arendst/Tasmota#24924, ARMmbed/esp8266-driver#103)",
     "as for reset; AT+SYSLOG and the boot noise, where there is one, tell the cause", ""},
    {"brownout", "The supply drops for a moment.",
     "brown-out under load (espressif/arduino-esp32#863, espressif/esp-idf#1308)",
     "boot noise at 74880 baud, which is garbage at another rate, then ready", ""},
    {"uart-drop", "Bytes are lost at the UART, each with `probability`.",
     "lost bytes without flow control (espressif/esp-at#455, kaluma-project/kaluma#389)",
     "commands with a byte less, or lines with one less", "direction"},
    {"uart-corrupt", "Bytes at the UART have a bit inverted, each with `probability`.",
     "bits that were sampled wrongly (adafruit/Adafruit_CircuitPython_ESP_ATcontrol#48)",
     "commands or lines with a wrong character", "direction"},
    {"uart-stall", "No byte moves at the UART for `time`.",
     "a host or a module that holds the other off (Prusa-Firmware-Buddy#1604)",
     "silence, then all that was meanwhile said", "time"},
    {"close-in-send", "The peer closes while the module waits for a payload.",
     "CLOSED during CIPSEND (ESP8266_NONOS_SDK#265, ARMmbed/esp8266-driver#22)",
     "silence until the payload is typed; then Recv n bytes, ERROR, CLOSED", "link"},
    {"reset-peer", "The peer resets a connection.",
     "a server that has crashed (Shopify/toxiproxy: reset_peer)", "CLOSED", "link"},
    {"blackhole", "Nothing moves on a connection for `time`.",
     "a network that swallows packets (Shopify/toxiproxy: timeout)",
     "no SEND OK, and no data, until then", "link time"},
    {"flash-fail", "The flash does not store what it is given.",
     "flash that wears out or is full (esp8266/Arduino#1054, espressif/esp-at#633)",
     "ERROR of a _DEF command; the old setting stays", ""},
};
static_assert(std::size(kFaults) == static_cast<std::size_t>(FaultKind::last) + 1,
              "each FaultKind has its row");
constexpr const FaultInfo& info_of(FaultKind kind) {
  return kFaults[static_cast<std::size_t>(kind)];
}

/// Bytes on their way to the module, or to its hosts.
enum class WireDirection : std::uint8_t { to_module, to_host };

/// One fault: what it is, when it comes, and what it does.
struct FaultSpec {
  FaultKind kind{};
  std::string module{};  ///< empty: the first one

  // When: at once, unless one of these says otherwise.
  std::optional<Duration> after{};                ///< after it was armed
  std::optional<std::string> typed{}, printed{};  ///< each line that has such a pattern, from
  std::uint32_t nth = 1;                          ///< the one with this number on
  double probability = 1;                         ///< each time that it could come
  std::uint32_t times = 1;                        ///< 0: any number

  // What.
  std::string ssid{};  ///< empty: the first access point
  Duration time{};
  int rssi = -90;
  std::size_t link = 0;
  WireDirection direction{};
};

/// The keys of a fault, in [[fault]] and as the arguments of fault.arm.
const Keys<FaultSpec>& fault_keys();

/// Refuses what does not go together; to be called once the keys are read.
void check_fault(const FaultSpec& fault, Section& section);
}  // namespace bfq::world

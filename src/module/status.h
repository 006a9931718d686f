#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ipv4.h"
#include "base/limits.h"
#include "base/mac.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uart_format.h"
#include "ports/network.h"
#include "settings/flash_record.h"

namespace bfq {

/// What the module is occupied with, in a word.
enum class Activity : std::uint8_t {
  off,
  idle,
  processing,
  collecting,
  sending,
  passthrough,
  restarting,
  asleep
};

/// A snapshot of the module, for people and tools. It is a copy and does not follow the module.
struct Status {
  struct Link {
    bool open = false;
    bool draining = false;  ///< closed, which the host is told when it has read what waits
    net::Transport transport{};
    net::Endpoint remote;
    std::uint16_t local_port = 0;
    bool accepted = false;        ///< by our server
    std::uint16_t unread = 0;     ///< bytes that wait for the host, also of a link that is closed
    std::uint64_t bytes_in = 0;   ///< from the network
    std::uint64_t bytes_out = 0;  ///< to the network
    Instant last_active{};        ///< when bytes moved the last time, or it opened
  };
  /// A station of the softAP.
  struct JoinedStation {
    bool present = false;
    MacAddress mac{};
    Ipv4 address{};  ///< none until it was given one
  };

  Activity activity{};
  std::uint8_t mode = 0;  ///< AT+CWMODE
  bool associated = false;
  Text<32> ssid;
  Ipv4 station_address, gateway, netmask;  ///< none while it has no address
  MacAddress access_point{};               ///< these while it is associated
  std::uint8_t channel = 0;
  std::int8_t rssi = 0;  ///< dBm
  std::array<JoinedStation, limits::kStations> stations{};
  std::array<Link, limits::kLinks> links{};
  bool multiple_links = false;       ///< AT+CIPMUX=1
  bool shows_sender = false;         ///< AT+CIPDINFO=1
  bool passive = false;              ///< AT+CIPRECVMODE=1
  bool transparent = false;          ///< AT+CIPMODE=1
  std::size_t payload_missing = 0;   ///< bytes behind a prompt that are still to be typed
  UartFormat uart{};                 ///< as set; it holds once what was printed before has left
  std::size_t free_bytes = 0;        ///< what AT+SYSRAM answers
  std::size_t waiting_for_host = 0;  ///< bytes that the host has not read
  WriteCounts writes{};              ///< of each stored key, see Key
  FlashCondition flash{};            ///< as found at the last start
  Deadline deadline;
};
}  // namespace bfq

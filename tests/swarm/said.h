#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/dialect.h"

namespace bfq::swarm {

/// One thing that the module said.
struct Said {
  enum class Kind : std::uint8_t {
    // results of a command line
    ok,
    error,
    fail,
    prompt,
    passthrough_prompt,
    // of a payload
    received,
    send_ok,
    send_fail,
    canceled,
    // instead of a result
    busy_processing,
    busy_sending,
    forced_restart,
    // what nobody asked for
    ready,
    wifi_connected,
    wifi_got_ip,
    wifi_disconnect,
    dhcp_timeout,
    wps_success,
    wps_fail,
    phone,  ///< any line of SmartConfig
    connect,
    link_connected,  ///< +LINK_CONN
    link_failed,     ///< likewise
    client_refused,
    mqtt_connected,
    mqtt_disconnected,
    unread,
    segment_sent,
    segment_failed,
    closed,
    station_connected,
    station_address,
    station_disconnected,
    // part of a reply
    information,
  };
  Kind kind{};
  std::string text{};                  ///< the line without its ends
  std::optional<std::uint8_t> link{};  ///< of connect, unread, segment and closed
  std::size_t count = 0;               ///< of received and unread; of a segment, its number

  bool is_result() const { return kind <= Kind::passthrough_prompt; }
  bool is_urc() const { return kind >= Kind::wifi_connected && kind <= Kind::station_disconnected; }
};

/// Cuts what a module printed at once, echo and received data aside, into what it says. Whatever is
/// no word of the dialect is a Violation, so lines that are cut or run into each other are too.
std::vector<Said> parse(const at::Dialect& dialect, std::string_view printed);

}  // namespace bfq::swarm

#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/described.h"
#include "base/ipv4.h"
#include "base/limits.h"
#include "base/mac.h"

namespace bfq {

/// One unsolicited result code: a line that answers no command.
struct Urc {
  enum class Kind : std::uint8_t {
    wifi_connected,
    wifi_got_ip,
    wifi_disconnect,
    dhcp_timeout,
    connect,
    unread,   ///< +IPD of passive receive
    segment,  ///< results of AT+CIPSENDBUF, as many lines as there are results
    closed,
    station_connected,
    station_address,
    station_disconnected,
    wps_success,
    wps_fail,
    client_refused,  ///< of our server, as it has its most
    phone_found,     ///< two lines, once a phone has sent what it knows
    phone_network,   ///< two lines: what that is
    phone_joined,
    phone_failed,
    last = phone_failed,
  };
  Kind kind{};
  std::uint8_t link = 0;  ///< for connect, unread, segment and closed
  MacAddress mac{};       ///< for the stations of our softAP
  Ipv4 address{};
  static constexpr auto kDescription = describe("Urc", "kind", "link", "mac", "address");
};

/// The unsolicited lines that wait to be printed, in the order in which they happened: while the
/// host does not read, or while a payload is being typed (dialect 1.7).
///
/// It never overflows: a link number is not used again before its CLOSED is printed, no line waits
/// twice, and Wi-Fi lines that a later one makes untrue are dropped: at most 20 lines for links, 10
/// for the station, 24 for the softAP's eight stations, one for the server (limits::kUrcs).
class UrcQueue {
 public:
  static constexpr auto kDescription = describe("UrcQueue", counted("items"), its("size"));

  bool empty() const { return size_ == 0; }
  std::span<const Urc> all() const { return {items_.data(), size_}; }

  /// Adds a line behind the others. A WIFI DISCONNECT removes the joins that have not been printed
  /// yet, and is not added where the host last read of a disconnection anyway; likewise for each
  /// station of the softAP.
  void add(Urc urc);

  /// Removes the lines of what a phone has sent.
  void take_back_phone();

  const Urc& front() const;
  void drop_front();
  void clear() { size_ = 0; }
  /// See Chip: lines of links that there are, and none twice.
  [[nodiscard]] bool restored() const;

 private:
  template <class Matches>
  bool take_back(Matches matches);
  bool is_news(const Urc& urc);

  std::array<Urc, limits::kUrcs> items_{};
  std::size_t size_ = 0;
  friend MemberAccess;
};
}  // namespace bfq

#pragma once
#include <array>
#include <cstddef>

#include "at/answer.h"
#include "base/described.h"
#include "base/limits.h"
#include "module/status.h"
#include "module/urc_queue.h"
#include "ports/messages.h"
#include "settings/settings.h"

namespace bfq {
class Chip;

/// The module as an access point: its network, and the stations that are in it.
class SoftAp {
 public:
  static constexpr auto kDescription = bfq::describe("SoftAp", "running", "guests");
  static constexpr std::size_t kMostStations = limits::kStations;

  /// Opens the network with the settings in use, or reopens it when it is open: then its
  /// stations are gone, and lines say so.
  void start(Chip&);
  /// Closes the network; lines follow for its stations and for the links through it.
  void stop(Chip&);
  bool running() const { return running_; }
  /// The settings of its address, or of those that it gives, have changed: takes them into use.
  void serve(Chip&);

  /// AT+CWQIF: sends all stations away, or that one. Lines follow when they have gone.
  void expel_all(Chip&);
  void expel(Chip&, const MacAddress&);

  /// AT+CWLIF: the stations that have an address.
  at::Answer list_stations(Chip&) const;

  void describe(Status&) const;
  /// See Chip: no station is there twice.
  [[nodiscard]] bool restored() const;
  /// True when these lines can be what waits to be said of these stations: that each that came is
  /// there now, and that there was room for all that went.
  bool agrees_with(const UrcQueue&) const;

  void on(Chip&, const radio::StationJoined&);
  void on(Chip&, const radio::StationAddressed&);
  void on(Chip&, const radio::StationLeft&);

 private:
  /// A station of the softAP.
  struct Guest {
    bool present = false;
    MacAddress mac{};
    Ipv4 address{};  ///< none until it was given one
    static constexpr auto kDescription = bfq::describe("Guest", "present", "mac", "address");
  };
  Guest* find(const MacAddress&);
  const Guest* find(const MacAddress&) const;
  void forget_guests(Chip&);

  bool running_ = false;
  std::array<Guest, kMostStations> guests_{};
  friend MemberAccess;
};
}  // namespace bfq

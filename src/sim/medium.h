#pragma once
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/air.h"
#include "sim/leases.h"

namespace bfq::sim {
class Radio;
class Wiring;

/// Where radios meet: the air, and the radio of every module in it. An access point that a module
/// opens is one like any other to the other radios and to the simulated stations.
///
/// It does no I/O and has no clock: what happens in it, happens in a call of apply() or of one of
/// its radios, all with the same time. What that means to another radio waits there as an event,
/// see Radio::when_due(). It must outlive its radios.
class Medium {
 public:
  explicit Medium(Air air = {});
  Medium(const Medium&) = delete;
  Medium& operator=(const Medium&) = delete;

  /// The air as it is now. Modules' own access points are not in it.
  const Air& air() const { return air_; }

  /// The one way in which the world of modules changes. An association ends where its access point
  /// has gone, can no longer be heard, or has another name, password, security, channel or LAN;
  /// else it stays, and the module is told its new signal. A station that changes leaves and comes
  /// again.
  void apply(const Change&, Instant now);

  /// Is called by apply() in front of each change. It must not call anything that changes the
  /// medium.
  void when_changing(std::function<void(const Change&)> tell) { tell_ = std::move(tell); }

  /// Applies all that makes this air of the present one.
  void change_to(const Air&, Instant now);

  // For radios ------------------------------------------------------------------------------------

  void enter(Radio&);
  void leave(Radio&);
  void enter(Wiring&);
  void leave(Wiring&);

  /// The access points that `listener` hears: those of the air, then those of the other modules.
  std::vector<const AccessPoint*> heard_by(const Radio& listener) const;
  /// The one with that address, or nullptr when `listener` doesn't hear it.
  const AccessPoint* heard_by(const Radio& listener, MacAddress bssid) const;
  /// The module whose own access point that is, or nullptr.
  Radio* host_of(MacAddress bssid) const;
  bool is_full(const AccessPoint&) const;
  /// What a phone sends, while one does.
  const PhoneSends* phone(Instant now) const;
  /// Whether its WPS button was pressed a short time ago.
  bool is_pairing(const AccessPoint&, Instant now) const;

  /// The module of that radio has that address now; it has it no more.
  void note_address(Ipv4 address, const Radio& radio) { addressed_.emplace(address, &radio); }
  void forget_address(Ipv4 address, const Radio& radio);
  /// An address for a station of that access point, or 0.0.0.0.
  Ipv4 lease(const AccessPoint& from, MacAddress station, Instant now);
  void end_lease(MacAddress bssid, MacAddress station, Instant now) {
    leases_.let_go(bssid, station, now);
  }
  void forget_leases(MacAddress bssid) { leases_.forget(bssid); }

  /// A module's own access point is there; its LAN is not the one that it was; it is gone.
  void own_network_started(MacAddress bssid, Instant now);
  void own_network_ended(MacAddress bssid, Instant now);
  /// It sends that station away.
  void station_expelled(MacAddress bssid, MacAddress station, Instant now);
  /// Its signal is another one.
  void own_network_weakened(Instant now) { update_signals(now); }
  /// It is on another channel; who is in it follows.
  void own_network_retuned(const AccessPoint&, Instant now);
  /// It gives addresses from now on, perhaps.
  void own_network_serves(Radio& host, Instant now);

  /// When the next simulated station tries to join the access point of `host`, or to get an address
  /// there, and lets those try whose time has come.
  Deadline next_visit(const Radio& host) const;
  void let_visitors_in(Radio& host, Instant now);

 private:
  /// A simulated station, and where it is.
  struct Visitor {
    SimulatedStation is{};
    MacAddress wants{};  ///< the access point of its name; none while it hears none
    Deadline tries{};    ///< when it joins that, or asks for an address; perhaps once more
    bool inside = false;
    bool has_address = false;
  };

  void note_hosts();
  void put(const AccessPoint&, Instant now);
  void remove_access_point(MacAddress bssid, Instant now);
  void put_station(const SimulatedStation&, Instant now);
  void remove_station(MacAddress mac, Instant now);
  void move(const MoveModule&, Instant now);
  void set_pin(const SetPin&);
  void set_analog_input(const SetAnalogInput&);
  void press_button(const PressButton&, Instant now);
  void take_out_phone(const PhoneSends&, Instant now);
  void end_associations(MacAddress bssid, Instant now);
  void update_signals(Instant now);
  void end_visit(const Visitor&, Instant now);
  void look_for_network(Visitor&, Instant now) const;
  void try_to_join(Visitor&, Radio& host, Instant now);
  void ask_for_address(Visitor&, Radio& host, Instant now);
  std::optional<Position> place_of(MacAddress station) const;

  Air air_{};
  std::function<void(const Change&)> tell_{};
  std::vector<Radio*> radios_{};
  std::vector<Radio*>
      hosts_{};  ///< those of them with an access point of their own, in their order
  std::multimap<Ipv4, const Radio*> addressed_{};  ///< whose modules have an address as stations
  std::vector<Wiring*> wirings_{};
  std::vector<Visitor> visitors_{};
  Leases leases_{};
  std::map<MacAddress, Instant> pressed_{};  ///< when each button was, the last time
  std::optional<PhoneSends> phone_{};        ///< the last one, and since when it sends
  Instant phone_since_{};
};

}  // namespace bfq::sim

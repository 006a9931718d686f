#pragma once
#include <deque>
#include <optional>

#include "base/time.h"
#include "ports/messages.h"
#include "sim/air.h"

namespace bfq::sim {

/// A station's place on the LAN that it has joined.
struct Lan {
  MacAddress access_point;  ///< whose LAN it is: two may have the same numbers
  Ipv4 address, gateway, netmask;
};

/// One module's radio in the simulated air, and the DHCP of the network that it joins. It does no
/// I/O: requests go in with the time, events come out when they are due.
class Radio {
 public:
  /// `air` is shared by all radios in it and must outlive them.
  Radio(Air& air, MacAddress station) : air_(&air), station_(station) {}

  /// Takes what is asked of a radio or of DHCP; false when the request is for somebody else.
  bool request(const Request&, Instant now);

  /// Looks at the air again after it has changed: an association whose access point is gone is lost.
  void update(Instant now);

  /// Somebody joins the module's own access point, and leaves it; nothing happens while there is none.
  void station_joins(MacAddress mac, Ipv4 address, Instant now);
  void station_leaves(MacAddress mac, Instant now);

  /// When next_event() has something to say, at the latest.
  Deadline next_deadline() const;

  /// What is due at `now`, in order; call until it is empty.
  std::optional<Event> next_event(Instant now);

  /// Where the module is, while it is joined and has an address.
  std::optional<Lan> lan() const;

  /// Its own access point's network, while it has one with an address; the gateway is itself.
  std::optional<Lan> own_lan() const { return access_point_ ? own_lan_ : std::nullopt; }

  /// Forgets everything that was asked and joined: the module has no power any more.
  void power_off();

  /// What its own network is called and how it is protected, while there is one.
  std::optional<radio::StartAccessPoint> access_point() const { return access_point_; }

 private:
  struct Pending {
    Instant at;
    Event event;
    MacAddress bssid;  ///< for radio::Joined: checked again when it is due
  };
  struct Association {
    Ticket ticket;
    MacAddress bssid;
    std::optional<Lan> lan;
  };

  void join(const radio::Join&, Instant now);
  void leave();
  void scan(const radio::Scan&, Instant now);
  void obtain_address(const net::ObtainAddress&, Instant now);
  void use_address(const net::UseAddress&, Instant now);
  void serve_addresses(const net::ServeAddresses&);
  void start_access_point(std::optional<radio::StartAccessPoint>);
  const AccessPoint* strongest(const radio::Join&) const;
  Event settle(const Pending&);
  void later(Instant at, const Event&, MacAddress bssid = {});
  template <class... Kinds>
  void forget();

  Air* air_;
  MacAddress station_;
  std::optional<radio::StartAccessPoint> access_point_;
  std::optional<Lan> own_lan_;
  std::deque<Pending> pending_;
  std::optional<Association> association_;
};

}  // namespace bfq::sim

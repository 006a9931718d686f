#pragma once
#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "base/time.h"
#include "ports/messages.h"
#include "sim/air.h"
#include "sim/medium.h"

namespace bfq::sim {

/// A module's place on a LAN.
struct Lan {
  MacAddress access_point;  ///< whose LAN it is: two may have the same numbers
  Ipv4 address, gateway, netmask;
};

/// One module's radio in a medium, as a station and as an access point of its own, and the DHCP of
/// the networks that it joins and opens. It does no I/O: requests go in with the time, events come
/// out when they are due.
class Radio {
 public:
  /// Its two addresses belong to nobody else in the medium, which must outlive it.
  Radio(Medium& medium, MacAddress station, MacAddress access_point,
        Channels channels = Channels::one);
  /// Nobody is told: power_off() comes first where others live on.
  ~Radio();
  Radio(const Radio&) = delete;
  Radio& operator=(const Radio&) = delete;

  /// What is asked of it. What that gives rise to follows from next_event(), at `now` at the
  /// earliest.
  void take(const radio::Request&, Instant now);
  void take(const lease::Request&, Instant now);

  /// When next_event() has something to say, at the latest. It may become earlier whenever the
  /// medium changes or another radio is asked something: see when_due().
  Deadline next_deadline(Instant now) const;

  /// Is called within those calls of others that made next_deadline() earlier. It is for waking up
  /// who sleeps until then, and must not call anything in the medium.
  void when_due(std::function<void()> wake) { wake_ = std::move(wake); }

  /// What is due at `now`, in order; call until it is empty.
  std::optional<Event> next_event(Instant now);

  /// Where the module is, while it is joined and has an address.
  std::optional<Lan> lan() const { return association_ ? association_->lan : std::nullopt; }

  /// Its own access point's network, while it has one with an address; the gateway is itself.
  std::optional<Lan> own_lan() const {
    if (!own_ || !serves_) return std::nullopt;
    return Lan{access_point_, own_->gateway, own_->gateway, own_->netmask};
  }

  /// Forgets everything that was asked and joined: the module has no power any more. Those who were
  /// in its network have lost it, and the one that it was in has lost a station.
  void power_off(Instant now);

  /// Somebody joins the module's own access point, whatever its rules say, and leaves it; nothing
  /// happens while there is none.
  void station_joins(MacAddress mac, Ipv4 address, Instant now);
  void station_leaves(MacAddress mac, Instant now);

  // For Medium and other radios -------------------------------------------------------------------

  /// The module is known by the address of its station that is burnt in.
  MacAddress burnt_in() const { return burnt_in_.station; }
  MacAddress station_mac() const { return station_; }
  std::optional<Position> position() const { return position_; }
  void stand_at(std::optional<Position> position) {
    position_ = position;
    if (own_) own_->position = position;
  }
  void wake() const {
    if (wake_) wake_();
  }

  std::optional<MacAddress> joined_to() const;
  bool is_joined_to(MacAddress bssid) const { return joined_to() == bssid; }
  /// A WPS button may have been pressed.
  void look_for_button(Instant now);
  /// A phone may be sending.
  void listen_to_phone(Instant now);
  /// The association has ended, and nobody asked for that.
  void lose(Instant now);
  /// The access point that it is joined to may be stronger or weaker than it was.
  void hear(const AccessPoint&, Instant now);

  /// Its own access point, or nullptr, and who is in it.
  const AccessPoint* own_network() const { return own_ ? &*own_ : nullptr; }
  const std::vector<MacAddress>& stations() const { return stations_; }
  /// A station has got in; it has an address at that time, unless it is gone by then; it has left.
  void welcome(MacAddress station, Instant now);
  void address_given(MacAddress station, Ipv4 address, Instant at);
  void part(MacAddress station, Instant now);

 private:
  struct Pending {
    Instant at;
    Event event;
  };
  struct Association {
    Ticket ticket{};
    MacAddress bssid{};
    std::uint8_t channel = 0;  ///< both as the module knows them
    int signal = 0;            ///< as the module knows it
    bool leased = false;       ///< the address that it has, or asked for
    std::optional<Lan> lan{};
    Ipv4 known_to_host{};  ///< the address that the module was told whose access point it is
  };

  void join(const radio::Join&, Instant now);
  void disassociate(Instant now);
  void scan(const radio::Scan&, Instant now);
  void pair(const radio::Pair&, Instant now);
  void set_power(const radio::SetPower&, Instant now);
  void expel(MacAddress station, Instant now);
  void await_phone(const radio::AwaitPhone&, Instant now);
  Event complete(const radio::Paired& due, Instant now) const;
  void obtain_address(const lease::ObtainAddress&, Instant now);
  void use_address(const lease::UseAddress&, Instant now);
  const AccessPoint* choose(const radio::Join&) const;
  std::optional<Event> settle(const Event& due, Instant now);
  std::optional<Event> complete(const radio::Joined& due, Instant now);
  void take(const lease::Addressed&, Instant now);
  void use_lan(const std::optional<Lan>&);

  void open_network(const radio::StartAccessPoint&, Instant now);
  void close_network(Instant now);
  /// Its own access point is on the channel where it has to be.
  void retune(Instant now);
  void serve_addresses(const lease::ServeAddresses&, Instant now);
  void send_stations_away(Instant now);

  void later(Instant at, const Event&);
  template <class... Kinds>
  void forget();

  Medium& medium_;
  radio::SetAddresses burnt_in_, next_;  ///< next_: from the next association or network on
  MacAddress station_, access_point_;    ///< that are in use
  Channels channels_;
  std::optional<Position> position_{};
  std::function<void()> wake_{};
  std::list<Pending> pending_{};
  radio::Join attempt_{};                        ///< the last one
  std::optional<radio::Pair> pairing_{};         ///< that no button has answered
  std::optional<radio::AwaitPhone> awaiting_{};  ///< that no phone has
  std::uint8_t weakened_ = 0;                    ///< see AccessPoint
  std::optional<Association> association_{};
  std::optional<AccessPoint> own_{};
  std::uint8_t own_channel_ = 1;  ///< that it was asked to be on
  bool serves_ = false;           ///< its own network has an address
  std::vector<MacAddress> stations_{};
};

}  // namespace bfq::sim

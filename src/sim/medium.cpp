#include "sim/medium.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/overloaded.h"
#include "sim/radio.h"
#include "sim/wiring.h"

namespace bfq::sim {
namespace {
// Fidelity (our decision, dialect 10.4): A simulated station that was turned away tries again after
// 10 s.
// Fidelity (our decision, dialect 10.5): A simulated station that finds all addresses taken asks
// again after 10 s.
constexpr Duration kVisitorRetries = 10s;

// Fidelity (our decision, dialect 10.6): An association ends where the name, password, security,
// channel or LAN of its access point changes, also when the name is hidden from then on. It stays
// where the signal or the DHCP server changes.
bool is_same_network(const AccessPoint& a, const AccessPoint& b) {
  const auto terms = [](const AccessPoint& ap) {
    return std::tuple(std::string_view(ap.ssid), std::string_view(ap.password), ap.security,
                      ap.channel, ap.hidden, ap.network, ap.netmask, gateway_of(ap));
  };
  return terms(a) == terms(b);
}

bool hears(const SimulatedStation& station, const AccessPoint& ap) {
  return signal_of(ap, station.position) >= kSensitivity;
}
}  // namespace

Medium::Medium(Air air) : air_(std::move(air)) {
  for (const SimulatedStation& station : air_.stations) visitors_.push_back({.is = station});
}

// Changes -----------------------------------------------------------------------------------------

void Medium::apply(const Change& wanted, Instant now) {
  if (tell_) tell_(wanted);
  std::visit(overloaded{
                 [&](const PutAccessPoint& c) { put(c.access_point, now); },
                 [&](const RemoveAccessPoint& c) { remove_access_point(c.bssid, now); },
                 [&](const PutStation& c) { put_station(c.station, now); },
                 [&](const RemoveStation& c) { remove_station(c.mac, now); },
                 [&](const MoveModule& c) { move(c, now); },
                 [&](const SetDelays&) { change(air_, wanted); },
                 [&](const SetPin& c) { set_pin(c); },
                 [&](const SetAnalogInput& c) { set_analog_input(c); },
                 [&](const PressButton& c) { press_button(c, now); },
                 [&](const PhoneSends& c) { take_out_phone(c, now); },
             },
             wanted);
}

void Medium::change_to(const Air& wanted, Instant now) {
  for (const Change& c : difference(air_, wanted)) apply(c, now);
}

void Medium::put(const AccessPoint& ap, Instant now) {
  const AccessPoint* old = find_access_point(air_, ap.bssid);
  const bool stays = old != nullptr && is_same_network(*old, ap);
  change(air_, PutAccessPoint{ap});
  if (!stays) end_associations(ap.bssid, now);
  update_signals(now);
}

void Medium::remove_access_point(MacAddress bssid, Instant now) {
  change(air_, RemoveAccessPoint{bssid});
  end_associations(bssid, now);
}

void Medium::put_station(const SimulatedStation& station, Instant now) {
  remove_station(station.mac, now);
  change(air_, PutStation{station});
  look_for_network(visitors_.emplace_back(Visitor{.is = station}), now);
}

void Medium::remove_station(MacAddress mac, Instant now) {
  change(air_, RemoveStation{mac});
  for (const Visitor& visitor : visitors_) {
    if (visitor.is.mac == mac) end_visit(visitor, now);
  }
  std::erase_if(visitors_, [mac](const Visitor& v) { return v.is.mac == mac; });
}

void Medium::move(const MoveModule& moved, Instant now) {
  change(air_, moved);
  for (Radio* radio : radios_)
    if (radio->burnt_in() == moved.station) radio->stand_at(moved.to);
  update_signals(now);
}

void Medium::set_pin(const SetPin& set) {
  for (Wiring* wiring : wirings_)
    if (wiring->station() == set.station) wiring->hold(set.pin, set.level);
}

void Medium::set_analog_input(const SetAnalogInput& set) {
  for (Wiring* wiring : wirings_)
    if (wiring->station() == set.station) wiring->measure(set.value);
}

void Medium::press_button(const PressButton& press, Instant now) {
  pressed_[press.bssid] = now;
  for (Radio* radio : radios_) radio->look_for_button(now);
}

void Medium::take_out_phone(const PhoneSends& phone, Instant now) {
  phone_ = phone;
  phone_since_ = now;
  for (Radio* radio : radios_) radio->listen_to_phone(now);
}

void Medium::end_associations(MacAddress bssid, Instant now) {
  for (Radio* radio : radios_)
    if (radio->is_joined_to(bssid)) radio->lose(now);
}

/// Who or what is heard may have changed: ends what is out of hearing, and tells the signal of what
/// is not.
void Medium::update_signals(Instant now) {
  for (Radio* radio : radios_) {
    const auto joined = radio->joined_to();
    if (!joined) continue;
    if (const AccessPoint* ap = heard_by(*radio, *joined))
      radio->hear(*ap, now);
    else
      radio->lose(now);
  }
  for (Visitor& visitor : visitors_) {
    const Radio* host = host_of(visitor.wants);
    if (host != nullptr && hears(visitor.is, *host->own_network())) continue;
    end_visit(visitor, now);
    look_for_network(visitor, now);
  }
}

std::optional<Position> Medium::place_of(MacAddress station) const {
  for (const ModulePosition& place : air_.modules)
    if (place.station == station) return place.position;
  return std::nullopt;
}

// For radios --------------------------------------------------------------------------------------

void Medium::enter(Radio& radio) {
  radios_.push_back(&radio);
  radio.stand_at(place_of(radio.burnt_in()));
}

void Medium::leave(Radio& radio) {
  if (const auto lan = radio.lan()) forget_address(lan->address, radio);
  std::erase(radios_, &radio);
  std::erase(hosts_, &radio);
}

void Medium::note_hosts() {
  hosts_.clear();
  for (Radio* radio : radios_)
    if (radio->own_network() != nullptr) hosts_.push_back(radio);
}

void Medium::enter(Wiring& wiring) { wirings_.push_back(&wiring); }

void Medium::leave(Wiring& wiring) { std::erase(wirings_, &wiring); }

std::vector<const AccessPoint*> Medium::heard_by(const Radio& listener) const {
  std::vector<const AccessPoint*> heard;
  const auto add = [&](const AccessPoint& ap) {
    if (signal_of(ap, listener.position()) >= kSensitivity) heard.push_back(&ap);
  };
  for (const AccessPoint& ap : air_.access_points) add(ap);
  for (const Radio* other : hosts_)
    if (other != &listener) add(*other->own_network());
  return heard;
}

const AccessPoint* Medium::heard_by(const Radio& listener, MacAddress bssid) const {
  for (const AccessPoint* ap : heard_by(listener))
    if (ap->bssid == bssid) return ap;
  return nullptr;
}

Radio* Medium::host_of(MacAddress bssid) const {
  for (Radio* radio : hosts_)
    if (radio->own_network()->bssid == bssid) return radio;
  return nullptr;
}

bool Medium::is_full(const AccessPoint& ap) const {
  if (!ap.max_stations) return false;
  if (const Radio* host = host_of(ap.bssid)) return host->stations().size() >= *ap.max_stations;
  const auto inside = std::count_if(radios_.begin(), radios_.end(), [&](const Radio* radio) {
    return radio->is_joined_to(ap.bssid);
  });
  return inside >= *ap.max_stations;
}

// Fidelity (our decision, dialect 10.7): A phone sends for 60 s, as its app does, and every module
// that waits for one hears it, wherever it stands.
const PhoneSends* Medium::phone(Instant now) const {
  constexpr Duration kSends = 60s;
  return phone_ && now - phone_since_ < kSends ? &*phone_ : nullptr;
}

// Fidelity (our decision, Wi-Fi Protected Setup): An access point pairs for 120 s after its button
// was pressed.
bool Medium::is_pairing(const AccessPoint& ap, Instant now) const {
  constexpr Duration kPairs = 120s;
  const auto pressed = pressed_.find(ap.bssid);
  return ap.wps && pressed != pressed_.end() && now - pressed->second < kPairs;
}

Ipv4 Medium::lease(const AccessPoint& from, MacAddress station, Instant now) {
  const bool is_in_the_air = find_access_point(air_, from.bssid) != nullptr;
  const auto is_same_lan = [&](const Lan& lan) {
    if (lan.access_point == from.bssid) return true;
    const AccessPoint* other = is_in_the_air ? find_access_point(air_, lan.access_point) : nullptr;
    return other != nullptr && share_lan(*other, from);
  };
  const auto is_in_use = [&](Ipv4 address) {
    const auto [first, end] = addressed_.equal_range(address);
    return address == gateway_of(from) || std::any_of(first, end, [&](const auto& each) {
             return each.second->station_mac() != station && is_same_lan(*each.second->lan());
           });
  };
  return leases_.give(from, is_in_the_air ? Leases::Reach::shared : Leases::Reach::alone, station,
                      is_in_use, now);
}

void Medium::forget_address(Ipv4 address, const Radio& radio) {
  const auto [first, end] = addressed_.equal_range(address);
  const auto at = std::find_if(first, end, [&](const auto& each) { return each.second == &radio; });
  CHECK(at != end);
  addressed_.erase(at);
}

void Medium::own_network_started(MacAddress, Instant now) {
  note_hosts();
  for (Visitor& visitor : visitors_)
    if (visitor.wants == MacAddress{}) look_for_network(visitor, now);
}

void Medium::own_network_ended(MacAddress bssid, Instant now) {
  note_hosts();
  end_associations(bssid, now);
  for (Visitor& visitor : visitors_) {
    if (visitor.wants != bssid) continue;
    if (visitor.inside) end_lease(bssid, visitor.is.mac, now);
    look_for_network(visitor, now);
  }
}

void Medium::station_expelled(MacAddress bssid, MacAddress station, Instant now) {
  for (Radio* radio : radios_)
    if (radio->is_joined_to(bssid) && radio->station_mac() == station) radio->lose(now);
  for (Visitor& visitor : visitors_) {
    if (visitor.wants != bssid || visitor.is.mac != station || !visitor.inside) continue;
    end_lease(bssid, station, now);
    look_for_network(visitor, now);
  }
}

void Medium::own_network_retuned(const AccessPoint& ap, Instant now) {
  for (Radio* radio : radios_)
    if (radio->is_joined_to(ap.bssid)) radio->hear(ap, now);
}

void Medium::own_network_serves(Radio& host, Instant now) {
  for (Visitor& visitor : visitors_)
    if (visitor.inside && !visitor.has_address && host_of(visitor.wants) == &host)
      ask_for_address(visitor, host, now);
}

// Simulated stations ------------------------------------------------------------------------------

/// Starts over: waits for the network of its name, if it hears one.
void Medium::look_for_network(Visitor& visitor, Instant now) const {
  visitor = {.is = visitor.is};
  const Radio* best = nullptr;
  const auto signal = [&](const Radio& radio) {
    return signal_of(*radio.own_network(), visitor.is.position);
  };
  for (const Radio* radio : hosts_) {
    const AccessPoint* ap = radio->own_network();
    if (ap->ssid != visitor.is.ssid || !hears(visitor.is, *ap)) continue;
    if (best == nullptr || signal(*radio) > signal(*best)) best = radio;
  }
  if (best == nullptr) return;
  visitor.wants = best->own_network()->bssid;
  visitor.tries = now + visitor.is.after;
  best->wake();
}

void Medium::end_visit(const Visitor& visitor, Instant now) {
  if (!visitor.inside) return;
  if (Radio* host = host_of(visitor.wants)) host->part(visitor.is.mac, now);
  end_lease(visitor.wants, visitor.is.mac, now);
}

Deadline Medium::next_visit(const Radio& host) const {
  Deadline next;
  if (host.own_network() == nullptr) return next;
  for (const Visitor& visitor : visitors_)
    if (visitor.wants == host.own_network()->bssid) next = earliest({next, visitor.tries});
  return next;
}

void Medium::let_visitors_in(Radio& host, Instant now) {
  if (!next_visit(host).due(now)) return;
  for (Visitor& visitor : visitors_) {
    if (visitor.wants != host.own_network()->bssid || !visitor.tries.due(now)) continue;
    const Instant at = visitor.tries.at();
    visitor.inside ? ask_for_address(visitor, host, at) : try_to_join(visitor, host, at);
  }
}

void Medium::try_to_join(Visitor& visitor, Radio& host, Instant now) {
  const AccessPoint& ap = *host.own_network();
  const bool knows_password = is_same_key(ap.security, visitor.is.password, ap.password);
  if (!knows_password || is_full(ap)) {
    visitor.tries = now + kVisitorRetries;
    return;
  }
  visitor.inside = true;
  host.welcome(visitor.is.mac, now);
  ask_for_address(visitor, host, now);
}

/// Where nobody answers, own_network_serves() is what it waits for.
void Medium::ask_for_address(Visitor& visitor, Radio& host, Instant now) {
  const AccessPoint& ap = *host.own_network();
  visitor.tries = Deadline::never();
  if (ap.dhcp != Dhcp::answers) return;
  const Ipv4 address = lease(ap, visitor.is.mac, now);
  visitor.has_address = !address.is_none();
  if (!visitor.has_address) {
    visitor.tries = now + kVisitorRetries;
    return;
  }
  host.address_given(visitor.is.mac, address, now + air_.delays.address);
}

}  // namespace bfq::sim

#include "sim/radio.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "base/overloaded.h"

namespace bfq::sim {
namespace {
using radio::Cipher;
using radio::JoinFailure;
using radio::Security;

constexpr int kChannels = 13;

bool is_weak(Security security) { return security == Security::open || security == Security::wep; }

// Fidelity (our decision, dialect 10.8): An enterprise network answers number 4; an open network
// takes any password.

/// What a join of `ap` comes to, or nothing when it succeeds.
std::optional<JoinFailure> refusal(const AccessPoint& ap, const radio::Join& join) {
  if (ap.security == Security::enterprise) return JoinFailure::refused;
  if (is_weak(ap.security) && join.only_protected.value_or(0) != 0) return JoinFailure::refused;
  if (!is_same_key(ap.security, join.password.view(), ap.password))
    return JoinFailure::wrong_password;
  return std::nullopt;
}

// Fidelity (our decision, dialect 10.9): Of several access points with the name, the strongest is
// chosen among those whose security suits the command (pci_en, an empty password, no enterprise);
// where none does, the strongest refuses.

/// Whether a station would try that one, going by what a scan shows.
bool suits(const AccessPoint& ap, const radio::Join& join) {
  if (ap.security == Security::enterprise) return false;
  if (is_weak(ap.security) && join.only_protected.value_or(0) != 0) return false;
  return ap.security == Security::open || !join.password.empty();
}

Cipher cipher_of(Security s) {
  switch (s) {
    case Security::open: return Cipher::none;
    case Security::wep: return Cipher::wep40;
    case Security::wpa: return Cipher::tkip;
    case Security::wpa2: return Cipher::ccmp;
    case Security::wpa_wpa2: return Cipher::tkip_ccmp;
    case Security::enterprise: return Cipher::ccmp;
  }
  return Cipher::unknown;
}

bool fits(const AccessPoint& ap, const radio::Scan& scan) {
  if (scan.ssid && scan.ssid->view() != ap.ssid) return false;
  if (scan.bssid && *scan.bssid != ap.bssid) return false;
  return scan.channels.holds(ap.channel) && (!scan.channel || *scan.channel == ap.channel);
}

// Fidelity (our decision, dialect 10.10): A scan shows frequency offsets of 0, unless the world has
// a seed, and 802.11 b, g and n.
radio::ScanResult as_seen(const AccessPoint& ap, int signal, bool by_name) {
  radio::ScanResult seen;
  if (!ap.hidden || by_name) seen.ssid = Text<32>(slice(ap.ssid, 0, 32));
  seen.bssid = ap.bssid;
  seen.security = ap.security;
  seen.rssi = static_cast<std::int8_t>(signal);
  seen.channel = ap.channel;
  seen.pairwise = seen.group = cipher_of(ap.security);
  seen.wps = ap.wps;
  seen.frequency_offset = ap.frequency_offset;
  return seen;
}

// Fidelity (our decision, dialect 10.11): A passive scan, or one with times, takes them for each of
// 13 channels: 360 ms passive, 120 ms active, unless the host says otherwise. Times of 0 are none.

// Fidelity (our decision, dialect 10.12): An access point that answers later than a scan takes is
// joined only then.
Duration unseen_for(const AccessPoint& ap, const Delays& delays) {
  const Duration answers = ap.delays.scan.value_or(Duration{0});
  return answers > delays.scan ? answers : Duration{0};
}

/// A scan takes the air's usual time, unless the host wants to listen in its own way.
Duration scan_time(const radio::Scan& scan, const Delays& delays) {
  const bool passive = scan.type == radio::ScanType::passive;
  const int shortest_ms = scan.shortest_ms.value_or(0);
  int each_ms = scan.longest_ms.value_or(0);
  if (!passive && shortest_ms == 0 && each_ms == 0) return delays.scan;
  if (each_ms == 0) each_ms = passive ? 360 : 120;
  each_ms = std::max(each_ms, shortest_ms);
  return std::max<Duration>(delays.scan,
                            std::chrono::milliseconds(each_ms * (scan.channel ? 1 : kChannels)));
}
}  // namespace

Radio::Radio(Medium& medium, MacAddress station, MacAddress access_point, Channels channels)
    : medium_(medium),
      burnt_in_{station, access_point},
      next_(burnt_in_),
      station_(station),
      access_point_(access_point),
      channels_(channels) {
  medium_.enter(*this);
}

Radio::~Radio() { medium_.leave(*this); }

void Radio::take(const radio::Request& request, Instant now) {
  std::visit(overloaded{
                 [&](const radio::Join& j) { join(j, now); },
                 [&](const radio::Leave&) { disassociate(now); },
                 [&](const radio::Scan& s) { scan(s, now); },
                 [&](const radio::Pair& p) { pair(p, now); },
                 [&](const radio::SetPower& p) { set_power(p, now); },
                 [&](const radio::AwaitPhone& a) { await_phone(a, now); },
                 [&](const radio::SetAddresses& a) { next_ = a; },
                 [&](const radio::SetCountry&) {},  // it has no rules
                 [&](const radio::StartAccessPoint& a) { open_network(a, now); },
                 [&](const radio::StopAccessPoint&) { close_network(now); },
                 [&](const radio::Expel& e) { expel(e.mac, now); },
             },
             request);
}

void Radio::take(const lease::Request& request, Instant now) {
  std::visit(overloaded{
                 [&](const lease::ObtainAddress& o) { obtain_address(o, now); },
                 [&](const lease::UseAddress& u) { use_address(u, now); },
                 [&](const lease::ServeAddresses& s) { serve_addresses(s, now); },
             },
             request);
}

void Radio::power_off(Instant now) {
  disassociate(now);
  close_network(now);
  weakened_ = 0;
  medium_.forget_leases(access_point_);
  pending_.clear();
  next_ = burnt_in_;
}

// As a station ------------------------------------------------------------------------------------

void Radio::join(const radio::Join& join, Instant now) {
  disassociate(now);
  station_ = next_.station;
  attempt_ = join;
  const Delays& delays = medium_.air().delays;
  const AccessPoint* ap = choose(join);
  if (ap == nullptr)
    return later(now + delays.scan, radio::JoinFailed{join.ticket, JoinFailure::no_such_network});
  if (ap->silent) return;
  const Duration associates =
      unseen_for(*ap, delays) + ap->delays.associate.value_or(delays.associate);
  if (const auto why = refusal(*ap, join)) {
    const bool wrong_password = why == JoinFailure::wrong_password;
    const Duration takes =
        wrong_password ? unseen_for(*ap, delays) + delays.reject_password : associates;
    return later(now + takes, radio::JoinFailed{join.ticket, *why});
  }
  later(now + associates, radio::Joined{.ticket = join.ticket, .bssid = ap->bssid});
}

const AccessPoint* Radio::choose(const radio::Join& join) const {
  const auto rank = [&](const AccessPoint& ap) {
    return std::pair(suits(ap, join), signal_of(ap, position_));
  };
  const AccessPoint* best = nullptr;
  for (const AccessPoint* ap : medium_.heard_by(*this)) {
    if (ap->ssid != join.ssid.view() || (join.bssid && *join.bssid != ap->bssid)) continue;
    if (!join.channels.holds(ap->channel)) continue;
    if (best == nullptr || rank(*ap) > rank(*best)) best = ap;
  }
  return best;
}

// Fidelity (our decision, dialect 10.13): An access point that has gone in the middle of a join:
// number 3; one whose password has changed: number 2; one with as many stations as it takes:
// number 4.

/// What has become of a join, now that it is time.
std::optional<Event> Radio::complete(const radio::Joined& due, Instant now) {
  const AccessPoint* ap = medium_.heard_by(*this, due.bssid);
  std::optional<JoinFailure> why;
  if (ap == nullptr || ap->ssid != attempt_.ssid.view() || !attempt_.channels.holds(ap->channel))
    why = JoinFailure::no_such_network;
  else if (ap->silent)
    return std::nullopt;
  else if (why = refusal(*ap, attempt_); !why && medium_.is_full(*ap))
    why = JoinFailure::refused;
  if (why) return radio::JoinFailed{due.ticket, *why};
  const int signal = signal_of(*ap, position_);
  use_lan({});
  association_ = Association{
      .ticket = due.ticket, .bssid = ap->bssid, .channel = ap->channel, .signal = signal};
  retune(now);
  if (Radio* host = medium_.host_of(ap->bssid)) host->welcome(station_, now);
  return radio::Joined{due.ticket, ap->bssid, ap->channel, static_cast<std::int8_t>(signal)};
}

void Radio::disassociate(Instant now) {
  forget<radio::Joined, radio::JoinFailed, radio::Lost, radio::Signal, radio::Paired,
         radio::PairFailed, radio::PhoneTold, lease::Addressed, lease::AddressFailed>();
  pairing_.reset();
  awaiting_.reset();
  if (!association_) return;
  use_lan({});
  const MacAddress left = std::exchange(association_, std::nullopt)->bssid;
  retune(now);
  medium_.end_lease(left, station_, now);
  if (Radio* host = medium_.host_of(left)) host->part(station_, now);
}

// Fidelity (our decision, dialect 10.14): WPS takes as long as a scan. It fails where the buttons
// of two access points were pressed, and with a network with WEP or for enterprises.
void Radio::pair(const radio::Pair& asked, Instant now) {
  disassociate(now);
  pairing_ = asked;
  look_for_button(now);
}

void Radio::look_for_button(Instant now) {
  if (!pairing_) return;
  std::vector<const AccessPoint*> found = medium_.heard_by(*this);
  std::erase_if(found, [&](const AccessPoint* ap) {
    return !medium_.is_pairing(*ap, now) || !pairing_->channels.holds(ap->channel);
  });
  if (found.empty()) return;
  const Ticket ticket = pairing_->ticket;
  const Instant at = now + medium_.air().delays.scan;
  pairing_.reset();
  found.size() > 1 ? later(at, radio::PairFailed{ticket})
                   : later(at, radio::Paired{.ticket = ticket, .bssid = found.front()->bssid});
  wake();
}

/// What the access point says by then.
Event Radio::complete(const radio::Paired& due, Instant) const {
  const AccessPoint* ap = medium_.heard_by(*this, due.bssid);
  const bool can_pair =
      ap != nullptr && ap->security != Security::wep && ap->security != Security::enterprise;
  if (!can_pair) return radio::PairFailed{due.ticket};
  return radio::Paired{due.ticket, Text<32>(slice(ap->ssid, 0, 32)),
                       Text<64>(slice(ap->password, 0, 64)), ap->bssid};
}

// Fidelity (our decision, dialect 10.15): What a phone sends is heard after the time of a scan.
void Radio::await_phone(const radio::AwaitPhone& asked, Instant now) {
  disassociate(now);
  awaiting_ = asked;
  listen_to_phone(now);
}

void Radio::listen_to_phone(Instant now) {
  const PhoneSends* phone = awaiting_ ? medium_.phone(now) : nullptr;
  if (phone == nullptr) return;
  if ((awaiting_->methods >> static_cast<unsigned>(phone->method) & 1U) == 0) return;
  later(now + medium_.air().delays.scan,
        radio::PhoneTold{awaiting_->ticket, phone->method, Text<32>(slice(phone->ssid, 0, 32)),
                         Text<64>(slice(phone->password, 0, 64))});
  awaiting_.reset();
  wake();
}

void Radio::set_power(const radio::SetPower& asked, Instant now) {
  constexpr int kQuarters = 4;  // of a dBm
  weakened_ = static_cast<std::uint8_t>((radio::kMostPower - asked.quarter_dbm) / kQuarters);
  if (!own_) return;
  own_->weakened = weakened_;
  medium_.own_network_weakened(now);
}

void Radio::lose(Instant now) {
  const Ticket ticket = association_->ticket;
  disassociate(now);
  later(now, radio::Lost{ticket});
  wake();
}

void Radio::hear(const AccessPoint& ap, Instant now) {
  const int signal = signal_of(ap, position_);
  const bool same_channel = ap.channel == std::exchange(association_->channel, ap.channel);
  if (signal == std::exchange(association_->signal, signal) && same_channel) return;
  forget<radio::Signal>();
  later(now, radio::Signal{association_->ticket, ap.channel, static_cast<std::int8_t>(signal)});
  wake();
  retune(now);
}

// Fidelity (our decision, dialect 0.4.24): In mode 3 a softAP is on the station's channel while
// the station is associated, as with one radio, and its stations follow without a word. AT+CWSAP?
// shows the channel that was set. `radio = "free"` of a module in a world keeps the softAP where it
// is.
void Radio::retune(Instant now) {
  if (!own_) return;
  const bool follows = channels_ == Channels::one && association_;
  const std::uint8_t channel = follows ? association_->channel : own_channel_;
  if (channel == std::exchange(own_->channel, channel)) return;
  medium_.own_network_retuned(*own_, now);
}

std::optional<MacAddress> Radio::joined_to() const {
  return association_ ? std::optional(association_->bssid) : std::nullopt;
}

void Radio::scan(const radio::Scan& scan, Instant now) {
  const Duration takes = scan_time(scan, medium_.air().delays);
  std::vector<const AccessPoint*> found = medium_.heard_by(*this);
  std::erase_if(found, [&](auto* ap) { return !fits(*ap, scan); });
  std::stable_sort(found.begin(), found.end(),
                   [](auto* a, auto* b) { return a->channel < b->channel; });
  for (const AccessPoint* ap : found) {  // each one while the scan is on its channel
    const Duration on_channel = takes * std::min<int>(ap->channel, kChannels) / (kChannels + 1);
    const Duration answers = ap->delays.scan.value_or(on_channel);
    if (answers > takes) continue;
    later(now + answers, radio::Found{scan.ticket, as_seen(*ap, signal_of(*ap, position_),
                                                           scan.ssid.has_value())});
  }
  later(now + takes, radio::ScanDone{scan.ticket, true});
}

// Addresses ---------------------------------------------------------------------------------------

// Fidelity (our decision, dialect 10.16): A DHCP server whose addresses are all taken refuses at
// once; one that is switched off, or takes longer than the module waits, ends in DHCP TIMEOUT.
void Radio::obtain_address(const lease::ObtainAddress& asked, Instant now) {
  forget<lease::Addressed, lease::AddressFailed>();
  const AccessPoint* ap = association_ ? medium_.heard_by(*this, association_->bssid) : nullptr;
  if (ap == nullptr) return later(now, lease::AddressFailed{asked.ticket});
  if (ap->dhcp == Dhcp::is_silent) return;
  association_->leased = true;
  const Ipv4 address = ap->dhcp == Dhcp::refuses ? Ipv4{} : medium_.lease(*ap, station_, now);
  const Instant at = now + ap->delays.address.value_or(medium_.air().delays.address);
  if (address.is_none()) return later(at, lease::AddressFailed{asked.ticket});
  later(at, lease::Addressed{asked.ticket, address, gateway_of(*ap), ap->netmask});
}

// Fidelity (our decision, dialect 10.17): A station with an address of its own is given none by the
// softAP that it joins, and so is not in that one's AT+CWLIF.
void Radio::use_address(const lease::UseAddress& asked, Instant now) {
  forget<lease::Addressed, lease::AddressFailed>();
  if (association_) association_->leased = false;
  later(now, lease::Addressed{asked.ticket, asked.address, asked.gateway, asked.netmask});
}

void Radio::take(const lease::Addressed& due, Instant now) {
  if (!association_) return;
  use_lan(Lan{association_->bssid, due.address, due.gateway, due.netmask});
  Radio* host = medium_.host_of(association_->bssid);
  if (host == nullptr || !association_->leased) return;
  if (due.address != std::exchange(association_->known_to_host, due.address))
    host->address_given(station_, due.address, now);
}

/// Where the module is from now on; the medium finds who has an address.
void Radio::use_lan(const std::optional<Lan>& lan) {
  if (!association_) return;
  if (association_->lan) medium_.forget_address(association_->lan->address, *this);
  association_->lan = lan;
  if (lan) medium_.note_address(lan->address, *this);
}

// As an access point ------------------------------------------------------------------------------

void Radio::open_network(const radio::StartAccessPoint& asked, Instant now) {
  close_network(now);
  if (access_point_ != next_.access_point) medium_.forget_leases(access_point_);
  access_point_ = next_.access_point;
  own_ = AccessPoint{.ssid = std::string(asked.ssid.view()),
                     .password = std::string(asked.password.view()),
                     .security = asked.security,
                     .channel = asked.channel,
                     .bssid = access_point_,
                     .hidden = asked.hidden,
                     .position = position_,
                     .max_stations = asked.max_stations,
                     .weakened = weakened_,
                     .dhcp = Dhcp::is_silent};
  own_channel_ = asked.channel;
  retune(now);
  medium_.own_network_started(access_point_, now);
}

/// Whoever was in it is out of it without a word to the module.
void Radio::close_network(Instant now) {
  forget<radio::StationJoined, radio::StationAddressed, radio::StationLeft>();
  stations_.clear();
  serves_ = false;
  if (!own_) return;
  own_.reset();
  medium_.own_network_ended(access_point_, now);
}

// Fidelity (our decision, dialect 10.18): Who is in a softAP whose address or netmask changes has
// lost it, and comes again for an address of the new network. Other addresses to give change
// nothing for who is there.
void Radio::serve_addresses(const lease::ServeAddresses& asked, Instant now) {
  if (!own_) return;
  const bool moves = serves_ && (own_->gateway != asked.address || own_->netmask != asked.netmask);
  serves_ = true;
  own_->network = Ipv4(asked.address.bits & asked.netmask.bits);
  own_->netmask = asked.netmask;
  own_->gateway = asked.address;
  own_->dhcp = asked.gives_addresses ? Dhcp::answers : Dhcp::is_silent;
  own_->pool = Pool{asked.first, asked.last};
  own_->lease = std::chrono::minutes(asked.lease_minutes);
  if (moves) return send_stations_away(now);
  medium_.own_network_serves(*this, now);
}

void Radio::send_stations_away(Instant now) {
  while (!stations_.empty()) part(stations_.front(), now);
  medium_.own_network_ended(access_point_, now);
}

void Radio::welcome(MacAddress station, Instant now) {
  if (std::find(stations_.begin(), stations_.end(), station) == stations_.end())
    stations_.push_back(station);
  later(now, radio::StationJoined{station});
  wake();
}

void Radio::address_given(MacAddress station, Ipv4 address, Instant at) {
  later(at, radio::StationAddressed{station, address});
  wake();
}

void Radio::part(MacAddress station, Instant now) {
  if (std::erase(stations_, station) == 0) return;
  std::erase_if(pending_, [&](const Pending& p) {
    const auto* addressed = std::get_if<radio::StationAddressed>(&p.event);
    return addressed != nullptr && addressed->mac == station && p.at > now;
  });
  later(now, radio::StationLeft{station});
  wake();
}

void Radio::expel(MacAddress station, Instant now) {
  part(station, now);
  medium_.station_expelled(access_point_, station, now);
}

void Radio::station_joins(MacAddress mac, Ipv4 address, Instant now) {
  if (!own_) return;
  welcome(mac, now);
  if (!address.is_none()) address_given(mac, address, now);
}

void Radio::station_leaves(MacAddress mac, Instant now) {
  if (!own_) return;
  std::erase(stations_, mac);
  later(now, radio::StationLeft{mac});
}

// What is due -------------------------------------------------------------------------------------

Deadline Radio::next_deadline(Instant) const {
  const Deadline visit = medium_.next_visit(*this);
  return pending_.empty() ? visit : earliest({visit, pending_.front().at});
}

std::optional<Event> Radio::next_event(Instant now) {
  medium_.let_visitors_in(*this, now);
  while (!pending_.empty() && pending_.front().at <= now) {
    const Event due = pending_.front().event;
    pending_.pop_front();
    if (const auto event = settle(due, now)) return event;
  }
  return std::nullopt;
}

/// Lets an event that is due take effect, or turns it into what the air has made of it since.
std::optional<Event> Radio::settle(const Event& due, Instant now) {
  if (const auto* joined = std::get_if<radio::Joined>(&due)) return complete(*joined, now);
  if (const auto* paired = std::get_if<radio::Paired>(&due)) return complete(*paired, now);
  if (const auto* addressed = std::get_if<lease::Addressed>(&due)) take(*addressed, now);
  return due;
}

void Radio::later(Instant at, const Event& event) {
  const auto place =
      std::find_if(pending_.begin(), pending_.end(), [at](const Pending& p) { return p.at > at; });
  pending_.insert(place, Pending{at, event});
}

template <class... Kinds>
void Radio::forget() {
  std::erase_if(pending_,
                [](const Pending& p) { return (std::holds_alternative<Kinds>(p.event) || ...); });
}

}  // namespace bfq::sim

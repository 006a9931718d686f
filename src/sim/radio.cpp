#include "sim/radio.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "base/overloaded.h"

namespace bfq::sim {
namespace {
using radio::Cipher;
using radio::JoinFailure;
using radio::Security;

constexpr Ipv4 kNetmask(255, 255, 255, 0);
constexpr int kChannels = 13;

Ipv4 gateway_of(const AccessPoint& ap) { return Ipv4(ap.network.bits | 1U); }

// Fidelity (our decision, see sim Radio): An enterprise network answers number 4; an open network takes any
// password.

/// What a join of `ap` comes to, or nothing when it succeeds.
std::optional<JoinFailure> refusal(const AccessPoint& ap, const radio::Join& join) {
  if (ap.security == Security::enterprise) return JoinFailure::refused;
  const bool weak = ap.security == Security::open || ap.security == Security::wep;
  if (weak && join.only_protected.value_or(0) != 0) return JoinFailure::refused;
  if (ap.security != Security::open && ap.password != join.password.view())
    return JoinFailure::wrong_password;
  return std::nullopt;
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
  return !scan.channel || *scan.channel == ap.channel;
}

// Fidelity (our decision, see sim Radio): A scan shows frequency offsets of 0, 802.11 b, g and n, and no WPS.
radio::AccessPoint as_seen(const AccessPoint& ap, bool by_name) {
  radio::AccessPoint seen;
  if (!ap.hidden || by_name) seen.ssid = Text<32>(slice(ap.ssid, 0, 32));
  seen.bssid = ap.bssid;
  seen.security = ap.security;
  seen.rssi = ap.rssi;
  seen.channel = ap.channel;
  seen.pairwise = seen.group = cipher_of(ap.security);
  return seen;
}

// Fidelity (our decision, see sim Radio): A passive scan, or one with times, takes them for each of 13
// channels: 360 ms passive, 120 ms active, unless the host says otherwise.

/// A scan takes the air's usual time, unless the host wants to listen in its own way.
Duration scan_time(const radio::Scan& scan, const Delays& delays) {
  const bool passive = scan.type == radio::ScanType::passive;
  if (!passive && !scan.shortest_ms && !scan.longest_ms) return delays.scan;
  int each_ms = scan.longest_ms.value_or(0);
  if (each_ms == 0) each_ms = passive ? 360 : 120;
  each_ms = std::max<int>(each_ms, scan.shortest_ms.value_or(0));
  return std::max<Duration>(delays.scan, std::chrono::milliseconds(each_ms * (scan.channel ? 1 : kChannels)));
}
}  // namespace

bool Radio::request(const Request& request, Instant now) {
  return std::visit(overloaded{
                        [&](const radio::Join& j) { return join(j, now), true; },
                        [&](const radio::Leave&) { return leave(), true; },
                        [&](const radio::Scan& s) { return scan(s, now), true; },
                        [&](const net::ObtainAddress& o) { return obtain_address(o, now), true; },
                        [&](const net::UseAddress& u) { return use_address(u, now), true; },
                        [&](const radio::StartAccessPoint& a) { return start_access_point(a), true; },
                        [&](const radio::StopAccessPoint&) { return start_access_point(std::nullopt), true; },
                        [&](const net::ServeAddresses& s) { return serve_addresses(s), true; },
                        [](const auto&) { return false; },
                    },
                    request);
}

void Radio::join(const radio::Join& join, Instant now) {
  leave();
  const Delays& delays = air_->delays;
  const AccessPoint* ap = strongest(join);
  if (ap == nullptr)
    return later(now + delays.scan, radio::JoinFailed{join.ticket, JoinFailure::no_such_network});
  if (ap->silent) return;
  if (const auto why = refusal(*ap, join)) {
    const Duration takes = why == JoinFailure::wrong_password ? delays.reject_password : delays.associate;
    return later(now + takes, radio::JoinFailed{join.ticket, *why});
  }
  later(now + delays.associate, radio::Joined{join.ticket, ap->bssid, ap->channel, ap->rssi}, ap->bssid);
}

const AccessPoint* Radio::strongest(const radio::Join& join) const {
  const AccessPoint* best = nullptr;
  for (const AccessPoint& ap : air_->access_points) {
    if (ap.ssid != join.ssid.view() || (join.bssid && *join.bssid != ap.bssid)) continue;
    if (best == nullptr || ap.rssi > best->rssi) best = &ap;
  }
  return best;
}

void Radio::leave() {
  forget<radio::Joined, radio::JoinFailed, radio::Lost, net::Addressed, net::AddressFailed>();
  association_.reset();
}

void Radio::scan(const radio::Scan& scan, Instant now) {
  forget<radio::Found, radio::ScanDone>();
  std::vector<const AccessPoint*> found;
  for (const AccessPoint& ap : air_->access_points)
    if (fits(ap, scan)) found.push_back(&ap);
  std::stable_sort(found.begin(), found.end(), [](auto* a, auto* b) { return a->channel < b->channel; });
  const Duration takes = scan_time(scan, air_->delays);
  for (const AccessPoint* ap : found)  // each one while the scan is on its channel
    later(now + takes * std::min<int>(ap->channel, kChannels) / (kChannels + 1),
          radio::Found{scan.ticket, as_seen(*ap, scan.ssid.has_value())});
  later(now + takes, radio::ScanDone{scan.ticket, true});
}

void Radio::obtain_address(const net::ObtainAddress& asked, Instant now) {
  forget<net::Addressed, net::AddressFailed>();
  const AccessPoint* ap = association_ ? find_access_point(*air_, association_->bssid) : nullptr;
  if (ap == nullptr) return later(now, net::AddressFailed{asked.ticket});
  if (ap->dhcp == Dhcp::is_silent) return;
  const Ipv4 address = ap->dhcp == Dhcp::refuses ? Ipv4{} : lease_address(*air_, *ap, station_);
  const Instant at = now + air_->delays.address;
  if (address.is_none()) return later(at, net::AddressFailed{asked.ticket});
  later(at, net::Addressed{asked.ticket, address, gateway_of(*ap), kNetmask});
}

void Radio::use_address(const net::UseAddress& asked, Instant now) {
  forget<net::Addressed, net::AddressFailed>();
  later(now, net::Addressed{asked.ticket, asked.address, asked.gateway, asked.netmask});
}

void Radio::serve_addresses(const net::ServeAddresses& served) {
  own_lan_ = Lan{{}, served.address, served.address, served.netmask};
}

/// Whoever was in the old network of our own is out of it without a word.
void Radio::start_access_point(std::optional<radio::StartAccessPoint> network) {
  forget<radio::StationJoined, radio::StationAddressed, radio::StationLeft>();
  access_point_ = network;
}

void Radio::station_joins(MacAddress mac, Ipv4 address, Instant now) {
  if (!access_point_) return;
  later(now, radio::StationJoined{mac});
  if (!address.is_none()) later(now, radio::StationAddressed{mac, address});
}

void Radio::station_leaves(MacAddress mac, Instant now) {
  if (access_point_) later(now, radio::StationLeft{mac});
}

void Radio::update(Instant now) {
  if (!association_ || find_access_point(*air_, association_->bssid) != nullptr) return;
  const Ticket ticket = association_->ticket;
  leave();
  later(now, radio::Lost{ticket});
}

Deadline Radio::next_deadline() const {
  return pending_.empty() ? Deadline::never() : Deadline(pending_.front().at);
}

std::optional<Event> Radio::next_event(Instant now) {
  if (!next_deadline().due(now)) return std::nullopt;
  const Pending due = pending_.front();
  pending_.pop_front();
  return settle(due);
}

/// Lets an event that is due take effect, or turns it into what the air has made of it since.
Event Radio::settle(const Pending& due) {
  if (const auto* joined = std::get_if<radio::Joined>(&due.event)) {
    if (find_access_point(*air_, due.bssid) == nullptr)
      return radio::JoinFailed{joined->ticket, JoinFailure::no_such_network};
    association_ = Association{joined->ticket, due.bssid, std::nullopt};
  }
  if (const auto* addressed = std::get_if<net::Addressed>(&due.event); addressed != nullptr && association_)
    association_->lan = Lan{association_->bssid, addressed->address, addressed->gateway, addressed->netmask};
  return due.event;
}

std::optional<Lan> Radio::lan() const { return association_ ? association_->lan : std::nullopt; }

void Radio::power_off() {
  pending_.clear();
  association_.reset();
  access_point_.reset();
  own_lan_.reset();
}

void Radio::later(Instant at, const Event& event, MacAddress bssid) {
  const auto place =
      std::find_if(pending_.begin(), pending_.end(), [at](const Pending& p) { return p.at > at; });
  pending_.insert(place, Pending{at, event, bssid});
}

template <class... Kinds>
void Radio::forget() {
  std::erase_if(pending_, [](const Pending& p) { return (std::holds_alternative<Kinds>(p.event) || ...); });
}

}  // namespace bfq::sim

#include "module/soft_ap.h"

#include <algorithm>
#include <utility>

#include "module/chip.h"

namespace bfq {
void SoftAp::start(Chip& chip) {
  if (running_) forget_guests(chip);
  running_ = true;
  const Settings& settings = chip.settings();
  chip.request(radio::StartAccessPoint{
      .ssid = settings.soft_ap.ssid,
      .password = settings.soft_ap.password,
      .security = static_cast<radio::Security>(settings.soft_ap.security),
      .channel = soft_ap_channel(settings),
      .max_stations = std::min<std::uint8_t>(settings.soft_ap.max_stations, kMostStations),
      .hidden = settings.soft_ap.hidden,
  });
  serve(chip);
}

void SoftAp::serve(Chip& chip) {
  if (!running_) return;
  const Settings& settings = chip.settings();
  const PoolSettings pool = pool_in_use(settings);
  chip.request(lease::ServeAddresses{
      .address = settings.soft_ap_address.address,
      .netmask = settings.soft_ap_address.netmask,
      .gives_addresses = settings.dhcp.soft_ap,
      .first = pool.first,
      .last = pool.last,
      .lease_minutes = pool.lease_minutes,
  });
}

void SoftAp::stop(Chip& chip) {
  if (!running_) return;
  running_ = false;
  chip.request(radio::StopAccessPoint{});
  forget_guests(chip);
}

/// The stations go, and with them the links that went through the softAP.
void SoftAp::forget_guests(Chip& chip) {
  for (Guest& guest : guests_) {
    if (guest.present) chip.notify({.kind = Urc::Kind::station_disconnected, .mac = guest.mac});
    guest = {};
  }
  chip.links().close_links_through(chip, net::Interface::soft_ap);
}

void SoftAp::expel_all(Chip& chip) {
  for (const Guest& guest : guests_)
    if (guest.present) chip.request(radio::Expel{guest.mac});
}

void SoftAp::expel(Chip& chip, const MacAddress& mac) {
  if (find(mac) != nullptr) chip.request(radio::Expel{mac});
}

at::Answer SoftAp::list_stations(Chip& chip) const {
  for (const Guest& guest : guests_) {
    if (!guest.present || guest.address.is_none()) continue;
    chip.reply()
        .text(at::Word::station_of_soft_ap)
        .address(guest.address)
        .comma()
        .bare_mac(guest.mac)
        .end();
  }
  return at::Answer::ok;
}

const SoftAp::Guest* SoftAp::find(const MacAddress& mac) const {
  const auto* const guest = std::find_if(guests_.begin(), guests_.end(),
                                         [&](const Guest& g) { return g.present && g.mac == mac; });
  return guest == guests_.end() ? nullptr : guest;
}
SoftAp::Guest* SoftAp::find(const MacAddress& mac) {
  return const_cast<Guest*>(std::as_const(*this).find(mac));
}

void SoftAp::describe(Status& status) const {
  for (std::size_t i = 0; i < guests_.size(); ++i)
    status.stations[i] = {guests_[i].present, guests_[i].mac, guests_[i].address};
}

bool SoftAp::restored() const {
  return std::all_of(guests_.begin(), guests_.end(),
                     [this](const Guest& g) { return !g.present || find(g.mac) == &g; });
}

/// From the last line back: how many are there by what the host has then heard.
bool SoftAp::agrees_with(const UrcQueue& urcs) const {
  auto there = static_cast<std::size_t>(
      std::count_if(guests_.begin(), guests_.end(), [](const Guest& g) { return g.present; }));
  const auto lines = urcs.all();
  return std::all_of(lines.rbegin(), lines.rend(), [&](const Urc& urc) {
    if (urc.kind == Urc::Kind::station_disconnected) return ++there <= kMostStations;
    if (urc.kind == Urc::Kind::station_connected) --there;
    const bool tells_of_one =
        urc.kind == Urc::Kind::station_connected || urc.kind == Urc::Kind::station_address;
    return !tells_of_one || find(urc.mac) != nullptr;
  });
}

void SoftAp::on(Chip& chip, const radio::StationJoined& event) {
  if (!running_ || find(event.mac) != nullptr) return;
  auto* const place =
      std::find_if(guests_.begin(), guests_.end(), [](const Guest& g) { return !g.present; });
  if (place == guests_.end()) return;
  *place = {.present = true, .mac = event.mac};
  chip.notify({.kind = Urc::Kind::station_connected, .mac = event.mac});
}

void SoftAp::on(Chip& chip, const radio::StationAddressed& event) {
  Guest* guest = find(event.mac);
  if (guest == nullptr || guest->address == event.address) return;
  guest->address = event.address;
  chip.notify({.kind = Urc::Kind::station_address, .mac = event.mac, .address = event.address});
}

void SoftAp::on(Chip& chip, const radio::StationLeft& event) {
  Guest* guest = find(event.mac);
  if (guest == nullptr) return;
  *guest = {};
  chip.notify({.kind = Urc::Kind::station_disconnected, .mac = event.mac});
}
}  // namespace bfq

#include "daemon/wifi/own_network.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "daemon/process/printable.h"
#include "daemon/wifi/scan_text.h"

namespace bfq::wifi {
namespace {
using radio::Security;

std::string_view protocols_of(Security security) {
  switch (security) {
    case Security::wpa: return "WPA";
    case Security::wpa_wpa2: return "WPA RSN";
    case Security::open:
    case Security::wep:
    case Security::wpa2:
    case Security::enterprise: break;
  }
  return "RSN";
}

std::string_view ciphers_of(Security security) {
  switch (security) {
    case Security::wpa: return "TKIP";
    case Security::wpa_wpa2: return "CCMP TKIP";
    case Security::open:
    case Security::wep:
    case Security::wpa2:
    case Security::enterprise: break;
  }
  return "CCMP";
}

std::optional<MacAddress> station_in(std::string_view event) {
  const std::size_t at = event.find(' ');
  if (at == std::string_view::npos) return std::nullopt;
  return parse_mac(event.substr(at + 1));
}
}  // namespace

OwnNetwork::OwnNetwork(boost::asio::io_context& io, Helper& helper, std::string name,
                       std::function<void(const Event&)> tell, std::function<void()> changed)
    : helper_(helper),
      name_(std::move(name)),
      tell_(std::move(tell)),
      changed_(std::move(changed)),
      all_(
          io, [](std::string_view) {}, [this] { supplicant_hangs(); }),
      supplicant_(
          io, [this](std::string_view event) { happened(event); }, [this] { supplicant_hangs(); }) {
}

// Opening -----------------------------------------------------------------------------------------

void OwnNetwork::start(const radio::StartAccessPoint& asked) {
  stop();
  wanted_ = asked;
  open();
}

void OwnNetwork::stop() {
  if (!wanted_) return;
  wanted_.reset();
  addresses_.reset();
  guests_.clear();
  close();
}

/// A network that is open already moves with the station: a radio has one channel.
void OwnNetwork::station_is_on(unsigned frequency) {
  station_frequency_ = frequency;
  if (!wanted_ || frequency == 0 || frequency == frequency_) return;
  send_all_away();
  close();
  open();
}

/// The interface comes first: see interface_is_made(). Whatever is left of a former one has to be
/// out of the supplicant's hands by then.
void OwnNetwork::open() {
  if (!all_.is_open() || !wanted_) return;
  frequency_ = station_frequency_ != 0 ? station_frequency_ : frequency_of(wanted_->channel);
  all_.ask(
      "INTERFACE_REMOVE " + helper_.spec().access_point_interface(),
      [this, opening = ++openings_](std::string_view) {
        if (opening == openings_)
          helper_.give({.kind = Order::Kind::make_access_point, .mac = mac_, .number = opening});
      });
}

void OwnNetwork::interface_is_made(const Report& report) {
  if (report.number != openings_ || !wanted_) return;
  // Name, configuration, driver, control directory.
  all_.ask(fmt::format("INTERFACE_ADD {}\t{}\tnl80211\t{}", helper_.spec().access_point_interface(),
                       helper_.configuration(), helper_.control_directory()),
           [this, opening = openings_](std::string_view answer) {
             if (opening != openings_) return;
             if (answer.starts_with("OK")) return configure();
             spdlog::error("{}: wpa_supplicant cannot use the interface of the access point",
                           name_);
           });
}

void OwnNetwork::interface_is_refused(const Report& report) {
  if (report.number == openings_) spdlog::error("{}: there is no access point", name_);
}

void OwnNetwork::configure() {
  supplicant_.open(helper_.access_point_socket());
  const radio::StartAccessPoint& asked = *wanted_;
  const auto set = [this](const std::string& what) { supplicant_.ask("SET_NETWORK 0 " + what); };
  supplicant_.ask("AP_SCAN 2");  // it looks for nobody first, which takes 10 s
  supplicant_.ask(fmt::format("SET max_num_sta {}", asked.max_stations));
  supplicant_.ask("ADD_NETWORK");
  set("mode 2");
  set("ssid " + hexadecimal(asked.ssid.view()));
  set(fmt::format("frequency {}", frequency_));
  if (asked.hidden) set("ignore_broadcast_ssid 1");
  if (asked.security == Security::open) {
    set("key_mgmt NONE");
  } else {
    set("key_mgmt WPA-PSK");
    set(fmt::format("proto {}", protocols_of(asked.security)));
    set(fmt::format("pairwise {}", ciphers_of(asked.security)));
    set("psk " + quoted_password(asked.password.view()));
  }
  supplicant_.ask("SELECT_NETWORK 0", [this](std::string_view answer) {
    if (!answer.starts_with("OK")) spdlog::error("{}: the driver opens no access point", name_);
  });
}

void OwnNetwork::close() {
  ++openings_;
  is_enabled_ = false;
  lan_.reset();
  supplicant_.close();
  helper_.give({.kind = Order::Kind::stop_serving});
  all_.ask("INTERFACE_REMOVE " + helper_.spec().access_point_interface(),
           [this, closing = openings_](std::string_view) {
             if (closing == openings_) helper_.give({.kind = Order::Kind::remove_access_point});
           });
}

void OwnNetwork::send_all_away() {
  for (const MacAddress guest : std::exchange(guests_, {})) tell_(radio::StationLeft{guest});
}

void OwnNetwork::expel(MacAddress guest) { supplicant_.ask("DEAUTHENTICATE " + text_of(guest)); }

// Addresses ---------------------------------------------------------------------------------------

void OwnNetwork::serve(const lease::ServeAddresses& asked) {
  if (!wanted_) return;
  const bool moves =
      addresses_ && (addresses_->address != asked.address || addresses_->netmask != asked.netmask);
  addresses_ = asked;
  if (!moves) return give_addresses();
  send_all_away();
  close();
  open();
}

void OwnNetwork::give_addresses() {
  if (!is_enabled_ || !addresses_) return;
  helper_.give({.kind = Order::Kind::serve_addresses,
                .address = addresses_->address,
                .netmask = addresses_->netmask,
                .gives_addresses = addresses_->gives_addresses,
                .first = addresses_->first,
                .last = addresses_->last,
                .lease_minutes = addresses_->lease_minutes});
  lan_ = sockets::VirtualLan{.address = addresses_->address,
                             .gateway = addresses_->address,
                             .netmask = addresses_->netmask};
  changed_();
}

void OwnNetwork::guest_addressed(const Report& report) {
  if (std::find(guests_.begin(), guests_.end(), report.mac) != guests_.end())
    tell_(radio::StationAddressed{report.mac, report.address});
}

// What the supplicant tells -----------------------------------------------------------------------

void OwnNetwork::happened(std::string_view event) {
  if (event.starts_with("AP-ENABLED")) {
    is_enabled_ = true;
    spdlog::info("{}: its access point is open on {} MHz", name_, frequency_);
    return give_addresses();
  }
  const auto guest = station_in(event);
  if (!guest) return;
  if (event.starts_with("AP-STA-CONNECTED")) {
    if (std::find(guests_.begin(), guests_.end(), *guest) != guests_.end()) return;
    guests_.push_back(*guest);
    tell_(radio::StationJoined{*guest});
  } else if (event.starts_with("AP-STA-DISCONNECTED") && std::erase(guests_, *guest) > 0) {
    tell_(radio::StationLeft{*guest});
  }
}

void OwnNetwork::supplicant_is_there() {
  all_.open(helper_.global_socket());
  open();
}

void OwnNetwork::supplicant_hangs() { helper_.give({.kind = Order::Kind::restart_supplicant}); }

void OwnNetwork::supplicant_is_gone() {
  all_.close();
  supplicant_.close();
  is_enabled_ = false;
  lan_.reset();
  helper_.give({.kind = Order::Kind::stop_serving});
  send_all_away();
}
}  // namespace bfq::wifi

#include "module/station.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "module/chip.h"
#include "module/wire_names.h"

namespace bfq {
namespace {
// Dialect 3.2: a pairing's join gives up after about 15 s; others as the settings say.
constexpr Duration kJoinGivesUp = 15s;
// Ours: no scan takes longer than its channels times the longest time for each, and a margin.
// Fidelity (our decision, dialect 3.2.14): A scan that never ends answers ERROR after 30 s.
constexpr Duration kScanGivesUp = 30s;
// Ours: how long after a loss, or a failed attempt to come back, the station tries again.
constexpr Duration kRetryAfterLoss = 1s;
constexpr Duration kRetryAfterFailure = 3s;
// Fidelity (our decision, Wi-Fi Protected Setup): A pairing gives up after 120 s.
constexpr Duration kPairingGivesUp = 120s;

radio::ChannelRange channels_of(const Settings& settings) {
  return {settings.country.first_channel, settings.country.channels};
}

/// Where there is no name, there is no network.
at::Answer show(Chip& chip, const Text<32>& name, const radio::Joined& access_point,
                bool only_protected) {
  if (name.empty()) {
    chip.reply().line(at::Word::no_access_point);
    return at::Answer::ok;
  }
  at::Reply reply = chip.info();
  reply.quoted(name.view()).comma().mac(access_point.bssid);
  reply.comma().number(access_point.channel).comma().number(access_point.rssi);
  const at::SwitchPoints::NetworkReply last = chip.dialect().switches.network_reply;
  if (last != at::SwitchPoints::NetworkReply::four_fields)
    reply.comma().number(only_protected ? 1 : 0);
  if (last == at::SwitchPoints::NetworkReply::with_options) {
    const JoinOptions& options = chip.settings().join_options;
    reply.comma().number(options.rejoin_s).comma().number(options.listen_interval);
    reply.comma().number(options.scan_mode).comma().number(options.management_protection);
  }
  reply.end();
  return at::Answer::ok;
}

Duration join_gives_up(const Chip& chip) {
  return std::chrono::seconds(chip.settings().join_options.timeout_s);
}

bool rejoins_as_configured(const Chip& chip) {
  return chip.dialect().switches.rejoin == at::SwitchPoints::Rejoin::as_configured;
}

radio::Join request_for(const NetworkSettings& network) {
  radio::Join join{.ssid = network.ssid, .password = network.password, .bssid = network.bssid};
  if (network.only_protected) join.only_protected = 1;
  return join;
}
}  // namespace

// What commands do --------------------------------------------------------------------------------

at::Answer Station::join(Chip& chip) {
  const bool stays =
      chip.dialect().switches.join_again == at::SwitchPoints::JoinAgain::keeps_association;
  const NetworkSettings& wanted = chip.settings().network;
  if (stays && has_address() && is_joined_to(wanted) && network_.password == wanted.password)
    return at::Answer::ok;
  disassociate(chip);
  is_unsaved_ = false;
  chip.take_back_phone();
  network_ = request_for(chip.settings().network);
  attempts_ = 0;
  associate(chip, Deadline::never());
  chip.start(Joining{.give_up = chip.now() + join_gives_up(chip)});
  return at::Answer::later;
}

at::Answer Station::show_network(Chip& chip) const {
  return show(chip, associated() ? network_.ssid : Text<32>{}, joined_,
              network_.only_protected.value_or(0) != 0);
}

at::Answer Station::show_state(Chip& chip) const {
  int state = had_address_ ? 4 : 0;
  switch (phase_) {
    case Phase::idle:
    case Phase::pairing:
    case Phase::awaiting_phone: break;
    case Phase::addressing: state = 1; break;
    case Phase::up: state = 2; break;
    case Phase::associating:
    case Phase::waiting: state = 3; break;
  }
  chip.info()
      .number(state)
      .comma()
      .quoted(state == 0 ? std::string_view{} : network_.ssid.view())
      .end();
  return at::Answer::ok;
}

at::Answer Station::show_stored(Chip& chip, const NetworkSettings& stored) const {
  const radio::Joined out_of_sight{.bssid = stored.bssid.value_or(MacAddress{})};
  return show(chip, stored.ssid, is_joined_to(stored) ? joined_ : out_of_sight,
              stored.only_protected);
}

bool Station::is_joined_to(const NetworkSettings& network) const {
  return associated() && network_.ssid == network.ssid &&
         network.bssid.value_or(joined_.bssid) == joined_.bssid;
}

at::Answer Station::leave(Chip& chip) {
  disassociate(chip);
  return at::Answer::ok;
}

at::Answer Station::scan(Chip& chip, const radio::Scan& what) {
  radio::Scan request = what;
  request.ticket = chip.new_ticket();
  request.channels = channels_of(chip.settings());
  found_count_ = 0;
  chip.request(request);
  chip.start(Scanning{.ticket = request.ticket, .give_up = chip.now() + kScanGivesUp});
  return at::Answer::later;
}

void Station::disassociate(Chip& chip) {
  if (phase_ == Phase::idle) return;
  const bool was_associated = associated();
  if (phase_ != Phase::waiting) chip.request(radio::Leave{});
  phase_ = Phase::idle;
  retry_ = Deadline::never();
  joins_as_told_ = false;
  if (!was_associated) return;
  chip.notify({.kind = Urc::Kind::wifi_disconnect});
  chip.links().close_links_through(chip, net::Interface::station);
}

// Not by assigning a new Station: that one would lie on the stack, with room for a whole scan.
void Station::reset() {
  phase_ = Phase::idle;
  network_ = {};
  joined_ = {};
  address_ = {};
  retry_ = Deadline::never();
  options_ = {};
  host_name_ = {};
  power_ = radio::kMostPower;
  had_address_ = false;
  attempts_ = 0;
  joins_as_told_ = is_unsaved_ = false;
  found_count_ = 0;
}

void Station::set_power(Chip& chip, std::uint8_t quarter_dbm) {
  if (quarter_dbm == std::exchange(power_, quarter_dbm)) return;
  chip.request(radio::SetPower{quarter_dbm});
}

// Pairing -----------------------------------------------------------------------------------------

// Fidelity (our decision, dialect 4.2.10): AT+WPS=1 answers OK at once, and ends an association;
// what comes of it follows in lines. The network that it finds is joined until the next reset.
void Station::pair(Chip& chip) {
  disassociate(chip);
  network_ = {.ticket = chip.new_ticket()};
  chip.request(radio::Pair{network_.ticket, channels_of(chip.settings())});
  phase_ = Phase::pairing;
  retry_ = chip.now() + kPairingGivesUp;
}

void Station::stop_pairing(Chip& chip) {
  if (phase_ == Phase::pairing) disassociate(chip);
}

void Station::on(Chip& chip, const radio::Paired& event) {
  if (phase_ != Phase::pairing || event.ticket != network_.ticket) return;
  chip.notify({.kind = Urc::Kind::wps_success});
  network_ = {.ssid = event.ssid, .password = event.password, .bssid = event.bssid};
  associate(chip, chip.now() + kJoinGivesUp);
}

void Station::on(Chip& chip, const radio::PairFailed& event) {
  if (phase_ == Phase::pairing && event.ticket == network_.ticket) fail_pairing(chip);
}

void Station::fail_pairing(Chip& chip) {
  disassociate(chip);
  chip.notify({.kind = Urc::Kind::wps_fail});
}

// SmartConfig -------------------------------------------------------------------------------------

// Fidelity (our decision, personalities 2.1.11): AT+CWSTARTSMART ends an association, as AT+WPS
// does.
void Station::await_phone(Chip& chip, std::uint8_t methods) {
  disassociate(chip);
  network_ = {.ticket = chip.new_ticket()};
  chip.request(radio::AwaitPhone{network_.ticket, methods, channels_of(chip.settings())});
  phase_ = Phase::awaiting_phone;
}

void Station::stop_awaiting_phone(Chip& chip) {
  if (phase_ == Phase::awaiting_phone) disassociate(chip);
}

void Station::on(Chip& chip, const radio::PhoneTold& event) {
  if (phase_ != Phase::awaiting_phone || event.ticket != network_.ticket) return;
  phone_method_ = event.method;
  is_unsaved_ = true;
  chip.notify({.kind = Urc::Kind::phone_found});
  chip.notify({.kind = Urc::Kind::phone_network});
  network_ = {.ssid = event.ssid, .password = event.password};
  associate(chip, chip.now() + kJoinGivesUp);
  joins_as_told_ = true;
}

void Station::fail_as_told(Chip& chip) {
  disassociate(chip);
  chip.notify({.kind = Urc::Kind::phone_failed});
}

void Station::store_network(Chip& chip) {
  if (!is_unsaved_ || !chip.may_store()) return;
  is_unsaved_ = false;
  chip.remember_network({.ssid = network_.ssid, .password = network_.password});
}

void Station::say_phone(at::Reply reply, Urc::Kind kind) const {
  if (kind == Urc::Kind::phone_found) {
    reply.text(at::Word::phone_type).line(at::Choices<radio::PhoneMethod>::word(phone_method_));
    return reply.line(at::Word::phone_found);
  }
  reply.text(at::Word::phone_ssid).line(network_.ssid.view());
  reply.text(at::Word::phone_password).line(network_.password.view());
}

// Joining -----------------------------------------------------------------------------------------

void Station::join_by_itself(Chip& chip) {
  network_ = request_for(chip.settings().network);
  attempts_ = 0;
  associate(chip, chip.now() + join_gives_up(chip));
}

void Station::associate(Chip& chip, Deadline retry) {
  network_.ticket = chip.new_ticket();
  network_.channels = channels_of(chip.settings());
  chip.request(network_);
  phase_ = Phase::associating;
  retry_ = retry;
}

void Station::on(Chip& chip, const radio::Joined& event) {
  if (phase_ != Phase::associating || event.ticket != network_.ticket) return;
  joined_ = event;
  phase_ = Phase::addressing;
  chip.notify({.kind = Urc::Kind::wifi_connected});
  request_address(chip);
}

/// Without DHCP and without an address of its own the station never comes up, and the join is given
/// up in time.
void Station::request_address(Chip& chip) {
  const Settings& settings = chip.settings();
  const AddressSettings& fixed = settings.station_address;
  address_.ticket = chip.new_ticket();
  if (settings.dhcp.station) {
    chip.request(lease::ObtainAddress{address_.ticket});
  } else if (!fixed.address.is_none()) {
    chip.request(lease::UseAddress{address_.ticket, fixed.address, fixed.gateway, fixed.netmask});
  }
}

void Station::renew_address(Chip& chip) {
  if (associated()) request_address(chip);
}

void Station::on(Chip& chip, const lease::Addressed& event) {
  if (!associated() || event.ticket != address_.ticket) return;
  const bool first = phase_ == Phase::addressing;
  address_ = event;
  phase_ = Phase::up;
  // Fidelity (our decision, dialect 7.1): A change of address while joined prints nothing.
  if (!first) return;  // a change while joined prints nothing (dialect 7)
  retry_ = Deadline::never();
  had_address_ = true;
  attempts_ = 0;
  chip.links().forget_history();
  chip.notify({.kind = Urc::Kind::wifi_got_ip});
  if (std::exchange(joins_as_told_, false)) chip.notify({.kind = Urc::Kind::phone_joined});
  chip.time_sync().network_is_up(chip);
  if (chip.job<Joining>() != nullptr) chip.finish(at::Answer::ok);
}

// Fidelity (our decision, dialect 0.4.23): A DHCP server that refuses an address, or has none
// left, ends the attempt at once and without DHCP TIMEOUT, which is said where nobody answered in
// time.
void Station::on(Chip& chip, const lease::AddressFailed& event) {
  if (phase_ != Phase::addressing || event.ticket != address_.ticket) return;
  if (joins_as_told_) return fail_as_told(chip);
  disassociate(chip);
  if (chip.job<Joining>() != nullptr) return fail_join(chip, radio::JoinFailure::timed_out);
  retry_later(chip, kRetryAfterFailure);
}

void Station::on(Chip& chip, const radio::JoinFailed& event) {
  if (phase_ != Phase::associating || event.ticket != network_.ticket) return;
  if (chip.job<Joining>() != nullptr) return fail_join(chip, event.why);
  if (joins_as_told_) return fail_as_told(chip);
  retry_later(chip, kRetryAfterFailure);
}

/// After a failure the station is idle: it does not try again (dialect 3.2), unless it is
/// configured to.
void Station::fail_join(Chip& chip, radio::JoinFailure why) {
  phase_ = Phase::idle;
  retry_ = Deadline::never();
  const std::string_view name = at::failure_name(chip.dialect(), chip.command().name);
  chip.info(name).number(static_cast<int>(why)).end();
  chip.finish(at::Answer::fail);
  if (rejoins_as_configured(chip)) retry_as_configured(chip);
}

void Station::give_up(Chip& chip, const Joining&) {
  give_up_attempt(chip);
  fail_join(chip, radio::JoinFailure::timed_out);
}

/// Time is up for an attempt, whoever wanted it.
void Station::give_up_attempt(Chip& chip) {
  const bool asked_for_address = phase_ == Phase::addressing && chip.settings().dhcp.station;
  if (asked_for_address && !chip.dialect().words[at::Word::dhcp_timeout].empty())
    chip.notify({.kind = Urc::Kind::dhcp_timeout});
  disassociate(chip);
}

// Losing the access point, and coming back --------------------------------------------------------

void Station::on(Chip& chip, const radio::Lost& event) {
  if (!associated() || event.ticket != network_.ticket) return;
  // Fidelity (our decision, dialect 0.4.6): A lost access point: WIFI DISCONNECT, then CLOSED for
  // each link of the station, lowest number first, UDP included; links of the softAP's clients
  // stay.
  if (joins_as_told_) return fail_as_told(chip);
  phase_ = Phase::idle;
  if (chip.job<Joining>() == nullptr) retry_later(chip, kRetryAfterLoss);
  chip.notify({.kind = Urc::Kind::wifi_disconnect});
  chip.links().close_links_through(chip, net::Interface::station);
  if (chip.job<Joining>() != nullptr) fail_join(chip, radio::JoinFailure::refused);
}

// Fidelity (our decision, dialect 3.2.15): AT+CWJAP? shows the signal and the channel as they are
// now, not as they were at the join.
void Station::on(Chip&, const radio::Signal& event) {
  if (!associated() || event.ticket != network_.ticket) return;
  joined_.rssi = event.rssi;
  joined_.channel = event.channel;
}

void Station::retry_later(Chip& chip, Duration after) {
  if (rejoins_as_configured(chip)) return retry_as_configured(chip);
  phase_ = Phase::waiting;
  retry_ = chip.now() + after;
}

/// AT+CWRECONNCFG: so many attempts, that far apart; none without a time between them.
void Station::retry_as_configured(Chip& chip) {
  const JoinOptions& options = chip.settings().join_options;
  const bool gives_up = options.rejoins != 0 && attempts_ >= options.rejoins;
  phase_ = options.rejoin_s == 0 || gives_up ? Phase::idle : Phase::waiting;
  retry_ = Deadline::never();
  if (phase_ == Phase::idle) return;
  if (options.rejoins != 0) ++attempts_;
  retry_ = chip.now() + std::chrono::seconds(options.rejoin_s);
}

void Station::advance(Chip& chip) {
  if (!retry_.due(chip.now())) return;
  if (phase_ == Phase::waiting) return associate(chip, chip.now() + join_gives_up(chip));
  if (phase_ == Phase::pairing) return fail_pairing(chip);
  const bool was_told = joins_as_told_;
  give_up_attempt(chip);
  if (was_told) return chip.notify({.kind = Urc::Kind::phone_failed});
  retry_later(chip, kRetryAfterFailure);
}

void Station::describe(Status& status) const {
  status.associated = associated();
  status.ssid = network_.ssid;
  const AddressSettings has = address();
  status.station_address = has.address;
  status.gateway = has.gateway;
  status.netmask = has.netmask;
  if (!associated()) return;
  status.access_point = joined_.bssid;
  status.channel = joined_.channel;
  status.rssi = joined_.rssi;
}

AddressSettings Station::address() const {
  if (!has_address()) return {};
  return {address_.address, address_.gateway, address_.netmask};
}

// Scanning ----------------------------------------------------------------------------------------

void Station::on(Chip& chip, const radio::Found& event) {
  const auto* job = chip.job<Scanning>();
  if (job == nullptr || job->step != Scanning::Step::looking || event.ticket != job->ticket) return;
  remember(event.access_point);
}

void Station::remember(const radio::ScanResult& access_point) {
  const bool is_shown =
      (options_.securities >> static_cast<unsigned>(access_point.security) & 1U) != 0;
  if (access_point.rssi < options_.weakest || !is_shown) return;
  if (found_count_ < found_.size()) {
    found_[found_count_++] = access_point;
    return;
  }
  auto* const weakest = std::min_element(
      found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.rssi < b.rssi; });
  if (weakest->rssi < access_point.rssi) *weakest = access_point;
}

void Station::on(Chip& chip, const radio::ScanDone& event) {
  auto* job = chip.job<Scanning>();
  if (job == nullptr || job->step != Scanning::Step::looking || event.ticket != job->ticket) return;
  if (!event.succeeded) return chip.finish(at::Answer::error);
  if (options_.by_strength) sort_found();
  job->step = Scanning::Step::listing;
  job->give_up = Deadline::never();
}

/// Strongest first; of equals, the lower address, so that the order is the same every time. At most
/// limits::kScanResults are sorted by selection: std::sort is 800 bytes of an image.
void Station::sort_found() {
  const auto comes_first = [](const auto& a, const auto& b) {
    return a.rssi != b.rssi ? a.rssi > b.rssi : a.bssid < b.bssid;
  };
  auto* const end = found_.begin() + found_count_;
  for (auto* at = found_.begin(); at != end; ++at)
    std::iter_swap(at, std::min_element(at, end, comes_first));
}

void Station::list(Chip& chip) {
  auto* job = chip.job<Scanning>();
  if (job == nullptr || job->step != Scanning::Step::listing) return;
  while (job->next < found_count_) {
    if (!chip.has_room_for_a_line()) return;
    print(chip, found_[job->next++]);
  }
  chip.finish(at::Answer::ok);
}

void Station::print(Chip& chip, const radio::ScanResult& ap) const {
  at::Reply reply = chip.info();
  unsigned bit = 0;
  bool first = true;
  // Says whether the next field is wanted, and separates it from the one before.
  const auto wanted = [&] {
    if ((options_.mask >> bit++ & 1U) == 0) return false;
    if (!first) reply.comma();
    first = false;
    return true;
  };
  const auto field = [&](int n) {
    if (wanted()) reply.number(n);
  };
  reply.text("(");
  field(static_cast<int>(ap.security));
  if (wanted()) reply.quoted(ap.ssid.view());
  field(ap.rssi);
  if (wanted()) reply.mac(ap.bssid);
  field(ap.channel);
  const bool knows_figures =
      chip.dialect().switches.scan_figures == at::SwitchPoints::ScanFigures::measured;
  field(knows_figures ? ap.frequency_offset : -1);
  field(knows_figures ? ap.frequency_calibration : -1);
  field(static_cast<int>(ap.pairwise));
  field(static_cast<int>(ap.group));
  field(ap.standards);
  field(ap.wps ? 1 : 0);
  reply.text(")").end();
}

void Station::give_up(Chip& chip, const Scanning&) { chip.finish(at::Answer::error); }
}  // namespace bfq

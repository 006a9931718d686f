#include "daemon/wifi/wifi_radio.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/overloaded.h"
#include "daemon/process/printable.h"

namespace bfq::wifi {
namespace {
using radio::JoinFailure;
using radio::Security;

// Ours: after so many scans of the supplicant's own an access point is not there any more.
constexpr int kMisses = 2;

bool is_weak(Security security) { return security == Security::open || security == Security::wep; }

// Fidelity (our decision, dialect 13.2): A radio of this machine joins WPA, WPA2, WPA3 and open
// networks; WEP and enterprise networks answer number 4.

/// What a join of that access point comes to before anything is sent, or nothing.
std::optional<JoinFailure> refusal(const Heard& heard, const radio::Join& join) {
  const Security security = heard.seen.security;
  if (security == Security::enterprise || security == Security::wep) return JoinFailure::refused;
  if (is_weak(security) && join.only_protected.value_or(0) != 0) return JoinFailure::refused;
  const bool is_open = security == Security::open;
  if (!is_open && !is_wpa_password(join.password.view())) return JoinFailure::wrong_password;
  return std::nullopt;
}

bool suits(const Heard& heard, const radio::Join& join) {
  const bool is_open = heard.seen.security == Security::open;
  return heard.seen.security != Security::enterprise &&
         !(is_open && join.only_protected.value_or(0) != 0) && (is_open || !join.password.empty());
}

/// A number behind NAME= in an event.
std::optional<int> number_in(std::string_view event, std::string_view name) {
  const std::size_t at = event.find(std::string(name) + "=");
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view text = event.substr(at + name.size() + 1);
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::int8_t rssi_of(int level) { return static_cast<std::int8_t>(std::clamp(level, -128, 0)); }
}  // namespace

WifiRadio::WifiRadio(boost::asio::io_context& io, Helper& helper, std::string name,
                     MacAddress access_point, std::function<void()> wake)
    : helper_(helper),
      name_(std::move(name)),
      access_point_mac_(access_point),
      wake_(std::move(wake)),
      reports_(io, helper.descriptor()),
      supplicant_(
          io, [this](std::string_view event) { happened(event); },
          [this] { helper_.give({.kind = Order::Kind::restart_supplicant}); }),
      scanner_(io, supplicant_),
      pairing_(supplicant_, [this](const auto& told) { has_paired(told); }),
      own_(
          io, helper, name_, [this](const Event& event) { tell(event); }, wake_) {
  own_.use_mac(access_point_mac_);
  await_reports();
}

WifiRadio::~WifiRadio() { reports_.release(); }

void WifiRadio::take(const radio::Request& request) {
  std::visit(overloaded{
                 [&](const radio::Join& j) { join(j); },
                 [&](const radio::Leave&) { leave(); },
                 [&](const radio::Scan& s) { scan(s); },
                 [&](const radio::Pair& p) { pair(p); },
                 // Fidelity (our decision, dialect 13.3): AT+RFPOWER changes nothing at a radio of
                 // this machine.
                 [&](const radio::SetPower&) {},
                 [&](const radio::StartAccessPoint& a) {
                   stop_own();
                   own_.start(a);
                 },
                 [&](const radio::StopAccessPoint&) { stop_own(); },
                 [&](const radio::Expel& e) { own_.expel(e.mac); },
                 // Fidelity (our decision, dialect 13.4): With a radio of this machine no phone is
                 // heard after AT+CWSTARTSMART. A MAC address that is set for the station is shown
                 // and not used, that of the softAP is used.
                 [&](const radio::AwaitPhone&) {
                   spdlog::info("{}: a radio of this machine does not hear phones (SmartConfig)",
                                name_);
                 },
                 [&](const radio::SetAddresses& s) { own_.use_mac(s.access_point); },
                 [&](const radio::SetCountry& s) { set_country(s.code.view()); },
             },
             request);
}

void WifiRadio::take(const lease::Request& request) {
  std::visit(overloaded{
                 [&](const lease::ObtainAddress& o) {
                   asks_address_ = o.ticket;
                   helper_.give({.kind = Order::Kind::obtain_address});
                 },
                 [&](const lease::UseAddress& u) {
                   asks_address_ = u.ticket;
                   helper_.give({.kind = Order::Kind::use_address,
                                 .address = u.address,
                                 .gateway = u.gateway,
                                 .netmask = u.netmask});
                 },
                 [&](const lease::ServeAddresses& s) { own_.serve(s); },
             },
             request);
}

void WifiRadio::tell(const Event& event) {
  due_.push_back(event);
  wake_();
}

std::optional<Event> WifiRadio::next_event() {
  if (due_.empty()) return std::nullopt;
  const Event event = due_.front();
  due_.pop_front();
  return event;
}

/// Nothing more is said of its stations.
void WifiRadio::stop_own() {
  own_.stop();
  std::erase_if(due_, [](const Event& event) {
    return std::holds_alternative<radio::StationJoined>(event) ||
           std::holds_alternative<radio::StationAddressed>(event) ||
           std::holds_alternative<radio::StationLeft>(event);
  });
}

void WifiRadio::power_off() {
  leave();
  own_.stop();
  own_.use_mac(access_point_mac_);
  helper_.give({.kind = Order::Kind::forget_leases});
  set_country({});
  scanner_.forget();
  due_.clear();
}

// Fidelity (our decision, dialect 13.5): With a radio of this machine, AT+CWCOUNTRY with policy 1
// sets the country whose rules the machine keeps, until the program ends.

/// Of a code of three letters, the last tells what kind of place it is; drivers have the two.
void WifiRadio::set_country(std::string_view code) {
  Order order{.kind = Order::Kind::set_country};
  std::copy_n(code.begin(), std::min(code.size(), order.country.size()), order.country.begin());
  helper_.give(order);
}

sockets::Networks WifiRadio::networks() const {
  return {.station = lan_, .soft_ap = own_.lan(), .are_real = true};
}

// Scanning ----------------------------------------------------------------------------------------

void WifiRadio::scan(const radio::Scan& scan) {
  scanner_.scan(scan, [this, ticket = scan.ticket](const auto& heard) {
    if (heard)
      for (const Heard& each : *heard) tell(radio::Found{ticket, each.seen});
    tell(radio::ScanDone{ticket, heard.has_value()});
  });
}

// Joining -----------------------------------------------------------------------------------------

void WifiRadio::join(const radio::Join& join) {
  leave();
  attempt_ = join;
  look();
}

/// Before the supplicant is there the scan waits for it, and the module for as long as it likes.
void WifiRadio::look() {
  phase_ = Phase::looking;
  const radio::Scan what{
      .ssid = attempt_.ssid, .bssid = attempt_.bssid, .channels = attempt_.channels};
  scanner_.scan(what, [this, attempt = attempts_](const auto& heard) {
    if (attempt != attempts_) return;
    if (heard) return choose(*heard);
    fail_join(JoinFailure::timed_out);
  });
}

/// The strongest of those that suit, as a simulated radio does.
void WifiRadio::choose(const std::vector<Heard>& heard) {
  const auto best = std::max_element(heard.begin(), heard.end(), [&](const auto& a, const auto& b) {
    return std::pair(suits(a, attempt_), a.seen.rssi) < std::pair(suits(b, attempt_), b.seen.rssi);
  });
  if (best == heard.end()) return fail_join(JoinFailure::no_such_network);
  if (const auto why = refusal(*best, attempt_)) return fail_join(*why);
  associate(*best);
}

void WifiRadio::associate(const Heard& access_point) {
  phase_ = Phase::choosing;
  access_point_ = access_point;
  own_.station_is_on(access_point.frequency);
  supplicant_.ask("ADD_NETWORK", [this, attempt = attempts_](std::string_view answer) {
    forget_network();
    if (!answer.starts_with("FAIL")) network_ = answer.substr(0, answer.find('\n'));
    if (attempt != attempts_) return forget_network();
    if (network_.empty()) return fail_join(JoinFailure::refused);
    select(access_point_);
  });
}

void WifiRadio::forget_network() {
  if (!network_.empty()) supplicant_.ask("REMOVE_NETWORK " + std::exchange(network_, {}));
}

void WifiRadio::set(const std::string& what) {
  supplicant_.ask("SET_NETWORK " + network_ + " " + what, [this, attempt = attempts_](auto answer) {
    if (attempt == attempts_ && phase_ == Phase::choosing && !answer.starts_with("OK"))
      fail_join(JoinFailure::refused);
  });
}

void WifiRadio::select(const Heard& access_point) {
  const bool is_open = access_point.seen.security == Security::open;
  set("ssid " + hexadecimal(attempt_.ssid.view()));
  set("scan_ssid 1");
  set("bssid " + text_of(access_point.seen.bssid));
  set(fmt::format("scan_freq {}", access_point.frequency));
  if (is_open) {
    set("key_mgmt NONE");
  } else {
    const bool with_sae = access_point.takes_sae && attempt_.password.view().size() < 64;
    set(std::string("key_mgmt") + (access_point.takes_psk ? " WPA-PSK WPA-PSK-SHA256" : "") +
        (with_sae ? " SAE" : ""));
    if (with_sae) set("ieee80211w 1");
    set("psk " + quoted_password(attempt_.password.view()));
  }
  supplicant_.ask("SELECT_NETWORK " + network_, [this, attempt = attempts_](auto answer) {
    if (attempt != attempts_ || phase_ != Phase::choosing) return;
    if (!answer.starts_with("OK")) return fail_join(JoinFailure::refused);
    phase_ = Phase::joining;
    has_returned_ = false;
    misses_ = 0;
  });
}

void WifiRadio::fail_join(JoinFailure why) {
  const Ticket ticket = attempt_.ticket;
  disassociate();
  tell(radio::JoinFailed{ticket, why});
}

void WifiRadio::has_joined() {
  phase_ = Phase::joined;
  supplicant_.ask("SIGNAL_POLL", [this, attempt = attempts_](std::string_view answer) {
    if (attempt != attempts_) return;
    const auto level = number_in(answer, "RSSI");
    signal_ = level.value_or(access_point_.seen.rssi);
    tell(radio::Joined{.ticket = attempt_.ticket,
                       .bssid = access_point_.seen.bssid,
                       .channel = access_point_.seen.channel,
                       .rssi = rssi_of(signal_)});
    watch_signal(signal_);
  });
}

/// The driver tells of a signal that is 4 dB from there; nothing polls it.
void WifiRadio::watch_signal(int rssi) {
  supplicant_.ask(fmt::format("SIGNAL_MONITOR THRESHOLD={} HYSTERESIS=4", rssi));
}

// Pairing -----------------------------------------------------------------------------------------

// Fidelity (our decision, dialect 13.6): With a radio of this machine AT+WPS=1 looks for the button
// by wpa_supplicant, on all channels; beside a wpa_supplicant of the machine, whose settings it
// would have to change, it fails at once.
void WifiRadio::pair(const radio::Pair& pair) {
  leave();
  asks_pairing_ = pair.ticket;
  helper_.spec().control ? has_paired(std::nullopt) : pairing_.start();
}

void WifiRadio::has_paired(const std::optional<Credential>& told) {
  if (!told) return tell(radio::PairFailed{asks_pairing_});
  tell(radio::Paired{.ticket = asks_pairing_,
                     .ssid = told->ssid,
                     .password = told->password,
                     .bssid = told->bssid});
}

// Leaving -----------------------------------------------------------------------------------------

void WifiRadio::leave() {
  pairing_.stop();
  if (phase_ != Phase::idle) disassociate();
  std::erase_if(due_, [](const Event& event) {
    return std::holds_alternative<radio::Joined>(event) ||
           std::holds_alternative<radio::JoinFailed>(event) ||
           std::holds_alternative<radio::Lost>(event) ||
           std::holds_alternative<radio::Signal>(event) ||
           std::holds_alternative<radio::PairFailed>(event) ||
           std::holds_alternative<lease::Addressed>(event) ||
           std::holds_alternative<lease::AddressFailed>(event);
  });
}

/// Whatever it was doing as a station, it does not any more.
void WifiRadio::disassociate() {
  ++attempts_;
  phase_ = Phase::idle;
  lan_.reset();
  asks_address_.reset();
  forget_network();
  helper_.give({.kind = Order::Kind::forget_address});
  own_.station_is_on(0);
}

void WifiRadio::lose(std::string_view why) {
  spdlog::info("{}: the access point is lost: {}", name_, process::printable(why));
  const Ticket ticket = attempt_.ticket;
  disassociate();
  tell(radio::Lost{ticket});
}

// What the supplicant tells -----------------------------------------------------------------------

void WifiRadio::happened(std::string_view event) {
  pairing_.happened(event);
  struct Row {
    std::string_view name;
    void (WifiRadio::*handle)(std::string_view);
  };
  static constexpr std::array kRows = {
      Row{"CTRL-EVENT-CONNECTED", &WifiRadio::connected},
      Row{"CTRL-EVENT-DISCONNECTED", &WifiRadio::disconnected},
      Row{"CTRL-EVENT-AUTH-REJECT", &WifiRadio::rejected},
      Row{"CTRL-EVENT-ASSOC-REJECT", &WifiRadio::association_rejected},
      Row{"CTRL-EVENT-SSID-TEMP-DISABLED", &WifiRadio::temporarily_disabled},
      Row{"CTRL-EVENT-NETWORK-NOT-FOUND", &WifiRadio::not_found},
      Row{"CTRL-EVENT-SIGNAL-CHANGE", &WifiRadio::signal_changed},
  };
  if (event.starts_with("CTRL-EVENT-SCAN-RESULTS")) return scanner_.results_are_there();
  if (event.starts_with("CTRL-EVENT-SCAN-FAILED")) return scanner_.has_failed();
  const auto* row = std::find_if(kRows.begin(), kRows.end(),
                                 [&](const Row& r) { return event.starts_with(r.name); });
  if (row == kRows.end()) return;
  spdlog::debug("{}: {}", name_, process::printable(event));
  (this->*row->handle)(event);
}

void WifiRadio::connected(std::string_view) {
  if (phase_ == Phase::joining) return has_joined();
  if (phase_ != Phase::returning) return;
  phase_ = Phase::joined;
  watch_signal(signal_);
}

/// Where the last word of a handshake is lost, we have joined and the access point waits, until it
/// gives that up. The supplicant begins again by itself, which it may do once.
void WifiRadio::disconnected(std::string_view event) {
  constexpr int kHandshakeTimeout = 15;  // a reason code of IEEE 802.11
  if (phase_ != Phase::joined) return;
  const bool may_return = number_in(event, "reason") == kHandshakeTimeout;
  if (!may_return || std::exchange(has_returned_, true)) return lose(event);
  phase_ = Phase::returning;
  misses_ = 0;
}

void WifiRadio::has_failed(JoinFailure why, std::string_view event) {
  if (phase_ == Phase::joining) fail_join(why);
  if (phase_ == Phase::returning) lose(event);
}

/// By SAE the password is a part of the authentication.
void WifiRadio::rejected(std::string_view event) {
  constexpr int kSae = 3;
  has_failed(
      number_in(event, "auth_type") == kSae ? JoinFailure::wrong_password : JoinFailure::refused,
      event);
}

void WifiRadio::association_rejected(std::string_view event) {
  has_failed(JoinFailure::refused, event);
}

/// Whoever was refused has been told so before: several attempts that failed otherwise are silence.
void WifiRadio::temporarily_disabled(std::string_view event) {
  const auto names = [&](const char* reason) { return event.find(reason) != event.npos; };
  has_failed(names("reason=WRONG_KEY")     ? JoinFailure::wrong_password
             : names("reason=CONN_FAILED") ? JoinFailure::timed_out
                                           : JoinFailure::refused,
             event);
}

/// It was there when it was looked for; the supplicant looks again every 5 s.
void WifiRadio::not_found(std::string_view event) {
  if (++misses_ == kMisses) has_failed(JoinFailure::no_such_network, event);
}

void WifiRadio::signal_changed(std::string_view event) {
  const auto level = number_in(event, "signal");
  if (phase_ != Phase::joined || !level || *level == signal_) return;
  signal_ = *level;
  tell(radio::Signal{
      .ticket = attempt_.ticket, .channel = access_point_.seen.channel, .rssi = rssi_of(signal_)});
  watch_signal(signal_);
}

// What the helper tells ---------------------------------------------------------------------------

void WifiRadio::await_reports() {
  reports_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (error) return;
    while (const auto report = helper_.next_report()) take(*report);
    if (!helper_.is_gone()) return await_reports();
    helper_is_gone();
  });
}

void WifiRadio::take(const Report& report) {
  switch (report.kind) {
    case Report::Kind::supplicant_is_there: return supplicant_is_there();
    case Report::Kind::supplicant_is_gone: return supplicant_is_gone();
    case Report::Kind::addressed: return addressed(report);
    case Report::Kind::address_refused:
      if (const auto ticket = std::exchange(asks_address_, std::nullopt))
        tell(lease::AddressFailed{*ticket});
      return;
    case Report::Kind::guest_addressed: return own_.guest_addressed(report);
    case Report::Kind::access_point_made: return own_.interface_is_made(report);
    case Report::Kind::access_point_refused: return own_.interface_is_refused(report);
  }
}

void WifiRadio::supplicant_is_there() {
  spdlog::debug("{}: wpa_supplicant is there", name_);
  supplicant_.open(helper_.station_socket());
  own_.supplicant_is_there();
  scanner_.supplicant_is_there();
  pairing_.supplicant_is_there();
}

void WifiRadio::supplicant_is_gone() {
  spdlog::warn("{}: wpa_supplicant has ended, and is started again", name_);
  supplicant_.close();
  network_.clear();
  own_.supplicant_is_gone();
  scanner_.supplicant_is_gone();
  const bool is_associated = phase_ == Phase::joined || phase_ == Phase::returning;
  if (is_associated) lose("wpa_supplicant has ended");
  if (phase_ == Phase::choosing || phase_ == Phase::joining) look();
}

void WifiRadio::helper_is_gone() {
  spdlog::error("{}: the radio's process is gone; start the program again", name_);
  supplicant_is_gone();
  if (phase_ != Phase::idle) fail_join(JoinFailure::timed_out);
  scanner_.fail_all();
}

/// A lease that is renewed with another address is another network: the module joins again.
void WifiRadio::addressed(const Report& report) {
  if (phase_ != Phase::joined) return;
  const bool is_other = lan_ && lan_->address != report.address;
  if (!asks_address_ && is_other) return lose("its DHCP server gives another address");
  lan_ = sockets::VirtualLan{.access_point = access_point_.seen.bssid,
                             .address = report.address,
                             .gateway = report.gateway,
                             .netmask = report.netmask,
                             .leads_on = true,
                             .name_servers = report.name_servers};
  if (const auto ticket = std::exchange(asks_address_, std::nullopt))
    tell(lease::Addressed{*ticket, report.address, report.gateway, report.netmask});
}
}  // namespace bfq::wifi

#include "module/station.h"

#include <algorithm>

#include "at/words.h"
#include "module/module.h"

namespace bfq {
namespace {
// Dialect 3.2: a join gives up after about 15 s.
constexpr Duration kJoinGivesUp = 15s;
// Ours: no scan takes longer than its channels times the longest time for each, and a margin.
constexpr Duration kScanGivesUp = 30s;
// Ours: how long after a loss, or a failed attempt to come back, the station tries again.
constexpr Duration kRetryAfterLoss = 1s;
constexpr Duration kRetryAfterFailure = 3s;
}  // namespace

// What commands do --------------------------------------------------------------------------------

at::Answer Station::join(Module& module, const radio::Join& network) {
  disassociate(module);
  network_ = network;
  associate(module, Deadline::never());
  module.start(Joining{.give_up = module.now() + kJoinGivesUp});
  return at::Answer::later;
}

at::Answer Station::show_network(Module& module) const {
  at::Reply reply = module.reply();
  if (!associated()) {
    reply.line(at::words::kNoAccessPoint);
    return at::Answer::ok;
  }
  reply.text(module.command_name()).text(":").quoted(network_.ssid.view()).comma().mac(joined_.bssid);
  reply.comma().number(joined_.channel).comma().number(joined_.rssi).end();
  return at::Answer::ok;
}

at::Answer Station::leave(Module& module) {
  disassociate(module);
  return at::Answer::ok;
}

at::Answer Station::scan(Module& module, const radio::Scan& what) {
  radio::Scan request = what;
  request.ticket = module.new_ticket();
  found_count_ = 0;
  module.request(request);
  module.start(Scanning{.ticket = request.ticket, .give_up = module.now() + kScanGivesUp});
  return at::Answer::later;
}

void Station::disassociate(Module& module) {
  if (phase_ == Phase::idle) return;
  const bool was_associated = associated();
  if (phase_ != Phase::waiting) module.request(radio::Leave{});
  phase_ = Phase::idle;
  retry_ = Deadline::never();
  if (!was_associated) return;
  module.notify(Notice::Kind::wifi_disconnect);
  module.links().close_station_links(module);
}

// Joining -----------------------------------------------------------------------------------------

void Station::associate(Module& module, Deadline retry) {
  network_.ticket = module.new_ticket();
  module.request(network_);
  phase_ = Phase::associating;
  retry_ = retry;
}

void Station::on(Module& module, const radio::Joined& event) {
  if (phase_ != Phase::associating || event.ticket != network_.ticket) return;
  joined_ = event;
  phase_ = Phase::addressing;
  module.notify(Notice::Kind::wifi_connected);
  address_.ticket = module.new_ticket();
  module.request(net::ObtainAddress{address_.ticket});
}

void Station::on(Module& module, const net::Addressed& event) {
  if (phase_ != Phase::addressing || event.ticket != address_.ticket) return;
  address_ = event;
  phase_ = Phase::up;
  retry_ = Deadline::never();
  module.links().forget_history();
  module.notify(Notice::Kind::wifi_got_ip);
  if (module.job<Joining>() != nullptr) module.finish(at::Answer::ok);
}

void Station::on(Module& module, const net::AddressFailed& event) {
  if (phase_ != Phase::addressing || event.ticket != address_.ticket) return;
  module.notify(Notice::Kind::dhcp_timeout);
  disassociate(module);
  if (module.job<Joining>() != nullptr) return fail_join(module, radio::JoinFailure::timed_out);
  phase_ = Phase::waiting;
  retry_ = module.now() + kRetryAfterFailure;
}

void Station::on(Module& module, const radio::JoinFailed& event) {
  if (phase_ != Phase::associating || event.ticket != network_.ticket) return;
  if (module.job<Joining>() != nullptr) return fail_join(module, event.why);
  phase_ = Phase::waiting;
  retry_ = module.now() + kRetryAfterFailure;
}

/// After a failure the station is idle: it does not try again (dialect 3.2).
void Station::fail_join(Module& module, radio::JoinFailure why) {
  phase_ = Phase::idle;
  retry_ = Deadline::never();
  module.reply().text(module.command_name()).text(":").number(static_cast<int>(why)).end();
  module.finish(at::Answer::fail);
}

void Station::give_up(Module& module, const Joining&) {
  if (phase_ == Phase::addressing) module.notify(Notice::Kind::dhcp_timeout);
  disassociate(module);
  fail_join(module, radio::JoinFailure::timed_out);
}

// Losing the access point, and coming back --------------------------------------------------------

void Station::on(Module& module, const radio::Lost& event) {
  if (!associated() || event.ticket != network_.ticket) return;
  phase_ = Phase::waiting;
  retry_ = module.now() + kRetryAfterLoss;
  module.notify(Notice::Kind::wifi_disconnect);
  module.links().close_station_links(module);
  if (module.job<Joining>() != nullptr) fail_join(module, radio::JoinFailure::refused);
}

void Station::advance(Module& module) {
  if (!retry_.due(module.now())) return;
  disassociate(module);
  associate(module, module.now() + kJoinGivesUp);
}

// Scanning ----------------------------------------------------------------------------------------

void Station::on(Module& module, const radio::Found& event) {
  const auto* job = module.job<Scanning>();
  if (job == nullptr || job->step != Scanning::Step::looking || event.ticket != job->ticket) return;
  remember(event.access_point);
}

void Station::remember(const radio::AccessPoint& access_point) {
  if (found_count_ < found_.size()) {
    found_[found_count_++] = access_point;
    return;
  }
  const auto weakest = std::min_element(found_.begin(), found_.end(), [](const auto& a, const auto& b) {
    return a.rssi < b.rssi;
  });
  if (weakest->rssi < access_point.rssi) *weakest = access_point;
}

void Station::on(Module& module, const radio::ScanDone& event) {
  auto* job = module.job<Scanning>();
  if (job == nullptr || job->step != Scanning::Step::looking || event.ticket != job->ticket) return;
  if (!event.succeeded) return module.finish(at::Answer::error);
  job->step = Scanning::Step::listing;
  job->give_up = Deadline::never();
}

void Station::list(Module& module) {
  auto* job = module.job<Scanning>();
  if (job == nullptr || job->step != Scanning::Step::listing) return;
  while (job->next < found_count_) {
    if (!module.has_room_for_a_line()) return;
    print(module, found_[job->next++]);
  }
  module.finish(at::Answer::ok);
}

void Station::print(Module& module, const radio::AccessPoint& ap) const {
  at::Reply reply = module.reply();
  const auto comma_number = [&](int n) { reply.comma().number(n); };
  reply.text(module.command_name()).text(":(").number(static_cast<int>(ap.security)).comma();
  reply.quoted(ap.ssid.view()).comma().number(ap.rssi).comma().mac(ap.bssid);
  comma_number(ap.channel);
  comma_number(ap.frequency_offset);
  comma_number(ap.frequency_calibration);
  comma_number(static_cast<int>(ap.pairwise));
  comma_number(static_cast<int>(ap.group));
  comma_number(ap.standards);
  comma_number(ap.wps ? 1 : 0);
  reply.text(")").end();
}

void Station::give_up(Module& module, const Scanning&) { module.finish(at::Answer::error); }
}  // namespace bfq

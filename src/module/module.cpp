#include "module/module.h"

#include "at/words.h"
#include "base/check.h"
#include "base/overloaded.h"

namespace bfq {
namespace {
// What stands around the bytes of a +IPD at most: CR LF, the name, a link number and a length.
constexpr std::size_t kIpdHeader = 32;
// The longest unsolicited line, or line of a scan, and a margin.
constexpr std::size_t kLongestLine = 128;
}  // namespace

Module::Module(const Identity& identity, std::span<const std::byte>, at::CommandTable table)
    : identity_(identity), interpreter_(table) {}

// Bytes -------------------------------------------------------------------------------------------

std::size_t Module::uart_input(std::span<const std::byte> bytes, Instant now) {
  now_ = now;
  std::size_t used = 0;
  while (used < bytes.size() && phase_ == Phase::running) {
    if (job<Collecting>() != nullptr) {
      used += links_.take_payload(*this, bytes.subspan(used));
    } else if (takes_command_bytes()) {
      interpreter_.take(static_cast<char>(bytes[used++]), *this, at::Reply(uart_out_), busy());
    } else {
      break;
    }
    flush_notices(false);
  }
  settle();
  // Without power, or on the way down, what the host types is lost (dialect 1.6).
  return phase_ == Phase::running ? used : bytes.size();
}

/// A line is only begun when its reply and all that waits to be said are sure to find room.
bool Module::takes_command_bytes() const { return notices_.empty() && uart_out_.room() >= limits::kReplyReserve; }

void Module::uart_sent(std::size_t n, Instant now) {
  now_ = now;
  uart_out_.drop(n);
  settle();
}

std::size_t Module::link_room(LinkHandle link) const {
  const bool may_speak = phase_ == Phase::running && notices_.empty() && !holds_lines() && links_.is_open(link);
  const bool fits = uart_out_.room() >= limits::kReplyReserve + kIpdHeader + limits::kSegment;
  return may_speak && fits ? limits::kSegment : 0;
}

void Module::link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
  now_ = now;
  CHECK(bytes.size() <= link_room(link));
  if (!bytes.empty()) links_.input(*this, link, bytes);
}

std::size_t Module::datagram_room(LinkHandle link) const {
  const bool fits = uart_out_.room() >= limits::kReplyReserve + kIpdHeader + limits::kDatagram;
  return fits && link_room(link) > 0 ? limits::kDatagram : 0;
}

void Module::datagram_input(LinkHandle link, net::Endpoint, std::span<const std::byte> bytes, Instant now) {
  now_ = now;
  CHECK(bytes.size() <= datagram_room(link));
  links_.input(*this, link, bytes);
}

net::Outgoing Module::link_output(LinkHandle link) const { return links_.output(*this, link); }

void Module::link_sent(LinkHandle link, std::size_t n, Instant now) {
  now_ = now;
  links_.sent(*this, link, n);
  settle();
}

// Messages ----------------------------------------------------------------------------------------

void Module::handle(const Event& event, Instant now) {
  now_ = now;
  if (std::holds_alternative<power::Reset>(event)) {
    uart_out_.clear();
    go_off();
  } else if (std::holds_alternative<power::Started>(event)) {
    if (phase_ == Phase::off) boot();
  } else if (phase_ == Phase::running) {
    dispatch(event);
  }
  settle();
}

void Module::dispatch(const Event& event) {
  std::visit(overloaded{
                 [this](const radio::Joined& e) { station_.on(*this, e); },
                 [this](const radio::JoinFailed& e) { station_.on(*this, e); },
                 [this](const radio::Lost& e) { station_.on(*this, e); },
                 [this](const radio::Found& e) { station_.on(*this, e); },
                 [this](const radio::ScanDone& e) { station_.on(*this, e); },
                 [this](const net::Addressed& e) { station_.on(*this, e); },
                 [this](const net::AddressFailed& e) { station_.on(*this, e); },
                 [this](const auto& e) {
                   if constexpr (requires { links_.on(*this, e); }) links_.on(*this, e);
                 },
             },
             event);
}

std::optional<Request> Module::next_request() {
  if (requests_.empty()) return std::nullopt;
  return requests_.pop();
}

void Module::request(const Request& request) { CHECK(requests_.push(request)); }

Ticket Module::new_ticket() {
  last_ticket_.number = static_cast<std::uint16_t>(last_ticket_.number == UINT16_MAX ? 1 : last_ticket_.number + 1);
  return last_ticket_;
}

// Time --------------------------------------------------------------------------------------------

Deadline Module::next_deadline() const {
  if (phase_ != Phase::running) return Deadline::never();
  const Deadline job = std::visit([](const auto& j) { return deadline_of(j); }, job_);
  return earliest({job, station_.next_deadline()});
}

void Module::advance(Instant now) {
  now_ = now;
  if (!next_deadline().due(now)) return;
  if (std::visit([](const auto& j) { return deadline_of(j); }, job_).due(now)) give_up_job();
  station_.advance(*this);
  settle();
}

void Module::give_up_job() {
  const Job job = job_;
  std::visit(overloaded{
                 [](const NoJob&) {},
                 [this](const Joining& j) { station_.give_up(*this, j); },
                 [this](const Scanning& j) { station_.give_up(*this, j); },
                 [this](const auto& j) { links_.give_up(*this, j); },
             },
             job);
}

// Speaking ----------------------------------------------------------------------------------------

/// What every input ends with: says what waits, goes on with a long reply, and goes down when that was
/// asked for and the host has everything.
void Module::settle() {
  flush_notices(false);
  station_.list(*this);
  if (phase_ != Phase::restarting || !notices_.empty() || !uart_out_.empty()) return;
  go_off();
  request(power::Restart{restart_reason_});
}

/// Nothing is said between the prompt and the result of a CIPSEND (dialect 1.7 and 0.4, 3).
bool Module::holds_lines() const { return job<Collecting>() != nullptr || job<Sending>() != nullptr; }

bool Module::has_room_for_a_line() const { return uart_out_.room() >= limits::kReplyReserve + kLongestLine; }

void Module::flush_notices(bool into_reserve) {
  if (holds_lines()) return;
  while (!notices_.empty() && (into_reserve || has_room_for_a_line())) {
    say(notices_.front());
    notices_.drop_front();
  }
}

void Module::say(const Notice& notice) {
  at::Reply out(uart_out_);
  switch (notice.kind) {
    case Notice::Kind::wifi_connected: return out.line(at::words::kWifiConnected);
    case Notice::Kind::wifi_got_ip: return out.line(at::words::kWifiGotIp);
    case Notice::Kind::wifi_disconnect: return out.line(at::words::kWifiDisconnect);
    case Notice::Kind::dhcp_timeout: return out.line(at::words::kDhcpTimeout);
    case Notice::Kind::connect: return out.line(at::words::kConnect);
    case Notice::Kind::closed:
      out.line(at::words::kClosed);
      return links_.closed_was_said(notice.link);
  }
}

at::Reply Module::reply() {
  flush_notices(true);
  return at::Reply(uart_out_);
}

void Module::finish(at::Answer answer) {
  job_ = NoJob{};
  flush_notices(true);
  interpreter_.finish(answer, at::Reply(uart_out_));
}

void Module::say_received(std::size_t bytes) {
  at::Reply out(uart_out_);
  out.text(at::words::kReceivedBefore).number(static_cast<std::int64_t>(bytes)).line(at::words::kReceivedAfter);
}

void Module::finish_send(std::string_view result) {
  job_ = NoJob{};
  interpreter_.forget_line();
  at::Reply(uart_out_).line(result);
}

at::Busy Module::busy() const {
  if (job<NoJob>() != nullptr) return at::Busy::no;
  return job<Sending>() != nullptr ? at::Busy::sending : at::Busy::processing;
}

// Power -------------------------------------------------------------------------------------------

void Module::restart(power::Reason reason) {
  job_ = NoJob{};
  notices_.clear();
  // Links and servers vanish without a word; an association does not (dialect 1.6).
  if (station_.associated()) notify(Notice::Kind::wifi_disconnect);
  restart_reason_ = reason;
  phase_ = Phase::restarting;
}

/// All that has no place in flash is gone; what the host was sent already is not.
void Module::go_off() {
  phase_ = Phase::off;
  job_ = NoJob{};
  notices_.clear();
  requests_.clear();
  station_ = Station{};
  links_.reset();
}

void Module::boot() {
  interpreter_.reset();
  mode_ = WifiMode::station;
  phase_ = Phase::running;
  at::Reply(uart_out_).line(at::words::kReady);
}

// Commands ----------------------------------------------------------------------------------------

void Module::set_mode(WifiMode mode) {
  mode_ = mode;
  if (!has_station()) station_.disassociate(*this);
}

std::size_t Module::free_bytes() const { return uart_out_.room() + links_.free_bytes(); }

Status Module::status() const {
  Status status;
  status.activity = phase_ == Phase::off          ? Activity::off
                    : phase_ == Phase::restarting ? Activity::restarting
                    : job<NoJob>() != nullptr     ? Activity::idle
                    : job<Collecting>() != nullptr ? Activity::collecting
                    : job<Sending>() != nullptr    ? Activity::sending
                                                   : Activity::processing;
  status.associated = station_.associated();
  status.ssid = station_.ssid();
  status.station_address = station_.address();
  status.free_bytes = free_bytes();
  status.waiting_for_host = uart_out_.size();
  status.deadline = next_deadline();
  links_.describe(status);
  return status;
}
}  // namespace bfq

#include "module/module.h"

#include <algorithm>
#include <concepts>
#include <string_view>

#include "base/check.h"
#include "base/overloaded.h"
#include "module/typed_text.h"

namespace bfq {
namespace {
// What stands around the bytes of a +IPD at most: CR LF, the name, a link number and a length.
constexpr std::size_t kIpdHeader = 32;
// The same of the data of CIPRECVDATA.
constexpr std::size_t kReadHeader = 64;
static_assert(limits::kUnreadDatagrams + limits::kReplyReserve + kReadHeader <=
              limits::kUartOutput);
}  // namespace

// Bytes -------------------------------------------------------------------------------------------

std::size_t Module::uart_input(std::span<const std::byte> bytes, Instant now) {
  now_ = now;
  if (sleep_.next_deadline().due(now_)) fall_asleep();  // where the runtime was late to say so
  std::size_t used = 0;
  while (used < bytes.size() && phase_ == Phase::running) {
    const std::size_t taken = take(bytes.subspan(used));
    if (taken == 0) break;
    used += taken;
    sleep_.disturb();
    flush_urcs(false);
  }
  settle();
  // Without power, or on the way down, what the host types is lost (dialect 1.6).
  return phase_ == Phase::running ? used : bytes.size();
}

std::size_t Module::take(std::span<const std::byte> bytes) {
  // What was due before these bytes came, where the runtime was late to say so: an escape, or the
  // silence that ends a packet.
  if (job<NoJob>() == nullptr) end_escape();
  passthrough_.advance(*this);
  if (job<NoJob>() == nullptr) {
    if (job<Collecting>() != nullptr) return links_.take_payload(*this, bytes);
    if (job<SendingLong>() != nullptr) return links_.take_long(*this, bytes);
    if (job<PassingThrough>() != nullptr) return passthrough_.take(*this, bytes);
    if (job<TypingText>() != nullptr) return take_text(*this, bytes);
  }
  if (faults_.any()) faults_.advance(*this);
  const std::size_t most = std::min(bytes.size(), command_bytes_room());
  if (most == 0) return 0;
  std::string_view typed(reinterpret_cast<const char*>(bytes.data()), most);
  if (faults_.any()) {
    if (faults_.holds_line(*this, {})) return 0;
    if (faults_.holds_data(*this))
      typed = {typed.data(), std::min(typed.find('\r'), typed.size() - 1) + 1};
  }
  const std::size_t taken = interpreter_.take(typed, *this, out(), busy(), now_);
  if (faults_.any()) faults_.holds_line(*this, bytes[taken - 1]);
  return taken;
}

/// Of a payload that is being typed.
void Module::end_escape() {
  const auto* const sending_long = job<SendingLong>();
  const bool may_escape =
      job<Collecting>() != nullptr || (sending_long != nullptr && !sending_long->is_sending);
  if (may_escape && job_deadline().due(now_)) give_up_job();
}

/// How many bytes may be taken in command mode. Each is only taken when its line's reply, the lines
/// that wait and the requests that it may make are sure to find room behind the echo of those in
/// front of it. While a payload is sent no line leads to more than a few words, whatever waits.
std::size_t Module::command_bytes_room() const {
  const bool requests_fit = requests_.size() + limits::kRequestsOfOneInput <= limits::kRequests;
  const bool nothing_waits = urcs_.empty() || job<Sending>() != nullptr;
  if (!nothing_waits || switches_uart_ || !requests_fit || !memory_.is_at_rest()) return 0;
  std::size_t owed = limits::kReplyReserve;
  if (job<NoJob>() == nullptr) {
    if (prints_data()) return 0;  // an echo would stand in it
    const auto* const fetching = job<Fetching>();
    if (fetching != nullptr && fetching->step == Fetching::Step::asking)
      owed += WebClient::kRoomForPiece;
  }
  const std::size_t room = uart_out_.room();
  return room < owed ? 0 : room - owed + 1;
}

/// True in the middle of data that a command prints.
bool Module::prints_data() const {
  const auto* const reading = job<Reading>();
  const auto* const fetching = job<Fetching>();
  return (reading != nullptr && reading->taken > 0) ||
         (fetching != nullptr && fetching->is_text()) || job<Delivering>() != nullptr;
}

void Module::uart_sent(std::size_t n, Instant now) {
  now_ = now;
  uart_out_.drop(n);
  settle();
}

std::size_t Module::link_room(LinkHandle link) const {
  const std::size_t most = links_.most_at_once(*this, link);
  if (job<Reading>() != nullptr) {
    const std::size_t reserved = limits::kReplyReserve + kReadHeader;
    return std::min(most, uart_out_.room() - std::min(uart_out_.room(), reserved));
  }
  // Fidelity (our decision, dialect 11.29): While the host does not read, nothing is read from the
  // network.
  const bool may_print =
      phase_ == Phase::running && urcs_.empty() && !holds_lines() && !faults_.holds_data(*this);
  const bool fits = uart_out_.room() >= limits::kReplyReserve + kIpdHeader + most;
  return may_print && fits ? most : 0;
}

void Module::link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
  now_ = now;
  const bool is_there = links_.is_open(link) || links_.most_at_once(*this, link) > 0;
  if (bytes.empty() || !is_there) return;
  CHECK(bytes.size() <= link_room(link));
  links_.input(*this, link, bytes);
  settle();
}

std::size_t Module::datagram_room(LinkHandle link) const {
  if (const auto* reading = job<Reading>())  // in one piece
    return link_room(link) == reading->size ? reading->size : 0;
  const bool fits = uart_out_.room() >= limits::kReplyReserve + kIpdHeader + limits::kDatagram;
  return fits && link_room(link) > 0 ? limits::kDatagram : 0;
}

void Module::datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                            Instant now) {
  now_ = now;
  // Fidelity (our decision, dialect 5.4.2): A datagram without a byte prints +IPD with a length of
  // 0.
  const std::size_t room = datagram_room(link);
  if (room == 0 && !links_.is_open(link)) return;
  CHECK(bytes.size() <= room);
  if (room == 0) return;
  links_.datagram_input(*this, link, sender, bytes);
}

net::Outgoing Module::link_output(LinkHandle link) const { return links_.output(*this, link); }

void Module::link_sent(LinkHandle link, std::size_t n, Instant now) {
  now_ = now;
  if (n <= link_output(link).bytes.size()) links_.sent(*this, link, n);
  settle();
}

// Messages ----------------------------------------------------------------------------------------

void Module::handle(const Event& event, Instant now) {
  now_ = now;
  std::visit([this](const auto& e) { on(e); }, event);
  settle();
}

void Module::on(const power::Reset&) {
  uart_out_.clear();
  go_off();
}

void Module::on(const power::Started& started) {
  if (phase_ == Phase::off) boot(started);
}

void Module::on(const pins::Driven& event) {
  if (phase_ != Phase::running && phase_ != Phase::asleep) return;
  pins_.on(*this, event);
  if (phase_ != Phase::asleep || !sleep_.is_woken(*this)) return;
  phase_ = Phase::running;
  sleep_.end(*this);
}

void Module::on(const pins::Measured& event) {
  if (phase_ == Phase::running || phase_ == Phase::asleep) pins_.on(*this, event);
}

/// Goes to the organ that has an on() for it.
template <class E>
void Module::on(const E& event) {
  if constexpr (std::same_as<E, net::Incoming>) {
    if (phase_ == Phase::asleep) request(net::Refuse{event.client});
  }
  if (phase_ != Phase::running) return;
  const auto tell = [&](auto& organ) requires requires(Chip & chip, const E& e) {
    organ.on(chip, e);
  }
  { organ.on(*this, event); };
  give_to_taker(event, tell, station_, soft_ap_, links_, server_, memory_, time_sync_, web_client_,
                mqtt_client_, faults_);
}

std::optional<Request> Module::next_request() {
  if (requests_.empty()) return std::nullopt;
  return requests_.pop();
}

// Time --------------------------------------------------------------------------------------------

Deadline Module::job_deadline() const {
  return std::visit([](const auto& j) { return deadline_of(j); }, job_);
}

Deadline Module::next_deadline() const {
  if (phase_ != Phase::running) return Deadline::never();
  return earliest({job_deadline(), passthrough_.next_deadline(*this), station_.next_deadline(),
                   server_.next_deadline(*this), sleep_.next_deadline(), time_sync_.next_deadline(),
                   mqtt_client_.next_deadline(), faults_.next_deadline()});
}

void Module::advance(Instant now) {
  now_ = now;
  if (!next_deadline().due(now)) return;
  if (job_deadline().due(now)) give_up_job();
  passthrough_.advance(*this);
  station_.advance(*this);
  server_.advance(*this);
  time_sync_.advance(*this);
  mqtt_client_.advance(*this);
  faults_.advance(*this);
  if (sleep_.next_deadline().due(now)) fall_asleep();
  settle();
}

void Module::fall_asleep() {
  interpreter_.forget_line();
  phase_ = Phase::asleep;
  sleep_.begin(*this);
}

void Module::give_up_job() {
  const Job job = job_;
  std::visit([this](const auto& j) { give_up(j); }, job);
}

/// By the organ that has a give_up() for it.
template <class J>
void Module::give_up(const J& job) {
  const auto tell = [&](auto& organ) requires requires(Chip & chip, const J& j) {
    organ.give_up(chip, j);
  }
  { organ.give_up(*this, job); };
  if constexpr (!EndsByItself<J>)
    give_to_taker(job, tell, station_, links_, web_client_, mqtt_client_);
}

// After each input --------------------------------------------------------------------------------

/// What every input ends with: says what waits, goes on with a long reply, and does what had to
/// wait until the host has everything.
void Module::settle() {
  note_room();
  print_and_go_on();
  const bool is_idle = phase_ == Phase::running && job<NoJob>() != nullptr && uart_out_.empty() &&
                       urcs_.empty() && !switches_uart_ && memory_.is_at_rest();
  sleep_.look(*this, is_idle);
}

void Module::print_and_go_on() {
  flush_urcs(false);
  if (job<NoJob>() == nullptr) go_on_with_job();
  if (mqtt_client_.has_to_say()) mqtt_client_.go_on(*this);
  if (phase_ == Phase::running) station_.store_network(*this);
  if (!uart_out_.empty()) return;
  if (switches_uart_) {
    switches_uart_ = false;
    request(uart::Configure{settings_.uart});
    flush_urcs(false);
  }
  if (phase_ != Phase::restarting || !urcs_.empty()) return;
  const power::Request down = goes_down_by_;
  go_off();
  std::visit([this](const auto& asked) { request(asked); }, down);
}

/// A reply that is longer than what the UART takes at once goes on as there is room.
void Module::go_on_with_job() {
  station_.list(*this);
  if (job<Fetching>() != nullptr) web_client_.go_on(*this);
  if (job<ListingTopics>() != nullptr || job<Delivering>() != nullptr) mqtt_client_.go_on(*this);
  if (job<ListingTlsTexts>() != nullptr) Links::list_tls_texts(*this);
  list_commands();
}

at::Busy Module::busy() const {
  // Fidelity (our decision, dialect 1.5.2): Bytes directly behind a full payload count as typed
  // while busy; an LF that comes when the payload is sent ends a line that answers ERROR.
  if (job<NoJob>() != nullptr) return faults_.is_busy(now_) ? at::Busy::processing : at::Busy::no;
  return job<Sending>() != nullptr ? at::Busy::sending : at::Busy::processing;
}

// Power -------------------------------------------------------------------------------------------

/// All that has no place in flash is gone; what the host was sent already is not.
void Module::go_off() {
  phase_ = Phase::off;
  job_ = NoJob{};
  urcs_.clear();
  requests_.clear();
  switches_uart_ = false;
  station_.reset();
  soft_ap_ = SoftAp{};
  server_ = Server{};
  time_sync_ = TimeSync{};
  web_client_ = WebClient{};
  mqtt_client_ = MqttClient{};
  passthrough_ = Passthrough{};
  payload_.clear();
  pins_ = Pins{};
  sleep_ = LightSleep{};
  least_free_ = UINT16_MAX;
  faults_ = InjectedFaults{};
  links_.reset();
}

void Module::boot(const power::Started& started) {
  interpreter_.reset();
  memory_.load(started.flash, dialect().factory_settings(identity_.access_point_mac));
  settings_ = memory_.stored();
  phase_ = Phase::running;
  request(uart::Configure{settings_.uart});
  request(pins::Watch{});
  sleep_.begin_with(static_cast<LightSleep::Mode>(dialect().first_sleep_mode));
  station_.set_power(*this, dialect().first_power);
  time_sync_.start(*this);
  if (settings_.macs != MacSettings{}) set_radio_addresses();
  if (settings_.country.policy == 1) set_radio_country();
  // Fidelity (our decision, dialect 1.6.1): No boot text of the silicon; the first line is `ready`,
  // and an automatic join follows.
  out().line(at::Word::ready);
  if (has_access_point()) soft_ap_.start(*this);
  const bool knows_network = settings_.auto_connect && !settings_.network.ssid.empty();
  if (has_station() && knows_network) station_.join_by_itself(*this);
  if (settings_.start_link.on) passthrough_.begin_with_link(*this);
}

// Looking -----------------------------------------------------------------------------------------

Activity Module::activity() const {
  if (phase_ == Phase::off) return Activity::off;
  if (phase_ == Phase::restarting) return Activity::restarting;
  if (phase_ == Phase::asleep) return Activity::asleep;
  return std::visit(overloaded{
                        [](const NoJob&) { return Activity::idle; },
                        [](const Collecting&) { return Activity::collecting; },
                        [](const TypingText&) { return Activity::collecting; },
                        [](const SendingLong& job) {
                          return job.is_sending ? Activity::sending : Activity::collecting;
                        },
                        [](const Delivering&) { return Activity::idle; },  // as with +IPD
                        [](const Sending&) { return Activity::sending; },
                        [](const PassingThrough&) { return Activity::passthrough; },
                        [](const auto&) { return Activity::processing; },
                    },
                    job_);
}

std::size_t Module::payload_missing() const {
  if (const auto* const typing = job<TypingText>()) return typing->left;
  if (const auto* const sending = job<SendingLong>()) return sending->length - sending->typed;
  const auto* const collecting = job<Collecting>();
  return collecting == nullptr ? 0 : std::size_t{collecting->length} - collecting->typed;
}

Status Module::status() const {
  Status status;
  status.activity = activity();
  station_.describe(status);
  soft_ap_.describe(status);
  status.mode = settings_.mode;
  status.uart = settings_.uart;
  status.free_bytes = free_bytes();
  status.waiting_for_host = waiting_for_host();
  status.writes = memory_.writes();
  status.flash = memory_.condition();
  status.deadline = next_deadline();
  status.payload_missing = payload_missing();
  status.transparent = passthrough_.enabled();
  if (server_.running()) status.server_port = server_.port();
  status.idle_limit_s = server_.idle_limit_s();
  links_.describe(status);
  return status;
}
}  // namespace bfq

#include "books.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <memory>
#include <utility>

#include "at/line.h"
#include "base/ascii.h"
#include "violation.h"

namespace bfq::swarm {
namespace {
using Kind = Said::Kind;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::size_t count(const std::vector<Said>& said, bool (*matches)(const Said&)) {
  return static_cast<std::size_t>(std::count_if(said.begin(), said.end(), matches));
}

bool is_result(const Said& s) { return s.is_result(); }
bool is_send_result(const Said& s) { return s.kind == Kind::send_ok || s.kind == Kind::send_fail; }
bool is_cancel(const Said& s) { return s.kind == Kind::canceled; }

std::vector<std::string> fields_of(std::string_view command) {
  std::vector<std::string> fields;
  const std::size_t equals = command.find('=');
  if (equals == std::string_view::npos) return fields;
  bool quoted = false;
  fields.emplace_back();
  for (std::size_t i = equals + 1; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\\' && quoted && i + 1 < command.size()) {
      fields.back() += command[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (quoted || c != ' ') {
      fields.back() += c;
    }
  }
  return fields;
}

unsigned number_in(const std::vector<std::string>& fields, std::size_t at) {
  unsigned value = 0;
  if (at < fields.size())
    std::from_chars(fields[at].data(), fields[at].data() + fields[at].size(), value);
  return value;
}

std::optional<LinkHandle> link_of(const Event& event) {
  return std::visit(
      [](const auto& e) -> std::optional<LinkHandle> {
        if constexpr (requires { e.link; })
          return e.link;
        else
          return std::nullopt;
      },
      event);
}

/// What `typed` stands for in AT+CIPSENDEX, and whether it has ended by a backslash and a 0.
std::pair<std::string, bool> unescaped(std::string_view typed) {
  std::string bytes;
  std::size_t backslashes = 0;
  for (const char c : typed) {
    if (c == '0' && backslashes > 0) {
      bytes.pop_back();
      if (backslashes == 1) return {bytes, true};
    }
    backslashes = c == '\\' ? backslashes + 1 : 0;
    bytes += c;
  }
  return {bytes, false};
}

std::string quoted(const MacAddress& mac) {
  std::string text;
  char octet[4];
  for (const unsigned byte : mac.bytes) {
    std::snprintf(octet, sizeof octet, "%s%02x", text.empty() ? "" : ":", byte);
    text += octet;
  }
  return '"' + text + '"';
}

std::string address_text(Ipv4 a) {
  std::string text;
  for (unsigned i = 0; i < 4; ++i) text += (i > 0 ? "." : "") + std::to_string(a.octet(i));
  return text;
}
}  // namespace

Books::Books(const Module& module) : module_(&module) { after_ = look(); }

// A call ------------------------------------------------------------------------------------------

Books::View Books::look() const { return {module_->status()}; }

/// `read` bytes of what it had printed before are gone.
std::string Books::end(Instant now, std::size_t read) {
  now_ = now;
  before_ = std::exchange(after_, look());
  const std::size_t had = before_.waiting_for_host - read, has = after_.waiting_for_host;
  demand(has >= had || after_.is(Activity::off), "output that was not read is gone");
  std::string printed = has > had ? last_printed(has - had) : std::string();
  owed_ += printed;
  const bool is_dropped = !after_.open(due_link_) || after_.is(Activity::restarting);
  if (buffered_ && (due_.empty() || is_dropped)) due_.clear(), buffered_ = false;
  follow_passthrough();
  check_sleep();
  return printed;
}

/// The last n bytes that wait for the host. Where they don't lie in one piece, a copy of the module
/// is read from.
std::string Books::last_printed(std::size_t n) const {
  const std::size_t all = after_.waiting_for_host;
  std::string waiting = text_of(module_->uart_output());
  if (waiting.size() < all) {
    auto copy = std::make_unique<Module>(*module_);
    copy->uart_sent(waiting.size(), now_);
    waiting += text_of(copy->uart_output());
    waiting.resize(all);
  }
  return waiting.substr(all - n);
}

/// What happens in transparent transmission is never said, so the host's picture is taken to be
/// true then.
void Books::follow_passthrough() {
  if (!before_.is(Activity::passthrough) && !after_.is(Activity::passthrough)) return;
  if (starts_link_) return;  // lines are said until that is open
  const Status& now = after_;
  told_wifi_ = !now.associated                 ? Wifi::off
               : now.station_address.is_none() ? Wifi::connected
                                               : Wifi::up;
  told_open_[0] = hangs_up_ ? before_.open(0) : after_.open(0);  // of a HangUp CLOSED is said
  if (before_.open(0) && !after_.open(0))
    due_.clear(), burst_is_whole_ = false;  // on its way, and lost
}

/// The same of stations of the softAP.
void Books::follow_stations(const Event& event) {
  const bool fits = told_stations_.size() < SoftAp::kMostStations;
  if (const auto* joined = std::get_if<radio::StationJoined>(&event); joined != nullptr && fits)
    told_stations_.try_emplace(quoted(joined->mac), false);
  if (const auto* addressed = std::get_if<radio::StationAddressed>(&event);
      addressed != nullptr && told_stations_.contains(quoted(addressed->mac)))
    told_stations_[quoted(addressed->mac)] = true;
  if (const auto* left = std::get_if<radio::StationLeft>(&event))
    told_stations_.erase(quoted(left->mac));
}

/// Only the link that is being sent on has anything for the network, and that is what was typed.
void Books::check_outputs() {
  bool passes_on = false;
  for (std::uint8_t id = 0; id < limits::kLinks; ++id) {
    const std::string out = text_of(module_->link_output(handles_[id]).bytes);
    const bool sends = after_.is(Activity::sending) && id == due_link_;
    const bool passes = after_.is(Activity::passthrough) && id == 0;
    if (!after_.open(id)) {
      demand(out.empty(), "a closed link holds payload");
      const std::size_t room = read_left_ > 0 && id == read_link_ ? read_left_ : 0;
      demand(module_->link_room(handles_[id]) <= room, "a closed link takes bytes");
    } else if (passes) {
      demand(out.empty() || out == due_, "the network is given what nobody typed: ", Shown{out},
             " instead of ", Shown{due_});
      const bool is_due = due_.size() >= limits::kPayload || now_ - typed_at_ >= Escape::kSilence;
      demand(out.empty() || passed_on_ || is_due, "a packet ends before a silence: ", Shown{out});
      passes_on = !out.empty();
    } else if (sends || (buffered_ && id == due_link_)) {
      demand(out == due_, "the network is given what nobody typed: ", Shown{out}, " instead of ",
             Shown{due_});
    } else {
      demand(out.empty(), "a link that nobody sends on holds payload");
    }
  }
  passed_on_ = passes_on;
}

void Books::forget_life() {
  owed_.clear();
  echo_ = true;
  line_.clear();
  command_.clear();
  answer_is_due_ = closed_may_follow_ = false;
  payload_.clear();
  due_.clear();
  told_open_.fill(false);
  unread_.fill({});
  segments_.fill({});
  buffered_ = false;
  read_left_ = 0;
  piece_is_due_ = text_is_open_ = false;
  typed_as_ = Typed::payload;
  text_due_.clear();
  told_mqtt_ = message_is_due_ = more_is_due_ = message_is_open_ = false;
  told_wifi_ = Wifi::off;
  told_stations_.clear();
  asked_networks_.clear();
  light_sleep_ = pairs_ = awaits_phone_ = starts_link_ = false;
  wakes_.reset();
  held_.fill({});
  may_be_pulled_up_.fill(false);
  is_output_.fill(false);
  fails_after_ok_ = false;
  delayed_closed_ = 0;
  owed_closed_.fill(false);
  busy_until_ = {};
}

// The doors ---------------------------------------------------------------------------------------

void Books::replaced(const Module& module) {
  module_ = &module;
  after_ = look();
  handles_.fill({});
  forget_life();
}

void Books::uart_input(std::span<const std::byte> bytes, std::size_t taken, Instant now) {
  demand(bytes.size() == 1, "the books want single bytes");
  const std::string printed = end(now);
  if (taken == 1) {
    check_typed(static_cast<char>(bytes.front()), printed);
  } else {
    held_back_ = true;
    check_happened(printed);
  }
  check_outputs();
}

void Books::before_uart_sent(std::size_t n) {
  const std::string read = text_of(module_->uart_output().first(n));
  demand(owed_.starts_with(read), "the host reads something else than was printed");
  owed_.erase(0, n);
}

void Books::uart_sent(std::size_t n, Instant now) {
  check_happened(end(now, n));
  check_outputs();
}

void Books::link_input(LinkHandle link, std::span<const std::byte> bytes, Instant now) {
  const std::string printed = end(now);
  if (read_left_ > 0)
    return check_read(link, before_.links[link.id].remote, text_of(bytes), printed);
  std::size_t& unread = unread_[link.id].bytes;
  unread -= std::min(unread, bytes.size());
  if (unread == 0) unread_[link.id] = {};
  check_received(link, before_.links[link.id].remote, text_of(bytes), printed);
}

/// Each byte that was asked for comes once and in order, behind one header, and nothing between.
void Books::check_read(LinkHandle link, net::Endpoint sender, std::string_view bytes,
                       std::string_view printed) {
  demand(link.id == read_link_ && handles_[link.id] == link, "bytes that nobody asked for");
  demand(bytes.size() <= read_left_, "more bytes than were asked for");
  std::string expected;
  const bool comma_first = module_->dialect().switches.received_data ==
                           at::SwitchPoints::ReceivedData::length_colon_data;
  if (read_left_ == read_size_)
    expected = std::string("+CIPRECVDATA") + (comma_first ? ',' : ':') +
               std::to_string(read_size_) + (comma_first ? ':' : ',');
  if (read_left_ == read_size_ && before_.shows_sender &&
      switches().address_text == at::SwitchPoints::AddressText::quoted)
    expected += sender_text(sender) + ',';
  expected += bytes;
  read_left_ -= bytes.size();
  unread_[link.id].bytes -= bytes.size();
  if (read_left_ == 0) expected += std::string(spoken(at::Word::ok)) + "\r\n";
  demand(printed.starts_with(expected), "data are read wrongly: ", Shown{printed});
  demand(after_.is(Activity::idle) == (read_left_ == 0), "a read ends too early or too late");
  if (read_left_ == 0) answer_is_due_ = false, line_.clear();
  for (const Said& said : parse(module_->dialect(), printed.substr(expected.size()))) {
    demand(said.is_urc() && read_left_ == 0, "something is said with data: ", Shown{printed});
    note(said);
  }
  check_outputs();
}

void Books::datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                           Instant now) {
  const std::string printed = end(now);
  if (read_left_ > 0) {
    check_read(link, sender, text_of(bytes), printed);
  } else {
    std::size_t& unread = unread_[link.id].bytes;
    unread -= std::min(unread, bytes.size());
    if (unread == 0) unread_[link.id] = {};
    check_received(link, sender, text_of(bytes), printed);
  }
  net::Endpoint peer = before_.links[link.id].remote;
  bool& changed = peer_has_changed_[link.id];
  const unsigned mode = udp_mode_[link.id];
  if (!(peer == sender) && (mode == 2 || (mode == 1 && !changed))) peer = sender, changed = true;
  demand(after_.links[link.id].remote == peer, "a datagram changes the peer wrongly");
}

bool Books::may_be_passive(net::Transport transport) const {
  return transport == net::Transport::tcp ||
         switches().passive_links == at::SwitchPoints::PassiveLinks::all;
}

void Books::take_unread(const net::Unread& event) {
  const std::uint8_t id = event.link.id;
  const bool passes = before_.is(Activity::passthrough) && id == 0;
  const bool is_passive = before_.passive && before_.open(id) && !passes &&
                          !before_.is(Activity::restarting) &&
                          may_be_passive(before_.links[id].transport);
  Kept& unread = unread_[id];
  // What a read has left of a datagram is lost.
  if (before_.links[id].transport == net::Transport::udp)
    unread.bytes = std::min<std::size_t>(unread.bytes, event.bytes);
  if (is_passive && event.bytes > unread.bytes) {
    unread.bytes = event.bytes;
    unread.note_is_due = !unread.is_noted;
  }
  demand(after_.links[id].unread == unread.bytes, "unread bytes are counted wrongly");
}

void Books::check_received(LinkHandle link, net::Endpoint sender, std::string_view bytes,
                           std::string_view printed) {
  demand(before_.open(link.id) && handles_[link.id] == link, "bytes are taken for a closed link");
  std::string expected;
  const bool is_raw =
      before_.transparent && switches().raw_data == at::SwitchPoints::RawData::when_enabled;
  if (!before_.is(Activity::passthrough) && !is_raw) {
    expected = "\r\n+IPD,";
    if (before_.multiple_links) expected += std::to_string(link.id) + ',';
    expected += std::to_string(bytes.size());
    if (before_.shows_sender) expected += ',' + sender_text(sender);
    expected += ':';
  }
  expected += bytes;
  const bool is_datagram = before_.links[link.id].transport == net::Transport::udp;
  const std::size_t most =
      is_datagram || before_.is(Activity::passthrough) ? limits::kPayload : limits::kSegment;
  demand(bytes.size() <= most, "too much is printed at once: ", bytes.size());
  const bool may_say_more = before_.is(Activity::passthrough) && speaks_in_passthrough();
  demand(may_say_more ? printed.ends_with(expected) : printed == expected,
         "received bytes are printed wrongly: ", Shown{printed});
  check_outputs();
}

void Books::before_link_sent(LinkHandle link, std::size_t n) {
  const net::Outgoing out = module_->link_output(link);
  const std::string sent = text_of(out.bytes.first(std::min(n, out.bytes.size())));
  const bool is_datagram = after_.links[link.id].transport == net::Transport::udp;
  if (n == 0) return;
  demand(link.id == due_link_ && due_.starts_with(sent),
         "the network is given what nobody typed: ", Shown{sent}, " instead of ", Shown{due_});
  demand(!is_datagram || out.destination == due_destination_ || after_.is(Activity::passthrough),
         "a datagram goes to somebody else");
  due_.erase(0, sent.size());
  if (buffered_) segments_[link.id].taken += sent.size();
}

void Books::link_sent(Instant now) {
  const std::string printed = end(now);
  if (printed.find(spoken(at::Word::send_ok)) != std::string::npos)
    demand(due_.empty(), "SEND OK before all was sent");
  check_happened(printed);
  check_outputs();
}

void Books::before_event(const Event& event) {
  hangs_up_ = std::holds_alternative<uart::HangUp>(event);
  const auto* unsent = std::get_if<net::SendFailed>(&event);
  if (unsent != nullptr && after_.is(Activity::passthrough) &&
      !module_->link_output(unsent->link).bytes.empty())
    due_.clear(), burst_is_whole_ = false;  // a datagram that cannot be sent is lost
  if (unsent != nullptr && buffered_ && handles_[due_link_] == unsent->link) due_.clear();
  peer_had_gone_ = unsent != nullptr && unsent->why == net::SendFailure::too_late;
}

void Books::handled(const Event& event, Instant now) {
  const auto link = link_of(event);
  const bool is_stale = link && link->id < limits::kLinks && !(handles_[link->id] == *link);
  if (const auto* paired = std::get_if<radio::Paired>(&event); paired != nullptr && pairs_)
    asked_networks_.insert(std::string(paired->ssid.view()));
  if (const auto* told = std::get_if<radio::PhoneTold>(&event); told != nullptr && awaits_phone_)
    asked_networks_.insert(std::string(told->ssid.view()));
  if (const auto* driven = std::get_if<pins::Driven>(&event)) held_.at(driven->pin) = driven->level;
  const std::string printed = end(now);
  note_fault(event);
  if (after_.is(Activity::passthrough) && !starts_link_) follow_stations(event);
  if (std::holds_alternative<power::Started>(event)) return check_boot(printed);
  if (std::holds_alternative<power::Reset>(event)) {
    demand(after_.is(Activity::off) && after_.waiting_for_host == 0,
           "a reset leaves something behind");
    return forget_life();
  }
  if (const auto* done = std::get_if<flash::Done>(&event);
      done != nullptr && flash_tickets_[1] == done->ticket.number) {
    if (written_) stored_ = std::exchange(written_, std::nullopt);
  }
  if (const auto* failed = std::get_if<flash::Failed>(&event);
      failed != nullptr && flash_tickets_[1] == failed->ticket.number)
    written_.reset();
  if (const auto* told = std::get_if<net::Acknowledged>(&event); told != nullptr && !is_stale) {
    Sent& sent = segments_[told->link.id];
    if (told->unacknowledged <= sent.taken)
      sent.acknowledged = std::max(sent.acknowledged, sent.taken - told->unacknowledged);
  }
  if (const auto* unread = std::get_if<net::Unread>(&event); unread != nullptr && !is_stale)
    take_unread(*unread);
  if (take_web(event, printed) || take_mqtt(event, printed)) return check_outputs();
  std::exchange(hangs_up_, false) ? check_hung_up(printed) : check_happened(printed);
  peer_had_gone_ = false;
  check_outputs();
  if (!is_stale) return;
  demand(printed.empty(), "an event of an older link is heard: ", Shown{printed});
  for (std::uint8_t id = 0; id < limits::kLinks; ++id)
    demand(before_.open(id) == after_.open(id), "an event of an older link changes a newer one");
}

/// True for a piece of an answer. One that nobody waits for is dropped.
bool Books::take_web(const Event& event, std::string_view printed) {
  const auto* answered = std::get_if<web::Answered>(&event);
  constexpr unsigned kFirstError = 400;
  if (answered != nullptr && answered->ticket == web_ticket_ && answered->status < kFirstError &&
      before_.is(Activity::processing) && !text_is_open_ && shows_text())
    text_is_open_ = answer_is_due_;
  const auto* ended = std::get_if<web::Ended>(&event);
  const auto* failed = std::get_if<web::FetchFailed>(&event);
  if ((ended != nullptr && ended->ticket == web_ticket_) ||
      (failed != nullptr && failed->ticket == web_ticket_))
    piece_is_due_ = false;
  const auto* piece = std::get_if<web::Piece>(&event);
  if (piece == nullptr) return false;
  const bool is_due = piece->ticket == web_ticket_ && std::exchange(piece_is_due_, false);
  const std::string expected = is_due ? shown_piece(piece->bytes.view()) : std::string();
  demand(printed.starts_with(expected), "an answer is printed wrongly: ", Shown{printed});
  printed.remove_prefix(expected.size());
  demand(printed.empty() || !text_is_open_, "something is said within a text: ", Shown{printed});
  if (!printed.empty()) check_happened(printed);
  return true;
}

/// Whether the command shows an answer as it is, or in pieces behind their lengths.
bool Books::shows_text() const {
  return !command_.starts_with("AT+HTTP") || command_ == "AT+HTTPURLCFG?";
}

std::string Books::shown_piece(std::string_view bytes) const {
  if (shows_text()) return std::string(bytes);
  const bool is_head =
      command_.starts_with("AT+HTTPCLIENT") && number_in(fields_of(command_), 0) == 1;
  const std::string name = command_.substr(2, command_.find('=') - 2);
  return name + ':' + std::to_string(bytes.size()) + (is_head ? ", " : ",") + std::string(bytes) +
         "\r\n";
}

/// True for a message of MQTT, which is printed as it comes, and nothing within it.
bool Books::take_mqtt(const Event& event, std::string_view printed) {
  const auto* message = std::get_if<mqtt::Message>(&event);
  const auto* bytes = std::get_if<mqtt::Bytes>(&event);
  if (message == nullptr && bytes == nullptr) return false;
  std::string expected;
  if (message != nullptr && std::exchange(message_is_due_, false) && message->topic_size > 0) {
    topic_left_ = message->topic_size;
    message_size_ = message_left_ = message->size;
    message_is_open_ = true;
    expected = std::string(spoken(at::Word::mqtt_received)) + "0,\"";
  }
  if (bytes != nullptr && std::exchange(more_is_due_, false)) {
    std::string_view rest = bytes->bytes.view();
    if (topic_left_ > 0) {
      const std::size_t n = std::min(topic_left_, rest.size());
      expected += rest.substr(0, n);
      rest.remove_prefix(n);
      topic_left_ -= n;
      if (topic_left_ == 0) expected += "\"," + std::to_string(message_size_) + ',';
    }
    expected += rest;
    message_left_ -= rest.size();
    message_is_open_ = topic_left_ > 0 || message_left_ > 0;
    if (!message_is_open_) expected += "\r\n";
  }
  demand(printed.starts_with(expected), "a message is printed wrongly: ", Shown{printed});
  printed.remove_prefix(expected.size());
  demand(printed.empty() || !message_is_open_,
         "something is said within a message: ", Shown{printed});
  if (!message_is_open_) check_happened(printed);
  return true;
}

void Books::advanced(Instant now) {
  check_happened(end(now));
  check_outputs();
}

void Books::requested(const Request& request) {
  note_join(request);
  note_client_request(request);
  note_link_request(request);
  note_flash(request);
  note_pin(request);
}

/// What was typed is handed over to a client as it was.
void Books::note_client_request(const Request& request) {
  if (const auto* fetch = std::get_if<web::Fetch>(&request))
    web_ticket_ = fetch->ticket, piece_is_due_ = false;
  if (const auto* recall = std::get_if<web::Recall>(&request))
    web_ticket_ = recall->ticket, piece_is_due_ = false;
  if (std::holds_alternative<web::Continue>(request)) piece_is_due_ = true;
  if (std::holds_alternative<web::Cancel>(request)) piece_is_due_ = false;
  if (std::holds_alternative<mqtt::Take>(request)) message_is_due_ = true;
  if (std::holds_alternative<mqtt::More>(request)) more_is_due_ = true;
  std::string_view text;
  if (const auto* store = std::get_if<web::Store>(&request)) text = store->text.view();
  if (const auto* put = std::get_if<mqtt::Put>(&request)) text = put->text.view();
  if (text_due_.empty() || text.empty()) return;
  demand(std::string_view(text_due_).starts_with(text),
         "a client is given what nobody typed: ", Shown{text}, " instead of ", Shown{text_due_});
  text_due_.erase(0, text.size());
}

// Faults ------------------------------------------------------------------------------------------

/// A module that does not run hears of none, and they are over when it starts anew.
void Books::note_fault(const Event& event) {
  if (before_.is(Activity::off) || before_.is(Activity::asleep) || before_.is(Activity::restarting))
    return;
  if (std::holds_alternative<faults::FailAfterSendOk>(event)) fails_after_ok_ = true;
  if (std::holds_alternative<faults::DelayClosed>(event)) ++delayed_closed_;
  if (const auto* busy = std::get_if<faults::StayBusy>(&event))
    busy_until_ = now_ + std::chrono::milliseconds(busy->time_ms);
  if (!std::holds_alternative<faults::Recover>(event)) return;
  fails_after_ok_ = false;
  busy_until_ = {};
}

/// What a faults::FailAfterSendOk adds has to be there, and is looked at no more.
void Books::take_late_fail(std::vector<Said>& said) {
  const auto ok = std::find_if(said.begin(), said.end(), [&](const Said& s) {
    return s.kind == Kind::send_ok && spoken(at::Word::send_ok).ends_with(s.text);
  });
  if (ok == said.end() || !std::exchange(fails_after_ok_, false)) return;
  demand(ok + 1 != said.end() && ok[1].kind == Kind::send_fail, "SEND OK without its SEND FAIL");
  said.erase(ok + 1);
}

// Typing ------------------------------------------------------------------------------------------

/// The escape may be noticed with the byte behind it, where the runtime is late to say that time
/// has passed: that byte belongs to what comes then.
void Books::check_typed(char c, std::string_view printed) {
  const bool is_long = typed_as_ == Typed::long_data;
  const std::string canceled =
      std::string(spoken(is_long ? at::Word::long_send_canceled : at::Word::send_canceled)) +
      "\r\n";
  switch (before_.activity) {
    case Activity::off:
    case Activity::asleep:
      return demand(printed.empty(), "a module without power, or asleep, prints");
    case Activity::restarting: return check_happened(printed);
    case Activity::collecting:
      if (typed_as_ == Typed::text) return take_text(c, printed);
      if (!printed.starts_with(canceled))
        return is_long ? take_long(c, printed) : take_payload(c, printed);
      payload_.clear();
      line_.clear();
      printed.remove_prefix(canceled.size());
      return take_command(c, Activity::idle, printed);
    case Activity::passthrough:
      if (after_.is(Activity::passthrough)) return take_passthrough(c, printed);
      check_happened(printed.substr(0, end_of_passthrough(printed)));
      line_.clear();
      printed.remove_prefix(end_of_passthrough(printed));
      return take_command(c, Activity::idle, printed);
    case Activity::idle:
      if (after_.is(Activity::asleep))  // before the byte came, and the runtime was late to say so
        return demand(printed.empty(), "a module that falls asleep prints"), line_.clear();
      [[fallthrough]];
    case Activity::processing:
    case Activity::sending: return take_command(c, before_.activity, printed);
  }
}

/// What is said when transparent transmission ends.
std::string Books::quitted() const {
  if (!tells_of_passthrough(module_->settings())) return {};
  return std::string(spoken(at::Word::left_passthrough)) + "\r\n";
}

/// Behind that, and behind the lines that were held up until then.
std::size_t Books::end_of_passthrough(std::string_view printed) const {
  const std::size_t at = starts_link_ ? printed.find(quitted()) : 0;
  demand(at != std::string_view::npos, "transparent transmission ends without +QUITT");
  return at + quitted().size();
}

/// Unsolicited lines, and the prompt of a link that was opened at the start.
void Books::note_all(std::string_view printed) {
  const bool prompts_alike = spoken(at::Word::prompt) == spoken(at::Word::passthrough_prompt);
  for (const Said& said : parse(module_->dialect(), printed)) {
    const bool is_prompt =
        said.kind == Kind::passthrough_prompt || (prompts_alike && said.kind == Kind::prompt);
    if (starts_link_ && is_prompt) {
      demand(after_.open(0), "a prompt without a link");
      starts_link_ = false;
      continue;
    }
    demand(said.is_urc(), "something is said where nothing may be: ", Shown{printed});
    note(said);
  }
}

void Books::take_payload(char c, std::string_view printed) {
  payload_ += c;
  demand(payload_.size() <= payload_size_, "more payload is taken than was asked for");
  if (after_.is(Activity::collecting))
    return demand(printed.empty(), "something is said while payload is typed: ", Shown{printed});
  const auto [bytes, has_ended] =
      payload_as_ == As::escaped ? unescaped(payload_) : std::pair(payload_, false);
  demand(payload_.size() == payload_size_ || has_ended, "a payload ends before its length");
  payload_ = bytes;
  auto said = parse(module_->dialect(), printed);
  take_late_fail(said);
  demand(!said.empty() && said[0].kind == Kind::received && said[0].count == payload_.size(),
         "a payload is not received as it was typed: ", Shown{printed});
  if (payload_as_ == As::segment) return begin_segment(std::exchange(payload_, {}), said);
  const bool goes_out = after_.is(Activity::sending);
  const net::Endpoint peer = payload_destination_.value_or(before_.links[payload_link_].remote);
  const bool has_peer = !peer.address.is_none() && peer.port != 0;
  const bool is_empty = payload_.empty();
  demand(goes_out || !has_peer || !before_.open(payload_link_) || is_empty,
         "a payload is refused though its link is open");
  if (goes_out) {
    demand(said.size() == 1, "something is said while payload is sent: ", Shown{printed});
    due_ = std::exchange(payload_, {});
    due_link_ = payload_link_;
    due_destination_ = payload_destination_.value_or(after_.links[payload_link_].remote);
    return;
  }
  payload_.clear();
  line_.clear();
  const bool goes_nowhere = !has_peer && before_.open(payload_link_);
  const Kind result = is_empty && before_.open(payload_link_) ? Kind::send_ok
                      : goes_nowhere                          ? Kind::send_fail
                                                              : Kind::error;
  demand(said.size() >= 2 && said[1].kind == result,
         "a payload without its result: ", Shown{printed});
  for (std::size_t i = 2; i < said.size(); ++i) {
    demand(said[i].is_urc(), "more than a result for a payload: ", Shown{printed});
    note(said[i]);
  }
}

/// Takes unsolicited lines, and returns how many results stand in front of them.
std::size_t Books::note_results(std::string_view printed) {
  std::size_t results = 0;
  bool others = false;
  for (const Said& said : parse(module_->dialect(), printed)) {
    const bool is_end = said.is_result() || is_send_result(said) || is_cancel(said);
    demand(is_end ? !others : said.is_urc(), "more than a result: ", Shown{printed});
    if (is_end)
      ++results;
    else
      others = true, note(said);
  }
  return results;
}

/// It has a result at once, or its command goes on.
void Books::take_text(char c, std::string_view printed) {
  payload_ += c;
  text_due_ += c;
  demand(payload_.size() <= payload_size_, "more of a text is taken than was asked for");
  if (after_.is(Activity::collecting))
    return demand(printed.empty(), "something is said while a text is typed: ", Shown{printed});
  demand(payload_.size() == payload_size_, "a text ends before its length");
  payload_.clear();
  line_.clear();
  answer_is_due_ = after_.is(Activity::processing);
  demand(note_results(printed) == (answer_is_due_ ? 0U : 1U),
         "not one result for a text: ", Shown{printed});
}

/// A packet that is complete goes out. Where the link has gone, all that is left is dropped.
void Books::take_long(char c, std::string_view printed) {
  payload_ += c;
  ++long_typed_;
  demand(long_typed_ <= payload_size_, "more payload is taken than was asked for");
  const std::size_t results = note_results(printed);
  demand(results == (after_.is(Activity::idle) ? 1U : 0U),
         "not one result for long data: ", Shown{printed});
  if (after_.is(Activity::idle)) {
    demand(long_typed_ == payload_size_, "long data end before their length");
    payload_.clear();
    line_.clear();
  }
  if (!after_.is(Activity::sending)) return;
  due_ = std::exchange(payload_, {});
  due_link_ = payload_link_;
  due_destination_ = payload_destination_.value_or(after_.links[payload_link_].remote);
}

/// It is on its way while other commands are taken; where the link has gone, it has failed.
void Books::begin_segment(std::string bytes, const std::vector<Said>& said) {
  demand(after_.is(Activity::idle), "a segment keeps the module busy");
  Sent& sent = segments_[payload_link_];
  sent.ends.push_back((sent.ends.empty() ? 0 : sent.ends.back()) + bytes.size());
  buffered_ = after_.open(payload_link_);
  if (buffered_) due_ = std::move(bytes), due_link_ = payload_link_;
  line_.clear();
  for (std::size_t i = 1; i < said.size(); ++i) {
    demand(said[i].is_urc(), "a result for a segment: ", said[i].text);
    note(said[i]);
  }
}

void Books::take_passthrough(char c, std::string_view printed) {
  demand(printed.empty() || speaks_in_passthrough() || starts_link_,
         "something is said in transparent transmission: ", Shown{printed});
  if (starts_link_) note_all(printed);
  due_link_ = 0;
  if (now_ - typed_at_ >= Escape::kSilence) last_typed_.clear(), burst_is_whole_ = true;
  if (before_.open(0) && after_.open(0))
    due_ += c;
  else
    burst_is_whole_ = false;  // there is nowhere to send it
  last_typed_ = (last_typed_ + c).substr(last_typed_.size() > 3 ? 1 : 0);
  typed_at_ = now_;
}

void Books::take_command(char c, Activity during, std::string_view printed) {
  constexpr Duration kBurstEnds = 20ms;
  if (now_ - command_typed_at_ >= kBurstEnds) busy_was_said_ = false;
  command_typed_at_ = now_;
  line_ += c;
  if (c == '\n' && echo_ && switches().echo == at::SwitchPoints::Echo::each_byte) {
    demand(printed.starts_with(c), "the echo of an LF is missing: ", Shown{printed});
    printed.remove_prefix(1);
  }
  if (c == '\n') return end_line(during, printed);
  if (echo_) {
    demand(printed.starts_with(c), "the echo of a byte is missing: ", Shown{printed});
    printed.remove_prefix(1);
  }
  for (const Said& said : parse(module_->dialect(), printed)) {
    demand(said.is_urc(), "a byte of a line is answered: ", Shown{printed});
    note(said);
  }
}

void Books::end_line(Activity during, std::string_view printed) {
  const std::string line = std::exchange(line_, {});
  if (during != Activity::idle || stays_busy()) {
    printed = without_cause(printed);
    const bool sends = during == Activity::sending;
    const std::string busy =
        std::string(spoken(sends ? at::Word::busy_sending : at::Word::busy_processing)) + "\r\n";
    const bool may_say_nothing = busy_was_said_ && says_busy_once();
    if (may_say_nothing && printed.empty()) return;
    if (!printed.starts_with(busy)) return check_forced_restart(line, printed);
    demand(printed == busy, "more than busy for a line: ", Shown{printed});
    demand(!may_say_nothing, "busy again for the same burst");
    busy_was_said_ = true;
    return;
  }
  constexpr std::size_t kLongest = limits::kLine;
  const std::string stored = line.substr(0, std::min(line.size() - 1, kLongest));
  const std::size_t head = at::find_head(stored, module_->dialect()), cr = line.find('\r', head);
  std::string text = stored.substr(0, cr);
  if (head != std::string::npos) text.replace(head, at::kHeadSize, "AT");
  if (switches().head == at::SwitchPoints::Head::any_case) raise_name(text, head);
  if (echo_ && head != std::string::npos &&
      switches().echo == at::SwitchPoints::Echo::all_but_line_feed) {
    demand(printed.starts_with("\r\n"), "the line end behind an echo is missing");
    printed.remove_prefix(2);
  }
  const std::string_view kUrl = "+HTTPURLCFG:";
  if (const std::size_t at = printed.rfind(kUrl);
      at != printed.npos && printed.ends_with(',') && after_.is(Activity::processing))
    printed = printed.substr(0, at), text_is_open_ = true;
  const bool is_whole = cr != std::string::npos && cr <= kLongest && head != std::string::npos;
  check_line(is_whole ? std::string_view(text).substr(head) : std::string_view{},
             parse(module_->dialect(), printed));
}

/// The name of a command that was typed in small letters.
void Books::raise_name(std::string& line, std::size_t from) {
  for (; from < line.size() && line[from] != '=' && line[from] != '?'; ++from)
    line[from] = upper(line[from]);
}

/// Without the line that says why, where the host has asked for it.
std::string_view Books::without_cause(std::string_view printed) const {
  const std::string_view before = spoken(at::Word::error_code);
  if (before.empty() || !printed.starts_with(before)) return printed;
  return printed.substr(printed.find('\n') + 1);
}

/// In transparent transmission, of the station and of links.
bool Books::speaks_in_passthrough() const { return tells_in_passthrough(module_->settings()); }

std::string Books::sender_text(const net::Endpoint& sender) const {
  const std::string mark =
      switches().address_text == at::SwitchPoints::AddressText::quoted ? "\"" : "";
  return mark + address_text(sender.address) + mark + ',' + std::to_string(sender.port);
}

bool Books::says_busy_once() const {
  return module_->dialect().switches.busy_lines == at::SwitchPoints::BusyLines::one_for_each_burst;
}

std::string_view Books::spoken(at::Word word) const { return module_->dialect().words[word]; }

/// Only AT+RST in full interrupts a command.
void Books::check_forced_restart(std::string_view line, std::string_view printed) {
  const auto said = parse(module_->dialect(), printed);
  demand(!said.empty() && said[0].kind == Kind::forced_restart,
         "a line that meets busy is answered: ", Shown{printed});
  const std::string_view text = line.substr(0, line.find('\r'));
  demand(at::find_head(text, module_->dialect()) != std::string_view::npos &&
             text.ends_with("+RST") && after_.is(Activity::restarting),
         "a restart that nobody asked for");
  demand(said.size() >= 2 && said[1].kind == Kind::ok, "a forced restart without its OK");
  answer_is_due_ = false;
  due_.clear();
  for (std::size_t i = 2; i < said.size(); ++i) note(said[i]);
}

/// One final answer, at once or later.
void Books::check_line(std::string_view line, const std::vector<Said>& said) {
  demand(!answer_is_due_, "a line is run while another one waits for its answer");
  const bool later = after_.is(Activity::processing);
  const std::size_t results = count(said, is_result);
  demand(results == (later ? 0U : 1U), "not one answer for a line: ", Shown{line}, " has ",
         results);
  command_ = line;
  typed_as_ = Typed::payload;
  answer_is_due_ = later;
  closed_may_follow_ = false;
  // Without a name, and by a change of mode, the network that is known.
  if (switches().rejoin == at::SwitchPoints::Rejoin::as_configured &&
      (line.starts_with("AT+CWJAP") || line.starts_with("AT+CWMODE")))
    asked_networks_.insert(std::string(module_->settings().network.ssid.view()));
  if (line.starts_with("AT+CWJAP"))
    for (const std::string& field : fields_of(line)) asked_networks_.insert(field);
  bool answered = false;
  const bool prompts_alike = spoken(at::Word::prompt) == spoken(at::Word::passthrough_prompt);
  for (Said s : said) {
    if (s.kind == Kind::prompt && prompts_alike && after_.is(Activity::passthrough))
      s.kind = Kind::passthrough_prompt;
    if (s.is_result()) {
      answered = true;
      demand((s.kind == Kind::prompt) == after_.is(Activity::collecting),
             "a prompt in the wrong place");
      demand((s.kind == Kind::passthrough_prompt) == after_.is(Activity::passthrough),
             "a prompt in the wrong place");
      demand(s.kind != Kind::ok || !line.empty(), "OK for no command");
    } else {
      demand(s.is_urc() || (s.kind == Kind::information && !answered),
             "a line is answered with: ", s.text);
      note(s);
    }
    if (s.kind != Kind::ok) continue;
    if (line.starts_with("AT+CIPBUFRESET"))
      segments_.at(after_.multiple_links ? number_in(fields_of(line), 0) : 0) = {};
    check_done(line);
    if (line == "ATE0" || line == "ATE") echo_ = false;
    if (line == "ATE1") echo_ = true;
    note_sleep(line);
  }
  if (line.starts_with("AT+CIPSTART=") || line.starts_with("AT+CIPSTARTEX=")) {
    const bool has_number = after_.multiple_links && line.starts_with("AT+CIPSTART=");
    asked_udp_mode_ = number_in(fields_of(line), has_number ? 5 : 4);
  }
  if (later && line.starts_with("AT+CIPRECVDATA=")) begin_read(line);
  if (line == "AT+CIPRECVLEN?" && module_->requests_waiting() == 0) {
    std::string lengths = "+CIPRECVLEN:";
    for (std::size_t id = 0; id < unread_.size(); ++id) {
      const bool is_none = !after_.links[id].open && !after_.links[id].draining &&
                           switches().no_link == at::SwitchPoints::NoLink::minus_one;
      lengths += (lengths.ends_with(':') ? "" : ",") +
                 (is_none ? "-1" : std::to_string(unread_[id].bytes));
    }
    demand(said.front().text == lengths, "other bytes wait: ", said.front().text);
  }
  if (after_.is(Activity::collecting)) begin_payload(line);
  if (after_.is(Activity::passthrough))
    typed_at_ = now_, due_.clear(), last_typed_.clear(), held_back_ = false;
}

/// OK is said of what is so: what a line has stored is in use, a network is joined, a module
/// restarts.
void Books::check_done(std::string_view line) const {
  static constexpr std::pair<std::string_view, Key> kStores[] = {
      {"AT+UART_DEF=", Key::uart},
      {"AT+CWMODE_DEF=", Key::mode},
      {"AT+CWJAP_DEF=", Key::network},
      {"AT+CWSAP_DEF=", Key::soft_ap},
      {"AT+CWDHCP_DEF=", Key::dhcp},
      {"AT+CWDHCPS_DEF=", Key::pool},
      {"AT+CIPSTA_DEF=", Key::station_address},
      {"AT+CIPAP_DEF=", Key::soft_ap_address},
      {"AT+CWCOUNTRY_DEF=", Key::country},
      {"AT+CWAUTOCONN=", Key::auto_connect},
      {"AT+CIPDNS_DEF=", Key::name_servers},
      {"AT+CIPDNS=", Key::name_servers},
      {"AT+CIPSSLCCONF=", Key::tls},
      {"AT+SYSMSG_DEF=", Key::messages},
      {"AT+SAVETRANSLINK=", Key::start_link}};
  const Settings now = module_->settings();
  for (const auto& [command, key] : kStores) {
    if (!line.starts_with(command) || line.ends_with("=?") || !stores(command)) continue;
    Settings with_stored = now;
    copy_key(key, module_->memory().stored(), with_stored);
    if (key == Key::dhcp) {  // what the command doesn't name stays as it was
      const unsigned side = number_in(fields_of(line), 0);
      if (side == 0) with_stored.dhcp.station = now.dhcp.station;
      if (side == 1) with_stored.dhcp.soft_ap = now.dhcp.soft_ap;
    }
    demand(with_stored == now, "OK, but not in use: ", Shown{line});
  }
  if (line.starts_with("AT+CWJAP") && line.find('=') != std::string_view::npos &&
      !line.ends_with("=?"))
    demand(told_wifi_ == Wifi::up, "OK without WIFI GOT IP: ", Shown{line});
  if (line == "AT+RST" || line == "AT+RESTORE" || line.starts_with("AT+GSLP="))
    demand(after_.is(Activity::restarting), "OK, but no restart: ", Shown{line});
}

/// Whether that command stores what it sets.
bool Books::stores(std::string_view command) const {
  const std::string_view name = command.substr(2, command.size() - 3);
  const at::Command* const row = at::find(module_->dialect(), name);
  return row == nullptr || row->keep != at::Keep::as_chosen || module_->settings().stores;
}

void Books::begin_read(std::string_view line) {
  const auto fields = fields_of(line);
  const std::size_t first = after_.multiple_links ? 1 : 0;
  read_link_ = static_cast<std::uint8_t>(first == 0 ? 0 : number_in(fields, 0));
  Kept& unread = unread_.at(read_link_);
  read_size_ = read_left_ = std::min<std::size_t>(number_in(fields, first), unread.bytes);
  unread.is_noted = unread.note_is_due = false;
  demand(read_size_ > 0, "a read of nothing");
}

void Books::begin_payload(std::string_view line) {
  payload_size_ = after_.payload_missing;
  payload_.clear();
  long_typed_ = 0;
  demand(payload_size_ > 0, "a prompt for nothing");
  for (const char* name : {"AT+HTTPCPOST=", "AT+HTTPURLCFG=", "AT+MQTTLONG", "AT+MQTTPUBRAW="})
    if (line.starts_with(name)) typed_as_ = Typed::text;
  if (line.starts_with("AT+CIPSENDL=")) typed_as_ = Typed::long_data;
  if (typed_as_ == Typed::text) return;
  const auto fields = fields_of(line);
  const std::size_t first = after_.multiple_links ? 1 : 0;
  payload_link_ =
      after_.multiple_links ? static_cast<std::uint8_t>(number_in(fields, 0)) : std::uint8_t{0};
  payload_as_ = line.starts_with("AT+CIPSENDEX")    ? As::escaped
                : line.starts_with("AT+CIPSENDBUF") ? As::segment
                                                    : As::payload;
  payload_destination_.reset();
  if (const auto address = first + 2 < fields.size() ? parse_ipv4(fields[first + 1]) : std::nullopt)
    payload_destination_ =
        net::Endpoint{*address, static_cast<std::uint16_t>(number_in(fields, first + 2))};
  demand(after_.open(payload_link_), "a prompt for a link that is closed");
  const bool is_long = typed_as_ == Typed::long_data;
  demand(
      is_long || (payload_size_ == number_in(fields, first) && payload_size_ <= limits::kPayload),
      "a prompt for a wrong length");
}

// Sleep -------------------------------------------------------------------------------------------

void Books::note_sleep(std::string_view line) {
  const auto fields = fields_of(line);
  if (line.starts_with("AT+CWSTARTSMART")) awaits_phone_ = true;
  if (line.starts_with("AT+WPS=")) pairs_ = number_in(fields, 0) == 1;
  if (line.starts_with("AT+SLEEP=")) light_sleep_ = number_in(fields, 0) == 1;
  if (line.starts_with("AT+SYSIOSETCFG=") && number_in(fields, 2) == 1)
    may_be_pulled_up_.at(number_in(fields, 0)) = true;
  if (!line.starts_with("AT+WAKEUPGPIO=")) return;
  wakes_.reset();
  if (number_in(fields, 0) == 1)
    wakes_ = {static_cast<std::uint8_t>(number_in(fields, 1)), number_in(fields, 2) == 1};
}

/// Nothing where that depends on more than these books know.
std::optional<bool> Books::level_of(std::uint8_t pin) const {
  if (is_output_[pin]) return std::nullopt;
  if (held_[pin] != pins::Level::open) return held_[pin] == pins::Level::high;
  return may_be_pulled_up_[pin] ? std::nullopt : std::optional(false);
}

/// A module sleeps where it was asked to, in station mode, without an access point, with nothing to
/// do, and with a pin that will wake it.
void Books::check_sleep() const {
  const bool sleeps = after_.is(Activity::asleep);
  if (!sleeps) return;
  demand(light_sleep_ && wakes_ && module_->settings().mode == 1, "nobody asked it to sleep");
  demand(!after_.associated, "a module sleeps while it is in a network");
  demand(after_.waiting_for_host == 0 && !answer_is_due_, "a module sleeps with things to do");
  const auto level = level_of(wakes_->first);
  demand(!level || *level != wakes_->second, "a module sleeps though its pin wakes it");
}

void Books::note_pin(const Request& request) {
  if (const auto* drive = std::get_if<pins::Drive>(&request))
    is_output_.at(drive->pin) = drive->level != pins::Level::open;
}

// The line ----------------------------------------------------------------------------------------

/// Whatever was under way on a link is over, and so is each link.
void Books::check_hung_up(std::string_view printed) {
  if (before_.is(Activity::passthrough)) {
    const std::size_t end = end_of_passthrough(printed);
    demand(printed.substr(0, end).ends_with(quitted()),
           "transparent transmission ends without +QUITT");
    note_all(printed.substr(0, end - quitted().size()));
    starts_link_ = false;
    printed.remove_prefix(end);
    for (const Said& said : parse(module_->dialect(), printed)) {
      demand(said.kind == Kind::closed, "more than CLOSED when DTR drops: ", Shown{printed});
      note(said);
    }
    due_.clear();
    line_.clear();
  } else {
    check_happened(printed);
    if (before_.is(Activity::collecting)) payload_.clear();
  }
  if (before_.is(Activity::restarting)) return;  // it hears nothing any more
  for (const Activity on_a_link : {Activity::collecting, Activity::sending, Activity::passthrough})
    demand(!after_.is(on_a_link), "DTR drops, and the module is not in command mode");
  for (std::uint8_t id = 0; id < limits::kLinks; ++id)
    demand(!after_.open(id), "DTR drops, and a link stays open");
}

// What happens by itself --------------------------------------------------------------------------

/// Transparent transmission has ended, by an escape unless the module goes down.
void Books::check_left(std::string_view printed, bool goes_down) {
  const Activity after = after_.activity;
  if (after == Activity::idle && starts_link_) {
    const std::size_t end = end_of_passthrough(printed);
    note_all(printed.substr(0, end - quitted().size()));
    demand(starts_link_ || end == printed.size(), "more than +QUITT: ", Shown{printed});
    note_all(printed.substr(end));
  } else {
    demand(printed == quitted() || after != Activity::idle ||
               (speaks_in_passthrough() && printed.ends_with(quitted())),
           "transparent transmission ends otherwise than AT+SYSMSG says: ", Shown{printed});
  }
  starts_link_ = false;
  // Left by an escape, which is not sent; a link that was connecting again has less of it, or
  // nothing.
  const bool escaped =
      due_ == "+++" || (!burst_is_whole_ && std::string_view("++").starts_with(due_));
  demand(goes_down || escaped,
         "transparent transmission ends with something unsent: ", Shown{due_});
  demand(goes_down || (last_typed_ == "+++" && now_ - typed_at_ >= Escape::kSilence) || held_back_,
         "transparent transmission ends without an escape");
  due_.clear();
  line_.clear();
}

void Books::check_happened(std::string_view printed) {
  const Activity before = before_.activity, after = after_.activity;
  const bool goes_down = after == Activity::off || after == Activity::restarting;
  if (before == Activity::passthrough && after != Activity::passthrough)
    return check_left(printed, goes_down);
  if (before == Activity::passthrough && starts_link_) return note_all(printed);
  if (text_is_open_ && (before != after || goes_down)) {
    demand(goes_down || printed.starts_with("\r\n"), "a text without its end: ", Shown{printed});
    if (!goes_down) printed.remove_prefix(2);
    text_is_open_ = piece_is_due_ = false;
  }
  if (message_is_open_ && !printed.empty()) {  // it was given up
    demand(goes_down || printed.starts_with("\r\n"), "a message without its end: ", Shown{printed});
    if (!goes_down) printed.remove_prefix(2);
    message_is_open_ = more_is_due_ = false;
  }
  const bool is_long = typed_as_ == Typed::long_data;
  auto said = parse(module_->dialect(), printed);
  take_late_fail(said);
  if ((before == Activity::passthrough && !speaks_in_passthrough()) ||
      (!is_long && before == after &&
       (after == Activity::collecting || after == Activity::sending)))
    demand(said.empty(), "something is said where nothing may be: ", Shown{printed});
  if (before == Activity::passthrough) {  // see follow_passthrough()
    for (const Said& s : said) demand(s.is_urc(), "no command is under way: ", s.text);
    return;
  }
  const bool job_ends =
      before == Activity::processing && (after == Activity::idle || after == Activity::restarting);
  const bool send_ends = before == Activity::sending && after == Activity::idle;
  const bool is_canceled = before == Activity::collecting && after == Activity::idle;
  // ERROR, as for a link that went before
  const bool too_late = send_ends && peer_had_gone_ && !is_long;
  const bool text_ends = job_ends && typed_as_ == Typed::text;
  const std::size_t send_results = count(said, is_send_result);
  demand(count(said, is_result) + (text_ends ? send_results : 0) == (job_ends || too_late ? 1 : 0),
         "not one answer for a command: ", Shown{printed});
  demand(text_ends || send_results == (send_ends && !too_late ? 1 : 0),
         "not one result for a payload: ", Shown{printed});
  demand(count(said, is_cancel) == (is_canceled && typed_as_ != Typed::text ? 1 : 0),
         "SEND Canceled in the wrong place: ", Shown{printed});
  demand(!job_ends || answer_is_due_, "an answer that nobody waits for");
  if (job_ends || goes_down) answer_is_due_ = false;
  const bool long_goes_on = is_long && before == Activity::sending && after == Activity::collecting;
  if (send_ends || goes_down || long_goes_on) due_.clear();
  if (job_ends || send_ends || is_canceled || after == Activity::asleep) line_.clear();
  for (const Said& s : said) {
    demand(s.kind != Kind::information || before == Activity::processing || is_long,
           "nobody asked for: ", s.text);
    if (s.kind == Kind::ok) check_done(command_);
    if (s.kind == Kind::error) closed_may_follow_ = command_.starts_with("AT+CIPSTART");
    note(s);
  }
}

void Books::note(const Said& said) {
  switch (said.kind) {
    case Kind::link_connected:
    case Kind::link_failed: return note_connection(said);
    case Kind::connect:
      demand(!tells_of_links(module_->settings()), "CONNECT instead of +LINK_CONN");
      [[fallthrough]];
    case Kind::closed: return note_link(said);
    case Kind::unread: return note_unread(said);
    case Kind::segment_sent:
    case Kind::segment_failed: return note_segment(said);
    case Kind::wifi_connected:
    case Kind::wifi_got_ip:
    case Kind::wifi_disconnect: return note_wifi(said);
    case Kind::station_connected:
    case Kind::station_address:
    case Kind::station_disconnected: return note_station(said);
    case Kind::wps_success:
    case Kind::wps_fail:
      return demand(std::exchange(pairs_, false), "nobody asked for WPS: ", said.text);
    case Kind::client_refused: return;
    case Kind::mqtt_connected:
    case Kind::mqtt_disconnected: return note_broker(said);
    case Kind::phone: return demand(awaits_phone_, "nobody asked for a phone: ", said.text);
    case Kind::ready:
    case Kind::forced_restart:
    case Kind::busy_processing:
    case Kind::busy_sending:
    case Kind::received: throw Violation("said in the wrong place: " + said.text);
    default: return;
  }
}

void Books::note_broker(const Said& said) {
  const bool connected = said.kind == Kind::mqtt_connected;
  demand(told_mqtt_ != connected, "the broker is said to be where it is: ", said.text);
  told_mqtt_ = connected;
}

void Books::note_link(const Said& said) {
  demand(said.link.has_value() == after_.multiple_links,
         "a link line of the other mode: ", said.text);
  bool& open = told_open_[said.link.value_or(0)];
  bool& is_owed = owed_closed_[said.link.value_or(0)];
  if (said.kind == Kind::connect) {
    demand(!open || delayed_closed_ > 0, "CONNECT twice");
    if (open) --delayed_closed_;
    is_owed = open;
    open = true;
  } else if (open && delayed_closed_ > 0 && std::exchange(closed_may_follow_, false)) {
    return;  // of the attempt to open that number again, whose last CLOSED is to come
  } else if (std::exchange(is_owed, false)) {
    open = after_.open(said.link.value_or(0));  // one CLOSED serves for both where it waits
  } else if (!open) {
    demand(closed_may_follow_, "CLOSED without CONNECT");
    closed_may_follow_ = false;
  } else {
    open = false;
  }
}

/// It has a link number also where there is one link; one that failed is of the AT+CIPSTART that
/// runs.
void Books::note_connection(const Said& said) {
  const std::uint8_t link = *said.link;
  demand(tells_of_links(module_->settings()), "+LINK_CONN that nobody asked for: ", said.text);
  demand(after_.multiple_links || link == 0, "a connection of the other mode: ", said.text);
  if (said.kind == Kind::link_failed)
    // Where a fault delays the CLOSED of the last link of that number, it counts as open still.
    return demand(command_.starts_with("AT+CIPSTART") && (!told_open_[link] || delayed_closed_ > 0),
                  "a connection has failed that nobody opens: ", said.text);
  Said connect{.kind = Kind::connect, .text = said.text};
  if (after_.multiple_links) connect.link = link;
  note_link(connect);
}

/// Each has one result, in order; it is sent when the peer has acknowledged its last byte.
void Books::note_segment(const Said& said) {
  demand(said.link.has_value() == after_.multiple_links, "a result of the other mode: ", said.text);
  const std::uint8_t link = said.link.value_or(0);
  Sent& sent = segments_[link];
  ++sent.said;
  demand(said.count == sent.said && said.count <= sent.ends.size(),
         "the result of another segment: ", said.text);
  const bool is_sent = sent.ends[said.count - 1] <= sent.acknowledged;
  demand(is_sent == (said.kind == Kind::segment_sent),
         "a segment has the other result: ", said.text);
  demand(is_sent || !after_.open(link), "a segment has failed on a link that is open");
}

void Books::note_unread(const Said& said) {
  demand(said.link.has_value() == after_.multiple_links, "a note of the other mode: ", said.text);
  Kept& unread = unread_[said.link.value_or(0)];
  demand(!unread.is_noted, "+IPD twice before a read");
  demand(said.count == unread.bytes && said.count > 0, "+IPD of another number: ", said.text);
  unread.is_noted = true;
  unread.note_is_due = false;
}

void Books::note_wifi(const Said& said) {
  switch (said.kind) {
    case Kind::wifi_connected:
      demand(told_wifi_ == Wifi::off, "WIFI CONNECTED twice");
      told_wifi_ = Wifi::connected;
      break;
    case Kind::wifi_got_ip:
      demand(told_wifi_ == Wifi::connected, "WIFI GOT IP without WIFI CONNECTED");
      told_wifi_ = Wifi::up;
      break;
    default:
      demand(told_wifi_ != Wifi::off, "WIFI DISCONNECT without WIFI CONNECTED");
      told_wifi_ = Wifi::off;
  }
}

void Books::note_station(const Said& said) {
  const std::size_t quote = said.text.find('"');
  const std::string mac = said.text.substr(quote, 19);
  const bool known = told_stations_.contains(mac);
  switch (said.kind) {
    case Kind::station_connected:
      demand(!known, "+STA_CONNECTED twice");
      told_stations_[mac] = false;
      break;
    case Kind::station_address:
      demand(known, "+DIST_STA_IP of nobody");
      told_stations_[mac] = true;
      break;
    default: demand(known, "+STA_DISCONNECTED of nobody"); told_stations_.erase(mac);
  }
}

/// A network is joined because the host said so in this life, or because it is stored.
void Books::note_join(const Request& request) {
  const auto* join = std::get_if<radio::Join>(&request);
  if (join == nullptr) return;
  const Settings& stored = module_->memory().stored();
  const std::string ssid(join->ssid.view());
  demand(
      asked_networks_.contains(ssid) || (stored.auto_connect && stored.network.ssid.view() == ssid),
      "nobody asked for the network ", Shown{ssid});
}

void Books::note_link_request(const Request& request) {
  const auto take = [&](LinkHandle link) {
    demand(!(handles_.at(link.id) == link), "a link number is used again with its old generation");
    handles_[link.id] = link;
    peer_has_changed_[link.id] = false;
    unread_[link.id] = {};
    segments_[link.id] = {};
  };
  if (const auto* open = std::get_if<net::Open>(&request)) {
    if (!after_.is(Activity::passthrough))
      udp_mode_[open->link.id] = open->transport == net::Transport::udp ? asked_udp_mode_ : 0;
    take(open->link);
  }
  if (const auto* accept = std::get_if<net::Accept>(&request)) take(accept->link);
  // AT+CIPSTART takes its number into use before it looks a name up, and keeps it if that fails.
  if (std::holds_alternative<net::Resolve>(request) && command_.starts_with("AT+CIPSTART="))
    unread_.at(after_.multiple_links ? number_in(fields_of(command_), 0) : 0) = {};
  // AT+CIPSTARTEX takes the lowest number that is free.
  if (std::holds_alternative<net::Resolve>(request) && command_.starts_with("AT+CIPSTARTEX=")) {
    const auto* const lowest = std::find(told_open_.begin(), told_open_.end(), false);
    const auto place = static_cast<std::size_t>(lowest - told_open_.begin());
    unread_.at(after_.multiple_links ? place : 0) = {};
  }
  if (const auto* close = std::get_if<net::Close>(&request))
    demand(handles_.at(close->link.id) == close->link, "an older link is closed");
  if (const auto* gone = std::get_if<net::GiveUp>(&request))
    demand(handles_.at(gone->link.id) == gone->link, "an older link is given up");
}

// Flash -------------------------------------------------------------------------------------------

/// What is about to be written says how often each key was written, and changes nothing that was
/// not asked.
void Books::note_flash(const Request& request) {
  if (const auto* erase = std::get_if<flash::Erase>(&request))
    flash_tickets_[0] = erase->ticket.number;
  const auto* program = std::get_if<flash::Program>(&request);
  if (program == nullptr) return;
  flash_tickets_[1] = program->ticket.number;
  std::vector<std::byte> image(flash::kImageSize, std::byte{0xff});
  const auto bytes = module_->flash_output();
  std::copy(bytes.begin(), bytes.end(), image.begin());
  const Stored next =
      load_record(image, module_->dialect().factory_settings(module_->identity().access_point_mac))
          .stored;
  written_ = Record{next.settings, next.writes};
  if (!stored_) return;
  for (std::size_t key = 0; key < kKeys; ++key) {
    Settings probe = stored_->settings;
    copy_key(static_cast<Key>(key), next.settings, probe);
    const bool changes = !(probe == stored_->settings);
    demand(next.writes[key] == stored_->writes[key] + (changes ? 1 : 0),
           "writes are counted wrongly");
  }
}

void Books::check_boot(std::string_view printed) {
  if (!before_.is(Activity::off)) return demand(printed.empty(), "a second start is heard");
  const bool has_link = module_->memory().stored().start_link.on;
  demand(after_.is(has_link ? Activity::passthrough : Activity::idle), "a module does not start");
  demand(printed == std::string(spoken(at::Word::ready)) + "\r\n",
         "a start says something else: ", Shown{printed});
  const std::string ready = owed_;
  forget_life();
  owed_ = ready;
  starts_link_ = has_link;
  if (has_link) typed_at_ = now_, last_typed_.clear(), held_back_ = false, udp_mode_[0] = 0;
  const Record found{module_->memory().stored(), after_.writes};
  // Its attempts to join go on, whatever is stored meanwhile.
  if (found.settings.auto_connect)
    asked_networks_.insert(std::string(found.settings.network.ssid.view()));
  demand(!stored_ || found == *stored_ || (written_ && found == *written_),
         "the settings are neither the old nor the new ones");
  stored_ = found;
  written_.reset();
}

// In the end --------------------------------------------------------------------------------------

void Books::check_at_rest() const {
  demand(owed_.empty(), "something was printed and can't be read");
  demand(!answer_is_due_, "a line without an answer: ", command_);
  demand(due_.empty(), "payload that was never sent: ", Shown{due_});
  for (std::uint8_t id = 0; id < limits::kLinks; ++id) {
    const bool is_there = after_.open(id) || after_.links[id].draining;
    const bool is_held = delayed_closed_ > 0 && told_open_[id] && !is_there;
    demand(is_held || told_open_[id] == is_there, "the host was never told of link ",
           std::size_t{id});
    demand(after_.links[id].unread == unread_[id].bytes, "unread bytes are counted wrongly");
    const Sent& sent = segments_[id];
    const bool is_lost = !sent.ends.empty() && sent.taken < sent.ends.back() && after_.open(id);
    demand(!told_open_[id] || is_lost || sent.said == sent.ends.size(),
           "a segment without a result");
    demand(!unread_[id].note_is_due, "the host was never told of unread bytes");
  }
  const bool up = !after_.station_address.is_none();
  const Wifi wifi = !after_.associated ? Wifi::off : up ? Wifi::up : Wifi::connected;
  demand(told_wifi_ == wifi, "the host was never told of the access point");
}

}  // namespace bfq::swarm

#include "daemon/control/module_watch.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/enumerator_name.h"
#include "base/overloaded.h"
#include "daemon/board/hardware_addresses.h"
#include "daemon/control/words.h"
#include "daemon/process/printable.h"
#include "daemon/sockets/address.h"

namespace bfq::control {
namespace {
bool runs(Activity activity) {
  return activity != Activity::off && activity != Activity::restarting &&
         activity != Activity::asleep;
}

bool is_same_link(const Status::Link& a, const Status::Link& b) {
  return a.open == b.open && a.remote == b.remote && a.local_port == b.local_port;
}
}  // namespace

ModuleWatch::ModuleWatch(const Timing& time, const std::string& name, const Module& module,
                         EventLog& events, std::function<void()> settled, Disclosure secrets)
    : name_(name),
      module_(module),
      events_(events),
      settled_(std::move(settled)),
      seen_(module.status()),
      lines_(name, module.dialect(), events),
      trace_(name, module, events, secrets),
      hints_(name, module, events),
      clock_(time.clock),
      is_paced_(time.is_paced),
      gathered_(time.io, [this] { tell_gathered(); }) {}

// State -------------------------------------------------------------------------------------------

void ModuleWatch::handled(const bfq::Event& event, Instant now) {
  const auto add = [&](EventBody body) { events_.add(now, std::move(body)); };
  look(now);  // what has changed comes in front of what is told here
  trace_.told(event, now);
  hints_.told(event);
  std::visit(overloaded{
                 [&](const power::Started& e) {
                   add(ModuleReady{name_, word_for(e.reason)});
                 },
                 [&](const power::Reset&) { forget_wire(now); },
                 [&](const radio::JoinFailed& e) {
                   add(JoiningFailed{name_, word_for(e.why)});
                 },
                 [&](const net::OpenFailed& e) {
                   add(LinkFailed{name_, e.link.id, word_for(e.why)});
                 },
                 [&](const radio::StationJoined& e) {
                   add(StationCame{name_, board::text_of(e.mac)});
                 },
                 [&](const radio::StationLeft& e) {
                   add(StationWent{name_, board::text_of(e.mac)});
                 },
                 [&](const faults::StayBusy& e) {
                   lines_.stay_busy(now + std::chrono::milliseconds(e.time_ms));
                 },
                 [&](const faults::Recover&) { lines_.stay_busy({}); },
                 [](const auto&) {},
             },
             event);
}

void ModuleWatch::look(Instant now) {
  may_have_changed_ = false;
  const bool was_in_passthrough = in_passthrough();
  const Status status = module_.status();
  if (runs(seen_.activity) && !runs(status.activity)) {
    forget_wire(now);
    events_.add(now, ModuleOff{name_});
  }
  compare_links(status, now);
  if (seen_.associated && !status.associated) events_.add(now, LeftNetwork{name_});
  if (status.associated && (!seen_.associated || !(seen_.ssid == status.ssid)))
    events_.add(now, JoinedNetwork{name_, std::string(status.ssid.view())});
  if (status.station_address != seen_.station_address && status.station_address != Ipv4{})
    events_.add(now, GotAddress{name_, sockets::text_of(status.station_address)});
  if (std::exchange(tls_is_open_, may_be_tls(status)))
    tls_until_ = position_ + status.waiting_for_host;
  seen_ = status;
  if (was_in_passthrough != in_passthrough()) note_passthrough(was_in_passthrough, status);
}

/// The module has at most one link by TLS: as long as that is open, or the host has not read all of
/// it, any payload may be its. What is being typed for it is so to its end, and transparent
/// transmission may open it again.
bool ModuleWatch::may_be_tls(const Status& status) const {
  const bool is_same_payload =
      status.activity == seen_.activity &&
      (status.activity == Activity::collecting || status.activity == Activity::passthrough);
  if (tls_is_open_ && is_same_payload) return true;
  return std::any_of(status.links.begin(), status.links.end(), [](const Status::Link& link) {
    return link.transport == net::Transport::tls && (link.open || link.unread > 0);
  });
}

/// What waits for the hosts when transparent transmission begins are lines; when it ends, data.
void ModuleWatch::note_passthrough(bool was, const Status& status) {
  const std::uint64_t end = position_ + status.waiting_for_host;
  if (!was) return void(lines_until_ = end);
  const std::uint64_t begin = std::max(position_, lines_until_);
  if (end > begin) received_.push_back({begin, static_cast<std::size_t>(end - begin), false});
}

void ModuleWatch::compare_links(const Status& status, Instant now) {
  for (unsigned id = 0; id < status.links.size(); ++id) {
    const Status::Link &before = seen_.links[id], &link = status.links[id];
    if (is_same_link(before, link)) continue;
    if (before.open) events_.add(now, LinkClosed{name_, id, before.bytes_in, before.bytes_out});
    if (link.open)
      events_.add(now, LinkOpened{name_, id, word_for(link.transport),
                                  sockets::text_of(link.remote), link.local_port, link.accepted});
  }
}

// The wire ----------------------------------------------------------------------------------------

void ModuleWatch::forget_wire(Instant now) {
  trace_.end_lines();
  events_.pass(lines_, WirePiece::restart, {}, now);
  if (module_.waiting_for_host() > 0) return;  // AT+RST leaves what was printed before it
  received_.clear();
  position_ = lines_until_ = tls_until_ = 0;
}

void ModuleWatch::typed(std::span<const std::byte> bytes, Activity before, Instant now) {
  may_have_changed_ = true;
  const bool is_payload = before == Activity::collecting || before == Activity::passthrough;
  if (is_payload)
    trace_.typed_data(bytes, typed_kind(), now);
  else
    trace_.typed_text(bytes, now);
  hints_.typed(bytes, before, now);
  if (!is_payload && !bytes.empty()) events_.pass(lines_, WirePiece::typed, bytes, now);
}

/// What the module has printed of received data begins with a header, unless data is all that it
/// prints (transparent transmission).
void ModuleWatch::received(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes,
                           std::size_t from, std::size_t to, Instant now) {
  if (link.id >= limits::kLinks) return;  // a damaged journal: the module has dropped it
  trace_.moved("in", link, sender, bytes, now);
  if (events_.is_wanted(Topic::payload)) gather(PayloadWay::in, link, bytes, now);
  seen_.links[link.id].bytes_in += bytes.size();
  if (in_passthrough()) return;
  may_have_changed_ = true;
  if (to - from < bytes.size()) return;  // dropped, as the link has gone
  const bool is_data_alone = to - from == bytes.size();
  const std::uint64_t position = position_ + from;
  if (is_data_alone && !received_.empty()) {
    ReceivedData& last = received_.back();
    if (!last.has_header && last.from + last.payload == position) {
      last.payload += bytes.size();
      return;
    }
  }
  received_.push_back({position, bytes.size(), !is_data_alone});
}

void ModuleWatch::sent(LinkHandle link, const net::Outgoing& taken, Instant now) {
  trace_.moved("out", link, taken.destination, taken.bytes, now);
  if (events_.is_wanted(Topic::payload)) gather(PayloadWay::out, link, taken.bytes, now);
  seen_.links[link.id].bytes_out += taken.bytes.size();
  may_have_changed_ |= !in_passthrough();
}

void ModuleWatch::printed(std::span<const std::byte> bytes, Instant now) {
  const PayloadSecrecy kind = printed_kind();
  std::size_t lines = bytes.size();
  if (in_passthrough())
    lines = static_cast<std::size_t>(
        std::min<std::uint64_t>(lines, lines_until_ - std::min(lines_until_, position_)));
  else
    may_have_changed_ = true;
  print(bytes.first(lines), now);
  position_ += bytes.size() - lines;
  hints_.printed(bytes.size());
  trace_.printed_data(bytes.subspan(lines), kind, now);
}

void ModuleWatch::print(std::span<const std::byte> bytes, Instant now) {
  while (!bytes.empty()) {
    std::size_t n = bytes.size();
    if (!received_.empty()) {
      const ReceivedData& next = received_.front();
      if (position_ >= next.from) {
        n = print_received(bytes, now);
      } else {
        n = static_cast<std::size_t>(std::min<std::uint64_t>(n, next.from - position_));
        print_text(bytes.first(n), now);
      }
    } else {
      print_text(bytes, now);
    }
    position_ += n;
    bytes = bytes.subspan(n);
  }
}

/// Prints the header, or leaves data out; returns how many bytes of these that were.
std::size_t ModuleWatch::print_received(std::span<const std::byte> bytes, Instant now) {
  ReceivedData& data = received_.front();
  if (data.has_header) {
    const auto colon = std::find(bytes.begin(), bytes.end(), std::byte{':'});
    const auto n = static_cast<std::size_t>(colon - bytes.begin()) + (colon == bytes.end() ? 0 : 1);
    data.has_header = colon == bytes.end();
    data.from = position_ + n;
    trace_.printed_text(bytes.first(n), now);
    events_.pass(lines_, data.has_header ? WirePiece::printed : WirePiece::header, bytes.first(n),
                 now);
    return n;
  }
  const std::size_t n = std::min(bytes.size(), data.payload);
  trace_.printed_data(bytes.first(n), printed_kind(), now);
  data.payload -= n;
  data.from += n;
  if (data.payload == 0) received_.pop_front();
  return n;
}

// Payload -----------------------------------------------------------------------------------------

/// The first piece is told of at once, what follows soon is gathered.
void ModuleWatch::gather(PayloadWay way, LinkHandle link, std::span<const std::byte> bytes,
                         Instant now) {
  const std::size_t index = 2 * link.id + static_cast<std::size_t>(way);
  GatheredPayload& gathered = payload_[index];
  gathered.bytes += bytes.size();
  ++gathered.pieces;
  const std::size_t room = kPayloadHead - gathered.head.size();
  gathered.head.append(reinterpret_cast<const char*>(bytes.data()), std::min(room, bytes.size()));
  if (!gathered.told || now - *gathered.told >= kPayloadGathered) return tell_payload(index, now);
  tell_later(*gathered.told + kPayloadGathered);
}

void ModuleWatch::tell_later(Instant at) {
  if (!std::exchange(gathers_, true)) gathered_.set(clock_.when(at));
}

void ModuleWatch::tell_payload(std::size_t index, Instant now) {
  GatheredPayload& gathered = payload_[index];
  if (gathered.pieces == 0) return;
  const auto link = static_cast<unsigned>(index / 2);
  events_.add(now, PayloadMoved{name_, link, index % 2 == 0 ? "in" : "out", gathered.bytes,
                                gathered.pieces, process::printable(gathered.head)});
  gathered = {.told = now};
}

void ModuleWatch::tell_gathered() {
  gathers_ = false;
  const Instant now = clock_.now();
  for (std::size_t index = 0; index < payload_.size(); ++index) {
    if (payload_[index].pieces == 0) continue;
    const Instant due = *payload_[index].told + kPayloadGathered;
    due <= now ? tell_payload(index, now) : tell_later(due);
  }
}
}  // namespace bfq::control

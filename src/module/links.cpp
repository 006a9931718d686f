#include "module/links.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "module/chip.h"
#include "module/wire_names.h"

namespace bfq {
namespace {
// Ours: how long a name server may take to answer. Real modules wait for 6 to 15 s and more.
constexpr Duration kLookUpGivesUp = 15s;
// Ours: how long a server may leave a connection attempt without an answer.
constexpr Duration kConnectGivesUp = 20s;

using Kind = LinkReport::Kind;

/// A linger of 0.
bool resets_at_first(const Chip& chip, std::uint8_t id, net::Transport transport) {
  return transport == net::Transport::tcp && chip.settings().link_options.tcp[id].linger_s == 0;
}
}  // namespace

Duration Links::send_gives_up(const Chip& chip, std::uint8_t id) {
  const std::uint16_t ms = chip.settings().link_options.tcp[id].send_timeout_ms;
  return ms == 0 ? kSendGivesUp : Duration(std::chrono::milliseconds(ms));
}

// Opening -----------------------------------------------------------------------------------------

at::Answer Links::open(Chip& chip, const net::Open& what, UdpMode mode) {
  const std::uint8_t id = what.link.id;
  if (links_[id].state != Link::State::free) return chip.refuse(at::Word::already_connected);
  const bool is_one = chip.dialect().switches.tls_links == at::SwitchPoints::TlsLinks::one;
  if (is_one && what.transport == net::Transport::tls && any_open(net::Transport::tls)) {
    return chip.refuse(at::Word::tls_is_taken);
  }
  begin(id, {.state = Link::State::opening,
             .transport = what.transport,
             .udp_mode = mode,
             .resets = resets_at_first(chip, id, what.transport),
             .remote = what.remote});
  Opening job{.open = what};
  job.open.link = handle(id);
  if (const auto address = what.name.address()) {
    connect(chip, job, *address);
  } else {
    job.ticket = resolve(chip, what.name);
    job.give_up = chip.now() + kLookUpGivesUp;
  }
  chip.start(job);
  return at::Answer::later;
}

/// Takes a free slot into use, as the next generation of its number.
void Links::begin(std::uint8_t id, const Link& link) {
  const auto generation = static_cast<std::uint16_t>(links_[id].generation + 1);
  links_[id] = link;
  links_[id].generation = generation;
}

void Links::connect(Chip& chip, Opening& job, Ipv4 address) {
  job.step = Opening::Step::connecting;
  job.open.remote.address = address;
  job.give_up = chip.now() + kConnectGivesUp;
  links_[job.open.link.id].remote = job.open.remote;
  if (job.open.link.id == 0) single_ = job.open;
  chip.request(job.open);
}

void Links::on(Chip& chip, const net::Resolved& event) {
  chip.time_sync().resolved(chip, event);
  chip.passthrough().resolved(chip, event);
  if (auto* pinging = chip.job<Pinging>(); pinging != nullptr && pinging->ticket == event.ticket) {
    if (pinging->step == Pinging::Step::resolving) ask_for_echo(chip, *pinging, event.address);
  } else if (auto* opening = chip.job<Opening>();
             opening != nullptr && opening->ticket == event.ticket) {
    if (opening->step == Opening::Step::resolving) connect(chip, *opening, event.address);
  } else if (const auto* look_up = chip.job<LookingUp>();
             look_up != nullptr && look_up->ticket == event.ticket) {
    print_address(chip, event.address);
    chip.finish(at::Answer::ok);
  }
}

void Links::on(Chip& chip, const net::ResolveFailed& event) {
  chip.time_sync().resolve_failed(chip, event);
  chip.passthrough().resolve_failed(chip, event);
  if (const auto* look_up = chip.job<LookingUp>();
      look_up != nullptr && look_up->ticket == event.ticket) {
    return give_up(chip, *look_up);
  }
  if (const auto* pinging = chip.job<Pinging>(); pinging != nullptr &&
                                                 pinging->step == Pinging::Step::resolving &&
                                                 pinging->ticket == event.ticket) {
    return give_up(chip, *pinging);
  }
  const auto* opening = chip.job<Opening>();
  if (opening == nullptr || opening->step != Opening::Step::resolving ||
      opening->ticket != event.ticket)
    return;
  give_up(chip, *opening);
}

void Links::on(Chip& chip, const net::Opened& event) {
  Link* link = find(event.link);
  if (link == nullptr || link->state != Link::State::opening) return;
  link->state = Link::State::open;
  link->local_port = event.local_port;
  link->through = event.through;
  link->last_active = chip.now();
  had_links_ = had_links_ || shows_in_status(chip, *link);
  report(chip, {.kind = Kind::opened, .link = event.link.id});
  say_late_closed(chip, event.link.id);
}

void Links::on(Chip& chip, const net::OpenFailed& event) {
  const Link* link = find(event.link);
  if (link == nullptr || link->state != Link::State::opening) return;
  retire(chip, {.kind = Kind::failed, .link = event.link.id, .why = event.why});
}

void Links::give_up(Chip& chip, const Opening& job) {
  const std::uint8_t id = job.open.link.id;
  if (job.step == Opening::Step::connecting) return give_up_link(chip, id);
  links_[id].state = Link::State::free;
  chip.reply().line(at::Word::dns_fail);
  chip.finish(at::Answer::error);
}

// Sending -----------------------------------------------------------------------------------------

at::Answer Links::send(Chip& chip, std::uint8_t id, std::uint16_t length,
                       std::optional<net::Endpoint> destination, Collecting::As as) {
  if (is_buffering()) return chip.refuse(at::Word::buffer_full);
  return collect(chip, {.as = as,
                        .link = handle(id),
                        .length = length,
                        .destination = destination,
                        .escape = Escape(chip.now())});
}

at::Answer Links::collect(Chip& chip, const Collecting& job) {
  CHECK(is_open(job.link) && job.length > 0 && job.length <= limits::kPayload && !is_buffering());
  chip.payload().clear();
  chip.start(job);
  return at::Answer::prompt;
}

std::size_t Links::take_payload(Chip& chip, std::span<const std::byte> typed) {
  auto& job = *chip.job<Collecting>();
  auto taken = typed.first(std::min<std::size_t>(typed.size(), job.length - job.typed));
  bool has_ended = false;
  if (job.as == Collecting::As::escaped) {
    std::size_t n = 0;
    has_ended = chip.payload().add_escaped(taken, n);
    taken = taken.first(n);
  } else {
    chip.payload().add(taken);
  }
  job.typed = static_cast<std::uint16_t>(job.typed + taken.size());
  // Reaching the length wins over an escape (dialect 0.4.1).
  if (has_ended || job.typed == job.length)
    payload_complete(chip, Collecting(job));
  else
    job.escape.typed(taken, chip.now());
  return taken.size();
}

void Links::payload_complete(Chip& chip, const Collecting& job) {
  chip.say_received(chip.payload().size());
  if (job.as == Collecting::As::segment) return begin_segment(chip, job.link.id);
  if (!is_open(job.link)) return chip.finish_send(at::Word::error);  // dialect 0.4.2
  // Fidelity (our decision, dialect 5.1.5): AT+CIPSENDEX that ends before its first byte sends
  // nothing, and that is SEND OK.
  if (chip.payload().empty()) return chip.finish_send(at::Word::send_ok);
  const net::Endpoint destination = job.destination.value_or(links_[job.link.id].remote);
  if (!is_peer(destination)) return chip.finish_send(at::Word::send_fail);  // dialect 0.4.32
  chip.start(Sending{job.link, destination, chip.now() + send_gives_up(chip, job.link.id)});
}

void Links::give_up(Chip& chip, const Collecting&) { chip.finish_send(at::Word::send_canceled); }

net::Outgoing Links::output(const Chip& chip, LinkHandle handle) const {
  if (!is_open(handle)) return {};
  switch (holder(chip, handle.id)) {
    case LinkHolder::host:
    case LinkHolder::cipstart: return {};
    case LinkHolder::cipsend: return {chip.payload().unsent(), chip.job<Sending>()->destination};
    case LinkHolder::segment: return {chip.payload().unsent(), links_[handle.id].remote};
    case LinkHolder::long_send: return long_output(chip, *chip.job<SendingLong>());
    case LinkHolder::passthrough:
      return {chip.passthrough().output(chip), links_[handle.id].remote};
  }
  return {};
}

void Links::sent(Chip& chip, LinkHandle handle, std::size_t n) {
  Link* link = find(handle);
  if (link == nullptr) return;
  link->bytes_out += n;
  const bool counts = chip.dialect().switches.idle_since == at::SwitchPoints::IdleSince::any_data;
  if (n > 0 && counts) link->last_active = chip.now();
  report(chip, {.kind = Kind::sent, .link = handle.id, .size = static_cast<std::uint16_t>(n)});
}

void Links::on(Chip& chip, const net::SendFailed& event) {
  if (!is_open(event.link)) return;
  const bool too_late = event.why == net::SendFailure::too_late;
  report(chip, {.kind = too_late ? Kind::too_late : Kind::not_sent, .link = event.link.id});
}

/// The network no longer accepts data: the link is given up with its payload (dialect 0.4.14), and
/// closes when what has come is printed (dialect 1.7).
void Links::give_up(Chip& chip, const Sending& job) {
  const bool is_passive = unread_limit(chip, job.link) > 0;
  if (!is_passive) chip.request(net::GiveUp{job.link});
  chip.finish_send(at::Word::send_fail);
  if (is_passive) give_up_link(chip, job.link.id);  // what has come waits anyway
}

// Receiving ---------------------------------------------------------------------------------------

bool Links::is_open(LinkHandle handle) const {
  const Link* link = find(handle);
  return link != nullptr && link->state == Link::State::open;
}

std::size_t Links::most_at_once(const Chip& chip, LinkHandle handle) const {
  if (const auto* job = chip.job<Reading>())
    return job->link == handle ? std::size_t{job->size} - job->taken : 0;
  if (!is_open(handle) || unread_limit(chip, handle) > 0) return 0;
  // Fidelity (our decision, dialect 5.4.1): One +IPD has at most 1460 bytes of a stream, or one
  // datagram.
  return holder(chip, handle.id) == LinkHolder::passthrough ? limits::kPayload : limits::kSegment;
}

void Links::input(Chip& chip, LinkHandle handle, std::span<const std::byte> bytes) {
  received(chip, handle.id, links_[handle.id].remote, bytes);
}

void Links::datagram_input(Chip& chip, LinkHandle handle, net::Endpoint sender,
                           std::span<const std::byte> bytes) {
  Link& link = *find(handle);
  const bool may_change = link.udp_mode == UdpMode::peer_changes ||
                          (link.udp_mode == UdpMode::peer_changes_once && !link.peer_has_changed);
  if (may_change && !(link.remote == sender)) {
    link.remote = sender;
    link.peer_has_changed = true;
  }
  received(chip, handle.id, sender, bytes);
}

void Links::received(Chip& chip, std::uint8_t id, net::Endpoint sender,
                     std::span<const std::byte> bytes) {
  if (auto* job = chip.job<Reading>()) return read_on(chip, *job, sender, bytes);
  Link& link = links_[id];
  // What waited in passive receive before, and is not waited with any more.
  link.unread =
      static_cast<std::uint16_t>(link.unread - std::min<std::size_t>(link.unread, bytes.size()));
  if (link.unread == 0) link.is_noted = false;
  link.bytes_in += bytes.size();
  link.last_active = chip.now();
  report(chip, {.kind = Kind::received, .link = id, .sender = sender, .bytes = bytes});
}

// Closing -----------------------------------------------------------------------------------------

at::Answer Links::close(Chip& chip, std::uint8_t id) {
  drop_segment(chip, id);
  if (is_open(id)) chip.request(net::Close{handle(id), links_[id].resets});
  links_[id].state = Link::State::free;
  chip.say({.kind = Urc::Kind::closed, .link = id});
  return at::Answer::ok;
}

bool Links::set_close_mode(std::uint8_t id, bool resets) {
  if (!is_open(id) || links_[id].transport != net::Transport::tcp) return false;
  links_[id].resets = resets;
  return true;
}

at::Answer Links::close_all(Chip& chip) {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (may_close(id)) close(chip, id);
  }
  return at::Answer::ok;
}

void Links::close_all_downwards(Chip& chip) {
  for (std::uint8_t id = limits::kLinks; id-- > 0;)
    if (may_close(id)) close(chip, id);
}

void Links::on(Chip& chip, const net::Closed& event) {
  if (is_open(event.link)) retire(chip, {.kind = Kind::closed, .link = event.link.id});
}

void Links::give_up_link(Chip& chip, std::uint8_t id) {
  chip.request(net::Close{handle(id)});
  retire(chip, {.kind = is_open(id) ? Kind::closed : Kind::failed, .link = id});
}

void Links::retire(Chip& chip, const LinkReport& end) {
  if (end.kind == Kind::closed && delays_closed(chip, end.link)) return;
  links_[end.link].state = Link::State::gone;
  drop_segment(chip, end.link);
  if (has_result_to_say(end.link)) chip.notify({.kind = Urc::Kind::segment, .link = end.link});
  report(chip, end);
}

template <class Matches>
void Links::close_where(Chip& chip, Matches matches) {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (is_open(id) && matches(links_[id])) give_up_link(chip, id);
  }
}

void Links::give_up_opening(Chip& chip) {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (links_[id].state != Link::State::opening) continue;
    if (holder(chip, id) == LinkHolder::cipstart)
      give_up(chip, Opening(*chip.job<Opening>()));
    else
      give_up_link(chip, id);
  }
}

void Links::close_links_through(Chip& chip, net::Interface side) {
  if (side == net::Interface::station) {
    give_up_opening(chip);
    WebClient::network_is_down(chip);
    chip.mqtt_client().network_is_down(chip);
  }
  close_where(chip, [&](const Link& link) { return link.through == side; });
}

// Fidelity (our decision, ITU-T V.250, &D2): A host that hangs up by DTR (dtr=hangup) leaves
// transparent transmission as with `+++`, which drops what was not sent yet; a payload that is
// being typed is canceled, a CIPSTART under way fails, and each link closes with its CLOSED, lowest
// number first, UDP and a server's clients included. CIPMODE, the server and the association stay.
void Links::on(Chip& chip, const uart::HangUp&) {
  chip.passthrough().hang_up(chip);
  if (const auto* job = chip.job<Collecting>()) give_up(chip, Collecting(*job));
  if (const auto* job = chip.job<SendingLong>())
    chip.finish_send(job->is_sending ? at::Word::send_fail : at::Word::long_send_canceled);
  if (chip.job<TypingText>() != nullptr) chip.finish_silently();
  give_up_opening(chip);
  close_where(chip, [](const Link&) { return true; });
}

void Links::closed_was_said(std::uint8_t id) {
  // Fidelity (our decision, dialect 1.7.5): A link number is not used again before its CLOSED has
  // been said.
  if (links_[id].state == Link::State::gone) links_[id].state = Link::State::free;
}

void Links::reset() {
  const std::array<Link, limits::kLinks> old = links_;
  *this = Links{};
  for (std::size_t id = 0; id < links_.size(); ++id) links_[id].generation = old[id].generation;
}

// The server's clients ----------------------------------------------------------------------------

bool Links::accept(Chip& chip, const net::Incoming& client) {
  const auto* const job = chip.job<Reading>();
  const auto* const place = std::find_if(links_.begin(), links_.end(), [&](const Link& l) {
    const bool is_read = job != nullptr && &l == &links_[job->link.id];
    return l.state == Link::State::free && !is_read;
  });
  if (place == links_.end()) return false;
  const auto id = static_cast<std::uint8_t>(place - links_.begin());
  begin(id, {.state = Link::State::open,
             .transport = net::Transport::tcp,
             .accepted = true,
             .through = client.through,
             .resets = resets_at_first(chip, id, net::Transport::tcp),
             .local_port = client.local_port,
             .remote = client.remote,
             .last_active = chip.now()});
  had_links_ = true;
  chip.request(net::Accept{client.client, handle(id)});
  report(chip, {.kind = Kind::opened, .link = id});
  say_late_closed(chip, id);
  return true;
}

std::uint8_t Links::accepted_count() const {
  return static_cast<std::uint8_t>(std::count_if(links_.begin(), links_.end(), [](const Link& l) {
    return l.state == Link::State::open && l.accepted;
  }));
}

Deadline Links::accepted_idle_since() const {
  Deadline since;
  for (const Link& link : links_) {
    if (link.state == Link::State::open && link.accepted)
      since = earliest({since, Deadline(link.last_active)});
  }
  return since;
}

void Links::close_idle(Chip& chip, Instant since) {
  close_where(chip, [&](const Link& link) { return link.accepted && link.last_active <= since; });
}

void Links::close_accepted(Chip& chip) {
  close_where(chip, [](const Link& link) { return link.accepted; });
}

// The passthrough's link --------------------------------------------------------------------------

bool Links::may_pass(const Chip& chip, std::uint8_t id) const {
  const Link& link = links_[id];
  const bool tls_too = chip.dialect().switches.tls_links == at::SwitchPoints::TlsLinks::as_tcp;
  const bool kind = link.transport != net::Transport::tls || tls_too;
  return !multiple_ && is_open(id) && kind && link.udp_mode == UdpMode::peer_stays;
}

bool Links::reopen(Chip& chip, std::uint8_t id) {
  Link& link = links_[id];
  if (link.state == Link::State::opening) chip.request(net::Close{handle(id)});
  link.state = Link::State::gone;
  if (!chip.has_access_point() && !chip.station().has_address()) return false;
  begin(id,
        {.state = Link::State::opening, .transport = single_.transport, .remote = single_.remote});
  single_.link = handle(id);
  chip.request(single_);
  return true;
}

void Links::drop(Chip& chip, std::uint8_t id) {
  if (links_[id].state == Link::State::opening) chip.request(net::Close{handle(id)});
  links_[id].state = Link::State::free;
}

// Looking -----------------------------------------------------------------------------------------

std::optional<LinkHandle> Links::opening() const {
  for (std::uint8_t id = 0; id < links_.size(); ++id)
    if (links_[id].state == Link::State::opening) return handle(id);
  return std::nullopt;
}

bool Links::segment_fits(const Payload& payload) const {
  return !is_buffering() || (is_open(buffering_) && !payload.unsent().empty() &&
                             links_[buffering_].segments.untaken() == payload.unsent().size());
}

bool Links::restored() const {
  const auto is_opening = [](const Link& l) { return l.state == Link::State::opening; };
  return long_sends_.packet > 0 && std::count_if(links_.begin(), links_.end(), is_opening) <= 1;
}

const Link* Links::find(LinkHandle handle) const {
  if (handle.id >= links_.size()) return nullptr;
  const Link& link = links_[handle.id];
  return link.generation == handle.generation ? &link : nullptr;
}

Link* Links::find(LinkHandle handle) {
  return const_cast<Link*>(std::as_const(*this).find(handle));
}
}  // namespace bfq

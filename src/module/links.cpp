#include "module/links.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "module/module.h"
#include "module/wire_names.h"

namespace bfq {
namespace {
// Ours: how long a server for names may take. Real modules take 6 to 15 s and more.
constexpr Duration kLookUpGivesUp = 15s;
// Dialect 3.3: without a network the answer comes after about 6 s.
constexpr Duration kLookUpWithoutNetwork = 6s;
// Ours: a server that never answers a connection.
constexpr Duration kConnectGivesUp = 20s;
}  // namespace

// Opening -----------------------------------------------------------------------------------------

at::Answer Links::open(Module& module, const net::Open& what, UdpMode mode) {
  const std::uint8_t id = what.link.id;
  if (links_[id].state != Link::State::free) return module.refuse(at::Word::already_connected);
  if (what.transport == net::Transport::tls && any_open(net::Transport::tls)) {
    return module.refuse(at::Word::tls_is_taken);
  }
  begin(id, {.state = Link::State::opening,
             .transport = what.transport,
             .udp_mode = mode,
             .remote = what.remote});
  Opening job{.open = what};
  job.open.link = handle(id);
  const std::optional<Ipv4> address = parse_ipv4(what.name.view());
  if (address) {
    connect(module, job, *address);
  } else {
    job.ticket = module.new_ticket();
    job.give_up = module.now() + kLookUpGivesUp;
    module.request(net::Resolve{job.ticket, what.name});
  }
  module.start(job);
  return at::Answer::later;
}

/// Takes a free slot into use, as the next generation of its number.
void Links::begin(std::uint8_t id, const Link& link) {
  const auto generation = static_cast<std::uint16_t>(links_[id].generation + 1);
  links_[id] = link;
  links_[id].generation = generation;
}

void Links::connect(Module& module, Opening& job, Ipv4 address) {
  job.step = Opening::Step::connecting;
  job.open.remote.address = address;
  job.give_up = module.now() + kConnectGivesUp;
  links_[job.open.link.id].remote = job.open.remote;
  if (job.open.link.id == 0) single_ = job.open;
  module.request(job.open);
}

void Links::on(Module& module, const net::Resolved& event) {
  if (auto* opening = module.job<Opening>();
      opening != nullptr && opening->ticket == event.ticket) {
    if (opening->step == Opening::Step::resolving) connect(module, *opening, event.address);
  } else if (const auto* look_up = module.job<LookingUp>();
             look_up != nullptr && look_up->ticket == event.ticket) {
    module.info().address(event.address).end();
    module.finish(at::Answer::ok);
  }
}

void Links::on(Module& module, const net::ResolveFailed& event) {
  if (const auto* look_up = module.job<LookingUp>();
      look_up != nullptr && look_up->ticket == event.ticket) {
    return give_up(module, *look_up);
  }
  const auto* opening = module.job<Opening>();
  if (opening == nullptr || opening->step != Opening::Step::resolving ||
      opening->ticket != event.ticket)
    return;
  give_up(module, *opening);
}

void Links::on(Module& module, const net::Opened& event) {
  Link* link = find(event.link);
  if (link == nullptr || link->state != Link::State::opening) return;
  link->state = Link::State::open;
  link->local_port = event.local_port;
  link->through = event.through;
  link->last_active = module.now();
  had_links_ = true;
  if (module.job<PassingThrough>() != nullptr) return module.passthrough().on_opened();
  module.notify({.kind = Urc::Kind::connect, .link = event.link.id});
  module.finish(at::Answer::ok);
}

void Links::on(Module& module, const net::OpenFailed& event) {
  const Link* link = find(event.link);
  if (link == nullptr || link->state != Link::State::opening) return;
  if (module.job<PassingThrough>() != nullptr) return retire(module, event.link.id);
  fail_opening(module, event.why);
}

/// Ends the CIPSTART that is under way. A refused connection answers ERROR and then, like a link
/// that was open, CLOSED (dialect 3.3).
void Links::fail_opening(Module& module, net::OpenFailure why) {
  const std::uint8_t id = module.job<Opening>()->open.link.id;
  if (why == net::OpenFailure::no_resources) {
    links_[id].state = Link::State::free;
    module.reply().line(at::Word::connect_fail);
    return module.finish(at::Answer::error);
  }
  module.finish(at::Answer::error);
  retire(module, id);
}

void Links::give_up(Module& module, const Opening& job) {
  const std::uint8_t id = job.open.link.id;
  if (job.step == Opening::Step::connecting) {
    module.request(net::Close{handle(id)});
    return fail_opening(module, net::OpenFailure::unreachable);
  }
  links_[id].state = Link::State::free;
  module.reply().line(at::Word::dns_fail);
  module.finish(at::Answer::error);
}

// Names -------------------------------------------------------------------------------------------

at::Answer Links::look_up(Module& module, const net::HostName& name) {
  if (const auto address = parse_ipv4(name.view())) {
    module.info().address(*address).end();
    return at::Answer::ok;
  }
  const Ticket ticket = module.new_ticket();
  const bool online = module.station().has_address();
  if (online) module.request(net::Resolve{ticket, name});
  module.start(LookingUp{ticket, module.now() + (online ? kLookUpGivesUp : kLookUpWithoutNetwork)});
  return at::Answer::later;
}

void Links::give_up(Module& module, const LookingUp&) {
  module.reply().line(at::Word::dns_fail);
  module.finish(at::Answer::error);
}

// Sending -----------------------------------------------------------------------------------------

at::Answer Links::send(Module& module, std::uint8_t id, std::uint16_t length,
                       std::optional<net::Endpoint> destination) {
  CHECK(is_open(id) && length > 0 && length <= limits::kPayload);
  module.payload().clear();
  module.start(Collecting{.link = handle(id),
                          .length = length,
                          .destination = destination,
                          .escape = Escape(module.now())});
  return at::Answer::prompt;
}

std::size_t Links::take_payload(Module& module, std::span<const std::byte> typed) {
  auto& job = *module.job<Collecting>();
  const auto taken = typed.first(std::min(typed.size(), job.length - module.payload().size()));
  module.payload().add(taken);
  // Reaching the length wins over an escape (dialect 0.4, 1).
  if (module.payload().size() == job.length)
    payload_complete(module, Collecting(job));
  else
    job.escape.typed(taken, module.now());
  return taken.size();
}

void Links::payload_complete(Module& module, const Collecting& job) {
  module.say_received(job.length);
  if (!is_open(job.link)) return module.finish_send(at::Word::error);  // dialect 0.4, 2
  module.start(Sending{job.link, job.destination.value_or(remote(job.link.id)),
                       module.now() + kSendGivesUp});
}

void Links::give_up(Module& module, const Collecting&) {
  module.finish_send(at::Word::send_canceled);
}

net::Outgoing Links::output(const Module& module, LinkHandle handle) const {
  const auto* job = module.job<Sending>();
  if (job == nullptr || !is_open(handle) || !(job->link == handle)) return {};
  return {module.payload().unsent(), job->destination};
}

void Links::sent(Module& module, LinkHandle handle, std::size_t n) {
  Link* link = find(handle);
  if (link == nullptr || n == 0) return;
  link->bytes_out += n;
  link->last_active = module.now();
  if (module.job<PassingThrough>() != nullptr) return module.passthrough().sent(module, handle, n);
  CHECK(module.job<Sending>() != nullptr);
  module.payload().sent(n);
  if (module.payload().unsent().empty()) module.finish_send(at::Word::send_ok);
}

void Links::on(Module& module, const net::SendFailed& event) {
  if (!is_open(event.link)) return;
  if (module.job<PassingThrough>() != nullptr) return module.passthrough().packet_is_gone(module);
  const auto* job = module.job<Sending>();
  if (job != nullptr && job->link == event.link) module.finish_send(at::Word::send_fail);
}

/// The network takes nothing any more: the link is given up with its payload (dialect 0.4, 14).
void Links::give_up(Module& module, const Sending& job) { give_up_link(module, job.link.id); }

void Links::give_up_link(Module& module, std::uint8_t id) {
  module.request(net::Close{handle(id)});
  retire(module, id);
}

// Receiving ---------------------------------------------------------------------------------------

bool Links::is_open(LinkHandle handle) const {
  const Link* link = find(handle);
  return link != nullptr && link->state == Link::State::open;
}

void Links::input(Module& module, LinkHandle handle, std::span<const std::byte> bytes) {
  print_received(module, handle.id, links_[handle.id].remote, bytes);
}

void Links::datagram_input(Module& module, LinkHandle handle, net::Endpoint sender,
                           std::span<const std::byte> bytes) {
  Link& link = *find(handle);
  const bool may_change = link.udp_mode == UdpMode::peer_changes ||
                          (link.udp_mode == UdpMode::peer_changes_once && !link.peer_has_changed);
  if (may_change && !(link.remote == sender)) {
    link.remote = sender;
    link.peer_has_changed = true;
  }
  print_received(module, handle.id, sender, bytes);
}

void Links::print_received(Module& module, std::uint8_t id, net::Endpoint sender,
                           std::span<const std::byte> bytes) {
  links_[id].bytes_in += bytes.size();
  links_[id].last_active = module.now();
  at::Reply reply = module.reply();
  if (module.job<PassingThrough>() == nullptr) {
    // Fidelity (observed, T18, T28): CR LF stands in front of +IPD, and nothing behind its data.
    reply.text(at::Word::ipd);
    if (multiple_) reply.number(id).comma();
    reply.number(static_cast<std::int64_t>(bytes.size()));
    if (shows_sender_) reply.comma().address(sender.address).comma().number(sender.port);
    reply.text(":");
  }
  reply.bytes(bytes);
}

// Closing -----------------------------------------------------------------------------------------

at::Answer Links::close(Module& module, std::uint8_t id) {
  module.request(net::Close{handle(id)});
  links_[id].state = Link::State::free;
  module.say({.kind = Urc::Kind::closed, .link = id});
  return at::Answer::ok;
}

at::Answer Links::close_all(Module& module) {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (is_open(id)) close(module, id);
  }
  return at::Answer::ok;
}

void Links::on(Module& module, const net::Closed& event) {
  if (is_open(event.link)) retire(module, event.link.id);
}

/// Takes a link out of use. Its CLOSED follows what is being sent: a payload that the network has
/// not taken yet answers SEND FAIL first. In transparent transmission there is no line.
void Links::retire(Module& module, std::uint8_t id) {
  links_[id].state = Link::State::gone;
  if (module.job<PassingThrough>() != nullptr) return module.passthrough().on_broken(module);
  // Fidelity (our decision, dialect 1.7): An end that is seen while sending prints CLOSED behind
  // the result.
  module.notify({.kind = Urc::Kind::closed, .link = id});
  const auto* sending = module.job<Sending>();
  if (sending != nullptr && sending->link.id == id) module.finish_send(at::Word::send_fail);
}

template <class Matches>
void Links::close_where(Module& module, Matches matches) {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (is_open(id) && matches(links_[id])) give_up_link(module, id);
  }
}

void Links::close_links_through(Module& module, net::Interface side) {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (links_[id].state != Link::State::opening || side != net::Interface::station) continue;
    if (module.job<PassingThrough>() != nullptr)
      give_up_link(module, id);
    else
      give_up(module, Opening(*module.job<Opening>()));
  }
  close_where(module, [&](const Link& link) { return link.through == side; });
}

void Links::closed_was_said(std::uint8_t id) {
  // Fidelity (our decision, see Links): A link number is not used again before its CLOSED has been
  // said.
  if (links_[id].state == Link::State::gone) links_[id].state = Link::State::free;
}

void Links::reset() {
  const std::array<Link, limits::kLinks> old = links_;
  *this = Links{};
  for (std::size_t id = 0; id < links_.size(); ++id) links_[id].generation = old[id].generation;
}

// The server's clients ----------------------------------------------------------------------------

bool Links::accept(Module& module, const net::Incoming& client) {
  const auto* const place = std::find_if(
      links_.begin(), links_.end(), [](const Link& l) { return l.state == Link::State::free; });
  if (place == links_.end()) return false;
  const auto id = static_cast<std::uint8_t>(place - links_.begin());
  begin(id, {.state = Link::State::open,
             .transport = net::Transport::tcp,
             .accepted = true,
             .through = client.through,
             .local_port = client.local_port,
             .remote = client.remote,
             .last_active = module.now()});
  had_links_ = true;
  module.request(net::Accept{client.client, handle(id)});
  module.notify({.kind = Urc::Kind::connect, .link = id});
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

void Links::close_idle(Module& module, Instant since) {
  close_where(module, [&](const Link& link) { return link.accepted && link.last_active <= since; });
}

void Links::close_accepted(Module& module) {
  close_where(module, [](const Link& link) { return link.accepted; });
}

// The passthrough's link
// ------------------------------------------------------------------------------

bool Links::may_pass(std::uint8_t id) const {
  const Link& link = links_[id];
  const bool kind = link.transport == net::Transport::tcp || is_datagram(id);
  return !multiple_ && is_open(id) && kind && link.udp_mode == UdpMode::peer_stays;
}

bool Links::reopen(Module& module, std::uint8_t id) {
  Link& link = links_[id];
  if (link.state == Link::State::opening) module.request(net::Close{handle(id)});
  link.state = Link::State::gone;
  if (!module.has_access_point() && !module.station().has_address()) return false;
  begin(id, {.state = Link::State::opening, .transport = link.transport, .remote = single_.remote});
  single_.link = handle(id);
  module.request(single_);
  return true;
}

void Links::drop(Module& module, std::uint8_t id) {
  if (links_[id].state == Link::State::opening) module.request(net::Close{handle(id)});
  links_[id].state = Link::State::free;
}

// Looking -----------------------------------------------------------------------------------------

bool Links::any_open() const {
  return std::any_of(links_.begin(), links_.end(),
                     [](const Link& l) { return l.state == Link::State::open; });
}

bool Links::any_open(net::Transport transport) const {
  return std::any_of(links_.begin(), links_.end(), [&](const Link& l) {
    return l.state == Link::State::open && l.transport == transport;
  });
}

at::Answer Links::show_status(Module& module) const {
  int status = 5;
  if (module.station().has_address()) status = any_open() ? 3 : had_links_ ? 4 : 2;
  at::Reply reply = module.reply();
  reply.text(at::Word::status).number(status).end();
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (!is_open(id)) continue;
    const Link& link = links_[id];
    module.info()
        .number(id)
        .comma()
        .quoted(at::Choices<net::Transport>::word(link.transport))
        .comma();
    reply.quoted_address(link.remote.address).comma().number(link.remote.port).comma();
    reply.number(link.local_port).comma().number(link.accepted ? 1 : 0).end();
  }
  return at::Answer::ok;
}

std::size_t Links::free_bytes() const {
  const auto unused = std::count_if(links_.begin(), links_.end(),
                                    [](const Link& l) { return l.state == Link::State::free; });
  return static_cast<std::size_t>(unused) * sizeof(Link);
}

void Links::describe(Status& status) const {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    status.links[i] = {link.state == Link::State::open,
                       link.transport,
                       link.remote,
                       link.local_port,
                       link.accepted,
                       link.bytes_in,
                       link.bytes_out};
  }
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

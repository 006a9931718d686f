#include "module/links.h"

#include <algorithm>
#include <utility>

#include "at/words.h"
#include "base/check.h"
#include "module/module.h"
#include "module/wire_names.h"

namespace bfq {
namespace {
// Ours: names, see docs/fidelity.md. Real modules take 6 to 15 s and more.
constexpr Duration kLookUpGivesUp = 15s;
// Dialect 3.3: without a network the answer comes after about 6 s.
constexpr Duration kLookUpWithoutNetwork = 6s;
// Ours: a server that never answers a connection.
constexpr Duration kConnectGivesUp = 20s;
// Dialect 0.4, 14: a send that the network does not take.
constexpr Duration kSendGivesUp = 10s;

constexpr std::string_view type_of(net::Transport transport) {
  return at::Choices<net::Transport>::words[static_cast<std::size_t>(transport)];
}
}  // namespace

// Opening -----------------------------------------------------------------------------------------

at::Answer Links::open(Module& module, const net::Open& what) {
  const std::uint8_t id = what.link.id;
  if (!is_free(id)) {
    module.reply().line(at::words::kAlreadyConnected);
    return at::Answer::error;
  }
  Link& link = links_[id];
  const auto generation = static_cast<std::uint16_t>(link.generation + 1);
  link = {.state = Link::State::opening, .transport = what.transport, .generation = generation, .remote = what.remote};
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

void Links::connect(Module& module, Opening& job, Ipv4 address) {
  job.step = Opening::Step::connecting;
  job.open.remote.address = address;
  job.give_up = module.now() + kConnectGivesUp;
  links_[job.open.link.id].remote = job.open.remote;
  module.request(job.open);
}

void Links::on(Module& module, const net::Resolved& event) {
  if (auto* opening = module.job<Opening>(); opening != nullptr && opening->ticket == event.ticket) {
    if (opening->step == Opening::Step::resolving) connect(module, *opening, event.address);
  } else if (const auto* look_up = module.job<LookingUp>(); look_up != nullptr && look_up->ticket == event.ticket) {
    module.reply().text(module.command_name()).text(":").address(event.address).end();
    module.finish(at::Answer::ok);
  }
}

void Links::on(Module& module, const net::ResolveFailed& event) {
  if (const auto* look_up = module.job<LookingUp>(); look_up != nullptr && look_up->ticket == event.ticket) {
    return give_up(module, *look_up);
  }
  const auto* opening = module.job<Opening>();
  if (opening == nullptr || opening->step != Opening::Step::resolving || opening->ticket != event.ticket) return;
  give_up(module, *opening);
}

void Links::on(Module& module, const net::Opened& event) {
  Link* link = find(event.link);
  if (link == nullptr || link->state != Link::State::opening) return;
  link->state = Link::State::open;
  link->local_port = event.local_port;
  had_links_ = true;
  module.notify(Notice::Kind::connect, event.link.id);
  module.finish(at::Answer::ok);
}

void Links::on(Module& module, const net::OpenFailed& event) {
  const Link* link = find(event.link);
  if (link == nullptr || link->state != Link::State::opening) return;
  fail_opening(module, event.why);
}

/// Ends the CIPSTART that is under way. A refused connection answers ERROR and then, like a link that
/// was open, CLOSED (dialect 3.3).
void Links::fail_opening(Module& module, net::OpenFailure why) {
  const std::uint8_t id = module.job<Opening>()->open.link.id;
  if (why == net::OpenFailure::no_resources) {
    links_[id].state = Link::State::free;
    module.reply().line(at::words::kConnectFail);
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
  module.reply().line(at::words::kDnsFail);
  module.finish(at::Answer::error);
}

// Names -------------------------------------------------------------------------------------------

at::Answer Links::look_up(Module& module, const net::HostName& name) {
  if (const auto address = parse_ipv4(name.view())) {
    module.reply().text(module.command_name()).text(":").address(*address).end();
    return at::Answer::ok;
  }
  const Ticket ticket = module.new_ticket();
  const bool online = module.station().has_address();
  if (online) module.request(net::Resolve{ticket, name});
  module.start(LookingUp{ticket, module.now() + (online ? kLookUpGivesUp : kLookUpWithoutNetwork)});
  return at::Answer::later;
}

void Links::give_up(Module& module, const LookingUp&) {
  module.reply().line(at::words::kDnsFail);
  module.finish(at::Answer::error);
}

// Sending -----------------------------------------------------------------------------------------

at::Answer Links::send(Module& module, std::uint8_t id, std::uint16_t length) {
  CHECK(is_open(id) && length > 0 && length <= payload_.size());
  payload_size_ = payload_sent_ = 0;
  module.start(Collecting{.link = handle(id), .length = length, .escape = Escape(module.now())});
  return at::Answer::prompt;
}

std::size_t Links::take_payload(Module& module, std::span<const std::byte> typed) {
  auto& job = *module.job<Collecting>();
  const auto taken = typed.first(std::min<std::size_t>(typed.size(), job.length - payload_size_));
  std::copy(taken.begin(), taken.end(), payload_.begin() + payload_size_);
  payload_size_ = static_cast<std::uint16_t>(payload_size_ + taken.size());
  // Reaching the length wins over an escape (dialect 0.4, 1).
  if (payload_size_ == job.length) payload_complete(module, job.link);
  else job.escape.typed(taken, module.now());
  return taken.size();
}

void Links::payload_complete(Module& module, LinkHandle link) {
  module.say_received(payload_size_);
  if (is_open(link)) return module.start(Sending{link, module.now() + kSendGivesUp});
  // The link went while the payload was typed (dialect 0.4, 2).
  payload_size_ = 0;
  module.finish_send(at::words::kError);
}

void Links::give_up(Module& module, const Collecting&) {
  payload_size_ = 0;
  module.finish_send(at::words::kSendCanceled);
}

net::Outgoing Links::output(const Module& module, LinkHandle handle) const {
  const auto* job = module.job<Sending>();
  const Link* link = find(handle);
  if (job == nullptr || link == nullptr || !(job->link == handle)) return {};
  const auto bytes = std::span(payload_).first(payload_size_).subspan(payload_sent_);
  return {bytes, link->remote};
}

void Links::sent(Module& module, LinkHandle handle, std::size_t n) {
  const std::size_t offered = output(module, handle).bytes.size();
  CHECK(n <= offered);
  if (n == 0) return;
  find(handle)->bytes_out += n;
  payload_sent_ = static_cast<std::uint16_t>(payload_sent_ + n);
  if (n < offered) return;
  payload_size_ = payload_sent_ = 0;
  module.finish_send(at::words::kSendOk);
}

void Links::on(Module& module, const net::SendFailed& event) {
  const auto* job = module.job<Sending>();
  if (job == nullptr || !(job->link == event.link)) return;
  payload_size_ = payload_sent_ = 0;
  module.finish_send(at::words::kSendFail);
}

/// The network takes nothing any more: the link is given up with its payload (dialect 0.4, 14).
void Links::give_up(Module& module, const Sending& job) {
  module.request(net::Close{job.link});
  retire(module, job.link.id);
}

// Receiving ---------------------------------------------------------------------------------------

bool Links::is_open(LinkHandle handle) const {
  const Link* link = find(handle);
  return link != nullptr && link->state == Link::State::open;
}

void Links::input(Module& module, LinkHandle handle, std::span<const std::byte> bytes) {
  find(handle)->bytes_in += bytes.size();
  at::Reply reply = module.reply();
  reply.text(at::words::kIpd).number(static_cast<std::int64_t>(bytes.size())).text(":").bytes(bytes);
}

// Closing -----------------------------------------------------------------------------------------

at::Answer Links::close(Module& module, std::uint8_t id) {
  if (!is_open(id)) return at::Answer::error;
  module.request(net::Close{handle(id)});
  links_[id].state = Link::State::free;
  module.reply().line(at::words::kClosed);
  return at::Answer::ok;
}

void Links::on(Module& module, const net::Closed& event) {
  if (!is_open(event.link)) return;
  retire(module, event.link.id);
}

/// Takes a link out of use. Its CLOSED follows what is being sent: a payload that the network has not
/// taken yet answers SEND FAIL first.
void Links::retire(Module& module, std::uint8_t id) {
  const auto* sending = module.job<Sending>();
  links_[id].state = Link::State::gone;
  module.notify(Notice::Kind::closed, id);
  if (sending == nullptr || sending->link.id != id) return;
  payload_size_ = payload_sent_ = 0;
  module.finish_send(at::words::kSendFail);
}

void Links::close_station_links(Module& module) {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (links_[id].state == Link::State::opening) {
      give_up(module, Opening(*module.job<Opening>()));
    } else if (is_open(id) && !links_[id].accepted) {
      module.request(net::Close{handle(id)});
      retire(module, id);
    }
  }
}

void Links::closed_was_said(std::uint8_t id) {
  if (links_[id].state == Link::State::gone) links_[id].state = Link::State::free;
}

void Links::reset() {
  for (Link& link : links_) link = Link{.generation = link.generation};
  had_links_ = false;
  payload_size_ = payload_sent_ = 0;
}

// Looking -----------------------------------------------------------------------------------------

at::Answer Links::show_status(Module& module) const {
  const bool connected = std::any_of(links_.begin(), links_.end(), [](const Link& l) { return l.state == Link::State::open; });
  const Station& station = module.station();
  int status = 5;
  if (station.has_address()) status = connected ? 3 : had_links_ ? 4 : 2;
  at::Reply reply = module.reply();
  reply.text(at::words::kStatus).number(status).end();
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (!is_open(id)) continue;
    const Link& link = links_[id];
    reply.text(module.command_name()).text(":").number(id).comma().quoted(type_of(link.transport)).comma();
    reply.text("\"").address(link.remote.address).text("\"").comma().number(link.remote.port);
    reply.comma().number(link.local_port).comma().number(link.accepted ? 1 : 0).end();
  }
  return at::Answer::ok;
}

std::size_t Links::free_bytes() const {
  const auto unused = std::count_if(links_.begin(), links_.end(), [](const Link& l) { return l.state == Link::State::free; });
  return static_cast<std::size_t>(unused) * sizeof(Link) + (payload_.size() - payload_size_);
}

void Links::describe(Status& status) const {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    status.links[i] = {link.state == Link::State::open, link.transport, link.remote,     link.local_port,
                       link.accepted,                   link.bytes_in,  link.bytes_out};
  }
}

const Link* Links::find(LinkHandle handle) const {
  if (handle.id >= links_.size()) return nullptr;
  const Link& link = links_[handle.id];
  return link.generation == handle.generation ? &link : nullptr;
}

Link* Links::find(LinkHandle handle) { return const_cast<Link*>(std::as_const(*this).find(handle)); }
}  // namespace bfq

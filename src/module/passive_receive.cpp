// Links in passive receive (AT+CIPRECVMODE=1): what comes stays with the network until the host
// asks for it; the module only knows how much that is.
#include <algorithm>
#include <utility>

#include "module/chip.h"

namespace bfq {

std::size_t Links::unread_limit(const Chip& chip, LinkHandle handle) const {
  // Fidelity (manual, AT+CIPRECVMODE 2020): Passive receive is for TCP alone, and not for
  // transparent transmission.
  // Fidelity (our decision, personalities 2.4.41): In esp-at-2 it is for SSL and UDP, too.
  const std::size_t most = chip.dialect().unread_limit;
  const Link* link = find(handle);
  if (link == nullptr) return 0;
  const auto* job = chip.job<Reading>();
  const bool is_read = job != nullptr && job->link == handle;
  if (is_read && link->transport == net::Transport::udp) return most;
  if (!passive_ || link->state != Link::State::open) return 0;
  const bool is_tcp = link->transport == net::Transport::tcp;
  if (!is_tcp && chip.dialect().switches.passive_links == at::SwitchPoints::PassiveLinks::tcp)
    return 0;
  return holder(chip, handle.id) == LinkHolder::passthrough ? 0 : most;
}

void Links::set_passive(Chip& chip, bool passive) {
  passive_ = passive;
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (links_[id].unread > 0 && unread_limit(chip, handle(id)) > 0) note_unread(chip, id);
  }
}

void Links::on(Chip& chip, const net::Unread& event) {
  Link* const known = find(event.link);
  if (known != nullptr && known->transport == net::Transport::udp && event.bytes < known->unread) {
    // Fidelity (our decision, personalities 2.4.42): What a read leaves of a datagram is lost.
    known->unread = event.bytes;
    return end_if_drained(chip, event.link.id);
  }
  const std::size_t limit = unread_limit(chip, event.link);
  if (limit == 0) return;
  Link& link = links_[event.link.id];
  const auto unread = static_cast<std::uint16_t>(std::min<std::size_t>(event.bytes, limit));
  if (unread <= link.unread) return;
  link.unread = unread;
  link.last_active = chip.now();
  note_unread(chip, event.link.id);
}

/// The host is told once, until it reads.
void Links::note_unread(Chip& chip, std::uint8_t id) {
  if (std::exchange(links_[id].is_noted, true)) return;
  chip.notify({.kind = Urc::Kind::unread, .link = id});
}

void Links::say_unread(at::Reply reply, std::uint8_t id) const {
  // It was read, or printed as +IPD, before the line could be.
  if (links_[id].unread == 0) return;
  reply.text(at::Word::ipd);
  if (multiple_) reply.number(id).comma();
  reply.number(links_[id].unread).end();
}

at::Answer Links::read(Chip& chip, std::uint8_t id, std::uint16_t length) {
  Link& link = links_[id];
  // Fidelity (our decision, dialect 0.4.10): AT+CIPRECVDATA looks at what is buffered before it
  // looks at the link.
  if (link.unread == 0)
    return is_open(id) ? at::Answer::error : chip.refuse(at::Word::link_is_not_valid);
  link.is_noted = false;
  chip.start(Reading{.link = handle(id), .size = std::min(length, link.unread)});
  return at::Answer::later;
}

bool Links::can_read(LinkHandle handle, std::size_t n) const {
  const Link* link = find(handle);
  return link != nullptr && link->unread >= n;
}

/// What the host has asked for; it comes in one piece or several.
void Links::read_on(Chip& chip, Reading& job, net::Endpoint sender,
                    std::span<const std::byte> bytes) {
  const bool comma_behind_length =
      chip.dialect().switches.received_data == at::SwitchPoints::ReceivedData::length_comma_data;
  if (job.taken == 0) {
    at::Reply reply = chip.reply();
    reply.text(chip.command().name).text(comma_behind_length ? ":" : ",");
    reply.number(job.size).text(comma_behind_length ? "," : ":");
    const bool has_sender =
        chip.dialect().switches.address_text == at::SwitchPoints::AddressText::quoted;
    if (has_sender && shows_sender_) {
      print_sender(chip, reply, sender);
      reply.comma();
    }
  }
  chip.reply().bytes(bytes);
  const std::uint8_t id = job.link.id;
  Link& link = links_[id];
  const auto n = static_cast<std::uint16_t>(bytes.size());
  link.bytes_in += n;
  link.unread = static_cast<std::uint16_t>(link.unread - n);
  job.taken = static_cast<std::uint16_t>(job.taken + n);
  if (job.taken < job.size) return;
  chip.finish_first(at::Answer::ok);
  end_if_drained(chip, id);
}

/// See Link::State::draining.
void Links::end_if_drained(Chip& chip, std::uint8_t id) {
  Link& link = links_[id];
  if (link.state != Link::State::draining || link.unread > 0) return;
  link.state = Link::State::gone;
  chip.notify({.kind = Urc::Kind::closed, .link = id});
}

at::Answer Links::show_unread(Chip& chip) const {
  at::Reply reply = chip.info();
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (id > 0) reply.comma();
    const bool is_none = links_[id].state == Link::State::free;
    const bool says_so = chip.dialect().switches.no_link == at::SwitchPoints::NoLink::minus_one;
    reply.number(is_none && says_so ? -1 : links_[id].unread);
  }
  reply.end();
  return at::Answer::ok;
}
}  // namespace bfq

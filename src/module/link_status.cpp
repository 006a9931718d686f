// What Links says of links, to the host and to people.
#include <algorithm>

#include "module/chip.h"
#include "module/links.h"
#include "module/wire_names.h"

namespace bfq {
namespace {
/// What AT+CIPSTATUS says then: 0 not started or on its way, 1 never joined, 5 joined once.
int status_without_address(const Chip& chip) {
  const Station& station = chip.station();
  if (!chip.has_station() || !station.is_idle()) return station.had_address() ? 5 : 0;
  return station.had_address() ? 5 : 1;
}
}  // namespace

bool Links::shows_in_status(const Chip& chip, const Link& link) {
  return link.transport != net::Transport::udp ||
         chip.dialect().switches.status_links == at::SwitchPoints::StatusLinks::all;
}

bool Links::any_open() const {
  return std::any_of(links_.begin(), links_.end(),
                     [](const Link& l) { return l.state == Link::State::open; });
}

bool Links::any_open(net::Transport transport) const {
  return std::any_of(links_.begin(), links_.end(), [&](const Link& l) {
    return l.state == Link::State::open && l.transport == transport;
  });
}

at::Answer Links::show_status(Chip& chip) const {
  const bool linked = std::any_of(links_.begin(), links_.end(), [&](const Link& link) {
    return link.state == Link::State::open && shows_in_status(chip, link);
  });
  const bool says_how_far =
      chip.dialect().switches.station_status == at::SwitchPoints::StationStatus::how_far;
  int status = says_how_far ? status_without_address(chip) : 5;
  if (chip.station().has_address()) status = linked ? 3 : had_links_ ? 4 : 2;
  chip.reply().text(at::Word::status).number(status).end();
  return show_links(chip);
}

std::optional<std::uint8_t> Links::lowest_free() const {
  for (std::uint8_t id = 0; id < links_.size(); ++id)
    if (links_[id].state == Link::State::free) return id;
  return std::nullopt;
}

at::Answer Links::show_links(Chip& chip) const {
  for (std::uint8_t id = 0; id < links_.size(); ++id) {
    if (!is_open(id)) continue;
    const Link& link = links_[id];
    at::Reply reply = chip.info();
    reply.number(id).comma().quoted(at::Choices<net::Transport>::word(link.transport)).comma();
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
  status.multiple_links = multiple_;
  status.shows_sender = shows_sender_;
  status.passive = passive_;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    status.links[i] = {link.state == Link::State::open,
                       link.state == Link::State::draining,
                       link.transport,
                       link.remote,
                       link.local_port,
                       link.accepted,
                       link.unread,
                       link.bytes_in,
                       link.bytes_out,
                       link.last_active};
  }
}
}  // namespace bfq

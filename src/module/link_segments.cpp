// AT+CIPSENDBUF of Links: a segment is taken as a whole, goes to the network while the module takes
// other commands, and its result is said when the peer has acknowledged it.
#include "module/chip.h"

namespace bfq {

at::Answer Links::send_segment(Chip& chip, std::uint8_t id, std::uint16_t length) {
  const Link& link = links_[id];
  // Fidelity (manual, AT+CIPSENDBUF 2020): Only a TCP link buffers segments, and no SSL link.
  if (link.transport != net::Transport::tcp) return at::Answer::error;
  if (is_buffering() || !link.segments.has_room(length)) return chip.refuse(at::Word::buffer_full);
  if (link.segments.is_full()) return chip.refuse(at::Word::queue_full);
  chip.reply().number(link.segments.last() + 1).comma().number(link.segments.done()).end();
  return collect(chip, {.as = Collecting::As::segment,
                        .link = handle(id),
                        .length = length,
                        .escape = Escape(chip.now())});
}

/// The payload is a segment of that link from now on. The command has no further result.
void Links::begin_segment(Chip& chip, std::uint8_t id) {
  links_[id].segments.add(static_cast<std::uint16_t>(chip.payload().size()));
  chip.finish_silently();
  buffering_ = id;
  if (is_open(id)) return;
  drop_segment(chip, id);
  chip.say({.kind = Urc::Kind::segment, .link = id});  // in front of its CLOSED, which waits
}

void Links::tell_segment(Chip& chip, const LinkReport& report) {
  switch (report.kind) {
    case LinkReport::Kind::sent:
      chip.payload().sent(report.size);
      links_[report.link].segments.sent(report.size);
      if (chip.payload().unsent().empty()) drop_segment(chip, report.link);
      return;
    case LinkReport::Kind::not_sent:
    case LinkReport::Kind::too_late: return drop_segment(chip, report.link);  // CLOSED follows
    case LinkReport::Kind::opened:
    case LinkReport::Kind::failed:
    case LinkReport::Kind::received:
    case LinkReport::Kind::closed: return tell_host(chip, report);
  }
}

/// What the network has not taken of it, it will not be offered.
void Links::drop_segment(Chip& chip, std::uint8_t id) {
  if (!is_buffering() || buffering_ != id) return;
  chip.payload().clear();
  buffering_ = kNobody;
}

bool Links::awaits_acknowledgement(LinkHandle handle) const {
  return is_open(handle) && links_[handle.id].segments.pending() > 0;
}

void Links::on(Chip& chip, const net::Acknowledged& event) {
  if (!awaits_acknowledgement(event.link)) return;
  Segments& segments = links_[event.link.id].segments;
  segments.acknowledged_but(event.unacknowledged);
  if (has_result_to_say(event.link.id))
    chip.notify({.kind = Urc::Kind::segment, .link = event.link.id});
}

/// Of a link that has gone, all that was not acknowledged has failed.
bool Links::has_result_to_say(std::uint8_t id) const {
  const Segments& segments = links_[id].segments;
  return segments.said() < (is_open(id) ? segments.done() : segments.last());
}

void Links::say_result(at::Reply reply, std::uint8_t id) {
  if (!has_result_to_say(id)) return;
  Segments& segments = links_[id].segments;
  const std::uint32_t number = segments.say();
  const bool is_done = number <= segments.done();
  if (is_done) reply.end();
  if (multiple_) reply.number(id).comma();
  reply.number(number).line(is_done ? at::Word::segment_sent : at::Word::segment_failed);
}

// The other commands of segments ------------------------------------------------------------------

at::Answer Links::reset_segments(std::uint8_t id) {
  Link& link = links_[id];
  if (link.transport != net::Transport::tcp || link.segments.pending() > 0)
    return at::Answer::error;
  link.segments = {};
  return at::Answer::ok;
}

at::Answer Links::show_segments(Chip& chip, std::uint8_t id) const {
  const Link& link = links_[id];
  if (link.transport != net::Transport::tcp) return at::Answer::error;
  const Segments& segments = link.segments;
  at::Reply reply = chip.reply();
  reply.number(segments.last() + 1).comma().number(segments.taken()).comma();
  reply.number(segments.done()).comma();
  reply.number(static_cast<std::int64_t>(segments.free_bytes())).comma();
  reply.number(static_cast<std::int64_t>(limits::kSegments - segments.pending())).end();
  return at::Answer::ok;
}

at::Answer Links::check_segment(Chip& chip, std::uint8_t id, std::uint32_t number) const {
  const Segments& segments = links_[id].segments;
  // Fidelity (manual, AT+CIPCHECKSEQ 2020): Only the last 32 segments are known.
  constexpr std::uint32_t kKnown = 32;
  const bool is_known = number <= segments.last() && segments.last() - number < kKnown;
  if (links_[id].transport != net::Transport::tcp || !is_known) return at::Answer::error;
  at::Reply reply = chip.reply();
  if (multiple_) reply.number(id).comma();
  reply.number(number).comma().line(number <= segments.done() ? at::Word::is_true
                                                              : at::Word::is_false);
  return at::Answer::ok;
}
}  // namespace bfq

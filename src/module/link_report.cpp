// Whom Links tells what has happened to a link, and what each of them makes of it.
#include "module/link_report.h"

#include "at/words.h"
#include "module/chip.h"
#include "module/wire_names.h"

namespace bfq {
namespace {
using Kind = LinkReport::Kind;
}

LinkHolder Links::holder(const Chip& chip, std::uint8_t id) const {
  if (chip.passthrough().holds(chip, id)) return LinkHolder::passthrough;
  if (const auto* job = chip.job<Opening>(); job != nullptr && job->open.link.id == id)
    return LinkHolder::cipstart;
  if (const auto* job = chip.job<Sending>(); job != nullptr && job->link.id == id)
    return LinkHolder::cipsend;
  return buffering_ == id ? LinkHolder::segment : LinkHolder::host;
}

void Links::report(Chip& chip, const LinkReport& report) {
  switch (holder(chip, report.link)) {
    case LinkHolder::host: return tell_host(chip, report);
    case LinkHolder::cipstart: return tell_cipstart(chip, report);
    case LinkHolder::cipsend: return tell_cipsend(chip, report);
    case LinkHolder::segment: return tell_segment(chip, report);
    case LinkHolder::passthrough: return chip.passthrough().on(chip, report);
  }
}

void Links::tell_host(Chip& chip, const LinkReport& report) {
  switch (report.kind) {
    case Kind::opened: return chip.notify({.kind = Urc::Kind::connect, .link = report.link});
    case Kind::received: return print_received(chip, report);
    case Kind::closed:
    case Kind::failed: return chip.notify({.kind = Urc::Kind::closed, .link = report.link});
    case Kind::sent:
    case Kind::not_sent:
    case Kind::too_late: return;  // nothing of the host's is on its way
  }
}

/// A refused connection answers ERROR and then, like a link that was open, CLOSED (dialect 3.3).
void Links::tell_cipstart(Chip& chip, const LinkReport& report) {
  switch (report.kind) {
    case Kind::opened: tell_host(chip, report); return chip.finish(at::Answer::ok);
    case Kind::failed:
      if (report.why == net::OpenFailure::no_resources) {
        links_[report.link].state = Link::State::free;
        chip.reply().line(at::Word::connect_fail);
        return chip.finish(at::Answer::error);
      }
      if (tells_of_links(chip.settings())) say_connection(chip.reply(), report.link, false);
      chip.finish(at::Answer::error);
      return tell_host(chip, report);
    case Kind::received:
    case Kind::sent:
    case Kind::not_sent:
    case Kind::too_late:
    case Kind::closed: return tell_host(chip, report);  // of a link that is open
  }
}

void Links::tell_cipsend(Chip& chip, const LinkReport& report) {
  switch (report.kind) {
    case Kind::sent:
      chip.payload().sent(report.size);
      if (chip.payload().unsent().empty()) return chip.finish_send(at::Word::send_ok);
      chip.job<Sending>()->give_up = chip.now() + kSendGivesUp;
      return;
    case Kind::not_sent: return chip.finish_send(at::Word::send_fail);
    case Kind::too_late: return chip.finish_send(at::Word::error);  // dialect 0.4.2
    case Kind::closed:
      // Fidelity (our decision, dialect 1.7.3): An end that is seen while sending prints CLOSED
      // behind the result.
      tell_host(chip, report);
      return chip.finish_send(at::Word::send_fail);
    case Kind::opened:
    case Kind::failed:
    case Kind::received: return tell_host(chip, report);
  }
}

void Links::say_connection(at::Reply reply, std::uint8_t id, bool succeeded) const {
  const Link& link = links_[id];
  reply.text(at::Word::link_connection).number(succeeded ? 0 : 1).comma().number(id).comma();
  reply.quoted(at::Choices<net::Transport>::word(link.transport)).comma();
  reply.number(link.accepted ? 1 : 0).comma().quoted_address(link.remote.address).comma();
  reply.number(link.remote.port).comma().number(link.local_port).end();
}

void Links::print_received(Chip& chip, const LinkReport& report) const {
  at::Reply reply = chip.reply();
  // Fidelity (observed, T18, T28): CR LF stands in front of +IPD, and nothing behind its data.
  reply.text(at::Word::ipd);
  if (multiple_) reply.number(report.link).comma();
  reply.number(static_cast<std::int64_t>(report.bytes.size()));
  if (shows_sender_)
    reply.comma().address(report.sender.address).comma().number(report.sender.port);
  reply.text(":").bytes(report.bytes);
}
}  // namespace bfq

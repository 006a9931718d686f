// Whom Links tells what has happened to a link, and what each of them makes of it.
#include "module/link_report.h"

#include "at/words.h"
#include "module/chip.h"
#include "module/wire_names.h"

namespace bfq {
namespace {
using Kind = LinkReport::Kind;

/// What is said of an SSL link that needs a certificate which there is not.
at::Word word_for(net::OpenFailure why) {
  switch (why) {
    case net::OpenFailure::no_certificate: return at::Word::no_certificate;
    case net::OpenFailure::no_authorities: return at::Word::no_authorities;
    case net::OpenFailure::no_key: return at::Word::no_private_key;
    case net::OpenFailure::unreachable:
    case net::OpenFailure::no_resources: break;
  }
  return at::Word::none;
}
}  // namespace

LinkHolder Links::holder(const Chip& chip, std::uint8_t id) const {
  if (chip.passthrough().holds(chip, id)) return LinkHolder::passthrough;
  if (const auto* job = chip.job<Opening>(); job != nullptr && job->open.link.id == id)
    return LinkHolder::cipstart;
  if (const auto* job = chip.job<Sending>(); job != nullptr && job->link.id == id)
    return LinkHolder::cipsend;
  if (const auto* job = chip.job<SendingLong>();
      job != nullptr && !job->has_failed && job->link.id == id)
    return LinkHolder::long_send;
  return buffering_ == id ? LinkHolder::segment : LinkHolder::host;
}

void Links::report(Chip& chip, const LinkReport& report) {
  switch (holder(chip, report.link)) {
    case LinkHolder::host: return tell_host(chip, report);
    case LinkHolder::cipstart: return tell_cipstart(chip, report);
    case LinkHolder::cipsend: return tell_cipsend(chip, report);
    case LinkHolder::segment: return tell_segment(chip, report);
    case LinkHolder::long_send: return tell_long_send(chip, report);
    case LinkHolder::passthrough: return chip.passthrough().on(chip, report);
  }
}

void Links::tell_host(Chip& chip, const LinkReport& report) {
  switch (report.kind) {
    case Kind::opened: return chip.notify({.kind = Urc::Kind::connect, .link = report.link});
    case Kind::received: print_received(chip, report); return chip.faults().data_was_printed();
    case Kind::closed: {
      const bool is_held =
          chip.dialect().switches.passive_end == at::SwitchPoints::PassiveEnd::behind_the_data;
      if (is_held && links_[report.link].unread > 0) {
        links_[report.link].state = Link::State::draining;
        return;
      }
      return chip.notify({.kind = Urc::Kind::closed, .link = report.link});
    }
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
      chip.refuse(word_for(report.why));
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
      chip.job<Sending>()->give_up = chip.now() + send_gives_up(chip, report.link);
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

/// See faults::DelayClosed. Nothing of that link waits to be said.
bool Links::delays_closed(Chip& chip, std::uint8_t id) {
  const bool is_idle =
      holder(chip, id) == LinkHolder::host && !has_pending_segment(id) && !has_result_to_say(id);
  if (!is_idle || chip.lines_wait() || !chip.faults().delays_closed(id)) return false;
  links_[id].state = Link::State::free;
  return true;
}

void Links::say_late_closed(Chip& chip, std::uint8_t id) {
  if (chip.faults().owes_closed(id)) chip.notify({.kind = Urc::Kind::closed, .link = id});
}

void Links::say_connection(at::Reply reply, std::uint8_t id, bool succeeded) const {
  const Link& link = links_[id];
  reply.text(at::Word::link_connection).number(succeeded ? 0 : 1).comma().number(id).comma();
  reply.quoted(at::Choices<net::Transport>::word(link.transport)).comma();
  reply.number(link.accepted ? 1 : 0).comma().quoted_address(link.remote.address).comma();
  reply.number(link.remote.port).comma().number(link.local_port).end();
}

void Links::print_sender(const Chip& chip, at::Reply& reply, net::Endpoint sender) {
  const bool quotes = chip.dialect().switches.address_text == at::SwitchPoints::AddressText::quoted;
  quotes ? reply.quoted_address(sender.address) : reply.address(sender.address);
  reply.comma().number(sender.port);
}

void Links::print_received(Chip& chip, const LinkReport& report) const {
  at::Reply reply = chip.reply();
  const bool is_raw = chip.passthrough().enabled() &&
                      chip.dialect().switches.raw_data == at::SwitchPoints::RawData::when_enabled;
  if (is_raw) {
    reply.bytes(report.bytes);
    return;
  }
  // Fidelity (observed, T18, T28): CR LF stands in front of +IPD, and nothing behind its data.
  reply.text(at::Word::ipd);
  if (multiple_) reply.number(report.link).comma();
  reply.number(static_cast<std::int64_t>(report.bytes.size()));
  if (shows_sender_) print_sender(chip, reply.comma(), report.sender);
  reply.text(":").bytes(report.bytes);
}
}  // namespace bfq

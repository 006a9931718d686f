// AT+CIPSENDL of Links: data of any length go to the network in packets while they are typed.
#include <algorithm>

#include "module/chip.h"

namespace bfq {

at::Answer Links::send_long(Chip& chip, std::uint8_t id, std::uint32_t length,
                            std::optional<net::Endpoint> destination) {
  if (is_buffering()) return chip.refuse(at::Word::buffer_full);
  chip.payload().clear();
  chip.start(SendingLong{.link = handle(id),
                         .length = length,
                         .destination = destination,
                         .escape = Escape(chip.now())});
  return at::Answer::prompt;
}

// Fidelity (our decision, personalities 2.4.38): A packet of AT+CIPSENDL has 2048 bytes at most,
// whatever AT+CIPSENDLCFG sets.
std::size_t Links::packet_of(const SendingLong& job) const {
  const std::size_t most = std::min<std::size_t>(long_sends_.packet, limits::kPayload);
  return std::min<std::size_t>(most, job.length - job.sent);
}

std::size_t Links::take_long(Chip& chip, std::span<const std::byte> typed) {
  auto& job = *chip.job<SendingLong>();
  // Each packet may give rise to a line.
  if (job.is_sending || !chip.has_room_for_a_line()) {
    job.escape.held_back(chip.now());
    return 0;
  }
  const std::size_t packet = packet_of(job);
  const std::size_t room =
      job.has_failed ? typed.size() : packet - std::min(packet, chip.payload().size());
  const auto taken =
      typed.first(std::min({typed.size(), room, std::size_t{job.length - job.typed}}));
  job.typed += static_cast<std::uint32_t>(taken.size());
  if (!job.has_failed) chip.payload().add(taken);
  if (job.typed < job.length) job.escape.typed(taken, chip.now());
  if (job.has_failed && job.typed == job.length)
    chip.finish_send(at::Word::send_fail);
  else if (!job.has_failed && chip.payload().size() >= packet)
    send_packet(chip, job);
  return taken.size();
}

/// Where there is no link any more, or nobody to send to, it fails.
void Links::send_packet(Chip& chip, SendingLong& job) {
  const std::uint8_t id = job.link.id;
  const bool has_destination = is_peer(job.destination.value_or(links_[id].remote));
  if (!is_open(job.link) || !has_destination) return fail(chip, job);
  job.is_sending = true;
  job.give_up = chip.now() + send_gives_up(chip, id);
}

net::Outgoing Links::long_output(const Chip& chip, const SendingLong& job) const {
  if (!job.is_sending) return {};
  return {chip.payload().unsent(), job.destination.value_or(links_[job.link.id].remote)};
}

void Links::tell_long_send(Chip& chip, const LinkReport& report) {
  auto& job = *chip.job<SendingLong>();
  switch (report.kind) {
    case LinkReport::Kind::sent:
      if (!job.is_sending) return;
      chip.payload().sent(report.size);
      job.sent += report.size;
      job.give_up = chip.now() + send_gives_up(chip, report.link);
      if (chip.payload().unsent().empty()) packet_has_gone(chip, job);
      return;
    case LinkReport::Kind::not_sent:
    case LinkReport::Kind::too_late: return fail(chip, job);
    case LinkReport::Kind::closed: tell_host(chip, report); return fail(chip, job);
    case LinkReport::Kind::opened:
    case LinkReport::Kind::failed:
    case LinkReport::Kind::received: return tell_host(chip, report);
  }
}

// Fidelity (our decision, personalities 2.4.33): AT+CIPSENDL says behind a packet how many bytes
// have gone and how many have come, where those that have gone are so many more than it has said.
void Links::packet_has_gone(Chip& chip, SendingLong& job) {
  chip.payload().clear();
  job.is_sending = false;
  const bool is_last = job.sent == job.length;
  if (is_last || job.sent - job.reported >= long_sends_.report) {
    chip.info().number(job.sent).comma().number(job.typed).end();
    job.reported = job.sent;
  }
  if (is_last) chip.finish_send(at::Word::send_ok);
}

// Fidelity (our decision, personalities 2.4.35): Where the link of AT+CIPSENDL has gone, the rest
// is typed and dropped, and SEND FAIL comes behind it.
void Links::fail(Chip& chip, SendingLong& job) {
  chip.payload().clear();
  job.is_sending = false;
  job.has_failed = true;
  if (job.typed == job.length) chip.finish_send(at::Word::send_fail);
}

bool Links::fits(const SendingLong& job, const Payload& payload) const {
  const std::size_t here = payload.unsent().size();
  const bool counts = job.reported <= job.sent && job.sent <= job.typed &&
                      job.typed <= job.length && here <= job.typed - job.sent;
  if (job.link.id >= limits::kLinks || !counts || is_buffering()) return false;
  if (job.is_sending) return is_open(job.link) && !job.has_failed && here > 0;
  return job.typed < job.length && payload.untouched() && (here == 0 || !job.has_failed);
}

/// The host has typed `+++` alone, or the network takes nothing more, which ends the link as with
/// AT+CIPSEND.
void Links::give_up(Chip& chip, const SendingLong& given) {
  if (!given.is_sending) return chip.finish_send(at::Word::long_send_canceled);
  const bool is_passive = unread_limit(chip, given.link) > 0;
  if (!is_passive) chip.request(net::GiveUp{given.link});
  fail(chip, *chip.job<SendingLong>());
  if (is_passive) give_up_link(chip, given.link.id);
}
}  // namespace bfq

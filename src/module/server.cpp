#include "module/server.h"

#include "module/chip.h"

namespace bfq {

at::Answer Server::start(Chip& chip, std::uint16_t port) {
  if (running_) {
    chip.reply().line(at::Word::no_change);
    return at::Answer::ok;
  }
  port_ = port;
  const Ticket ticket = chip.new_ticket();
  chip.request(net::Listen{ticket, port});
  chip.start(StartingServer{.ticket = ticket});
  return at::Answer::later;
}

at::Answer Server::stop(Chip& chip, bool closes_links) {
  if (!running_) {
    chip.reply().line(at::Word::no_change);
    return at::Answer::ok;
  }
  running_ = false;
  chip.request(net::StopListening{});
  if (closes_links) chip.links().close_accepted(chip);
  return at::Answer::ok;
}

void Server::on(Chip& chip, const net::Listening& event) {
  const auto* job = chip.job<StartingServer>();
  if (job == nullptr || job->ticket != event.ticket) return;
  running_ = true;
  chip.finish(at::Answer::ok);
}

void Server::on(Chip& chip, const net::ListenFailed& event) {
  const auto* job = chip.job<StartingServer>();
  if (job != nullptr && job->ticket == event.ticket) chip.finish(at::Answer::error);
}

/// Beyond the limits a client is turned away; some dialects say so (dialect 6).
void Server::on(Chip& chip, const net::Incoming& event) {
  const bool welcome = running_ && chip.links().accepted_count() < most_clients_;
  if (welcome && chip.links().accept(chip, event)) return;
  chip.request(net::Refuse{event.client});
  if (running_ && !chip.dialect().words[at::Word::too_many_clients].empty())
    chip.notify({.kind = Urc::Kind::client_refused});
}

Deadline Server::next_deadline(const Chip& chip) const {
  // Suspended while a CIPSEND is in progress (dialect 6).
  if (idle_limit_s_ == 0 || chip.sends()) return Deadline::never();
  const Deadline longest_idle = chip.links().accepted_idle_since();
  return longest_idle.is_never()
             ? longest_idle
             : Deadline(longest_idle.at() + std::chrono::seconds(idle_limit_s_));
}

void Server::advance(Chip& chip) {
  if (!next_deadline(chip).due(chip.now())) return;
  chip.links().close_idle(chip, chip.now() - std::chrono::seconds(idle_limit_s_));
}
}  // namespace bfq

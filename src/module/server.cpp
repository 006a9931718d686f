#include "module/server.h"

#include "module/module.h"

namespace bfq {

at::Answer Server::start(Module& module, std::uint16_t port) {
  if (running_) {
    module.reply().line(at::Word::no_change);
    return at::Answer::ok;
  }
  const Ticket ticket = module.new_ticket();
  module.request(net::Listen{ticket, port});
  module.start(StartingServer{.ticket = ticket});
  return at::Answer::later;
}

at::Answer Server::stop(Module& module) {
  if (!running_) {
    module.reply().line(at::Word::no_change);
    return at::Answer::ok;
  }
  running_ = false;
  module.request(net::StopListening{});
  module.links().close_accepted(module);
  return at::Answer::ok;
}

void Server::on(Module& module, const net::Listening& event) {
  const auto* job = module.job<StartingServer>();
  if (job == nullptr || job->ticket != event.ticket) return;
  running_ = true;
  module.finish(at::Answer::ok);
}

void Server::on(Module& module, const net::ListenFailed& event) {
  const auto* job = module.job<StartingServer>();
  if (job != nullptr && job->ticket == event.ticket) module.finish(at::Answer::error);
}

/// Beyond the limits a client is turned away and nothing is printed (dialect 6).
void Server::on(Module& module, const net::Incoming& event) {
  const bool welcome = running_ && module.links().accepted_count() < most_clients_;
  if (!welcome || !module.links().accept(module, event)) module.request(net::Refuse{event.client});
}

Deadline Server::next_deadline(const Module& module) const {
  // Suspended while a CIPSEND is in progress (dialect 6).
  if (idle_limit_s_ == 0 || module.sends()) return Deadline::never();
  const Deadline longest_idle = module.links().accepted_idle_since();
  return longest_idle.is_never()
             ? longest_idle
             : Deadline(longest_idle.at() + std::chrono::seconds(idle_limit_s_));
}

void Server::advance(Module& module) {
  if (!next_deadline(module).due(module.now())) return;
  module.links().close_idle(module, module.now() - std::chrono::seconds(idle_limit_s_));
}
}  // namespace bfq

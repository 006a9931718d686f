// AT+CIPDOMAIN and AT+PING, as far as Links does them.
#include <algorithm>
#include <chrono>

#include "module/chip.h"
#include "module/links.h"

namespace bfq {
namespace {
// Ours: as long as Links waits for a name server, when it opens a link.
constexpr Duration kNameGivesUp = 15s;
// Dialect 3.3: without a network the answer comes after about 6 s.
constexpr Duration kLookUpWithoutNetwork = 6s;
// Ours: how long a host may take to answer an echo request; real modules wait for 1 s or a few.
constexpr Duration kEchoGivesUp = 2s;
}  // namespace

// What AT+CIPDOMAIN answers.
void Links::print_address(Chip& chip, Ipv4 address) {
  const bool quotes = chip.dialect().switches.address_text == at::SwitchPoints::AddressText::quoted;
  at::Reply reply = chip.info();
  (quotes ? reply.quoted_address(address) : reply.address(address)).end();
}

// Names -------------------------------------------------------------------------------------------

at::Answer Links::look_up(Chip& chip, const net::HostName& name) {
  if (const auto address = name.address()) {
    print_address(chip, *address);
    return at::Answer::ok;
  }
  const bool online = chip.station().has_address();
  const Ticket ticket = online ? resolve(chip, name) : chip.new_ticket();
  chip.start(LookingUp{ticket, chip.now() + (online ? kNameGivesUp : kLookUpWithoutNetwork)});
  return at::Answer::later;
}

void Links::give_up(Chip& chip, const LookingUp&) {
  chip.reply().line(at::Word::dns_fail);
  chip.finish(at::Answer::error);
}

Ticket Links::resolve(Chip& chip, const net::HostName& name) {
  const Ticket ticket = chip.new_ticket();
  chip.request(net::Resolve{ticket, name, name_servers(chip)});
  return ticket;
}

net::NameServers Links::name_servers(const Chip& chip) {
  const NameServerSettings& set = chip.settings().name_servers;
  return set.fixed ? servers_in_use(set) : net::NameServers{};
}

// Echoes ------------------------------------------------------------------------------------------

at::Answer Links::ping(Chip& chip, const net::HostName& name) {
  Pinging job{.name = name};
  if (const auto address = name.address()) {
    ask_for_echo(chip, job, *address);
  } else {
    job.ticket = resolve(chip, name);
    job.give_up = chip.now() + kNameGivesUp;
  }
  chip.start(job);
  return at::Answer::later;
}

void Links::ask_for_echo(Chip& chip, Pinging& job, Ipv4 address) {
  job.step = Pinging::Step::waiting;
  job.ticket = chip.new_ticket();
  job.asked = chip.now();
  job.give_up = chip.now() + kEchoGivesUp;
  constexpr auto kTimeout = std::chrono::duration_cast<std::chrono::milliseconds>(kEchoGivesUp);
  chip.request(net::Ping{job.ticket, address, job.name, std::uint16_t{kTimeout.count()}});
}

void Links::on(Chip& chip, const net::Pong& event) {
  const auto* job = chip.job<Pinging>();
  if (job == nullptr || job->step != Pinging::Step::waiting || job->ticket != event.ticket) return;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(chip.now() - job->asked);
  const std::int64_t shown = std::max<std::int64_t>(took.count(), 1);
  chip.reply().text(at::Word::ping).number(shown).end();
  chip.finish(at::Answer::ok);
}

void Links::give_up(Chip& chip, const Pinging& job) {
  const bool is_known = job.step == Pinging::Step::waiting;
  chip.reply().line_if_any(is_known ? at::Word::ping_timeout : at::Word::ping_of_nobody);
  chip.finish(at::Answer::error);
}
}  // namespace bfq

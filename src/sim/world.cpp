#include "sim/world.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

#include "base/overloaded.h"

namespace bfq::sim {
namespace {
constexpr std::size_t kRemembered = 32;

/// A module that never comes to rest would hang a test; this many steps without a moment's passing
/// are more than any honest history needs.
constexpr int kMostSteps = 200'000;
}  // namespace

World::World(const at::Dialect& dialect, ModuleIdentity identity)
    : dialect_(dialect),
      identity_(std::move(identity)),
      own_medium_(std::make_unique<Medium>(air)),
      medium_(*own_medium_),
      radio_(medium_, identity_.station_mac, identity_.access_point_mac) {
  build_module();
}

World::World(const at::Dialect& dialect, ModuleIdentity identity, Medium& shared)
    : dialect_(dialect),
      identity_(std::move(identity)),
      medium_(shared),
      radio_(medium_, identity_.station_mac, identity_.access_point_mac) {
  build_module();
}

void World::build_module() {
  const Identity identity{.station_mac = identity_.station_mac,
                          .access_point_mac = identity_.access_point_mac,
                          .version = identity_.version,
                          .build_time = identity_.build_time};
  auto module = std::make_unique<Module>(identity, dialect_);
  if (doors_)
    doors_->replace(*module);
  else
    doors_ = std::make_unique<journal::Recorder>(*module, journal::Build{"simulated", dialect_});
  module_ = std::move(module);
}

void World::power_on() { start_after(first_start_takes, power::Reason::power_on); }

void World::power_cut() {
  power_off();
  told_.clear();  // what was said to the module that is gone is nothing to the new one
  build_module();
  power_on();
}

void World::reset(power::Reason reason) {
  power_off();
  tell(power::Reset{reason});
  start_after(restart_takes, reason);
}

void World::power_off() {
  radio_.power_off(now_);
  internet.power_off();
  pending_.clear();
}

void World::start_after(Duration d, power::Reason reason) {
  later(d, power::Started{reason, flash.image});
}

void World::host_types(std::string_view s) {
  typed_ += s;
  offer_typed();
  drain();
  pass(Duration{0});
}

std::string World::printed() { return std::exchange(printed_, {}); }

void World::pass(Duration d) {
  take_over_air();
  const Instant until = now_ + d;
  int steps = 0;
  for (Deadline next = next_deadline(); !next.is_never() && next.at() <= until;
       next = next_deadline()) {
    steps = next.at() > now_ ? 0 : steps + 1;
    if (steps > kMostSteps) throw std::runtime_error("the module never comes to rest");
    now_ = std::max(now_, next.at());
    if (!deliver_one()) advance();
    drain();
  }
  now_ = until;
}

void World::take_over_air() {
  if (own_medium_ != nullptr && air != own_medium_->air()) own_medium_->change_to(air, now_);
}

void World::settle() {
  take_over_air();
  drain();
  pass(Duration{0});
}

Deadline World::next_deadline() const {
  Deadline next =
      earliest({module_->next_deadline(), radio_.next_deadline(), internet.next_deadline(now_)});
  for (const Pending& p : pending_) next = earliest({next, Deadline(p.at)});
  return next;
}

/// A deadline that advance() leaves in the past would make a runtime spin.
void World::advance() {
  doors_->advance(now_);
  drain();
  if (!module_->next_deadline().due(now_)) return;
  doors_->advance(now_);
  drain();
  if (module_->next_deadline().due(now_))
    throw std::runtime_error("next_deadline stays in the past");
}

bool World::deliver_one() {
  if (const auto event = radio_.next_event(now_)) return tell(*event), true;
  if (const auto event = internet.next_event(now_)) return tell(*event), true;
  const auto due = std::find_if(pending_.begin(), pending_.end(),
                                [&](const Pending& p) { return p.at <= now_; });
  if (due == pending_.end()) return false;
  const Event event = due->event;
  pending_.erase(due);
  tell(event);
  return true;
}

void World::tell(const Event& event) {
  if (told_.size() == kRemembered) told_.pop_front();
  told_.push_back(event);
  doors_->handle(event, now_);
  drain();
}

void World::drain() {
  bool moved = true;
  while (moved) {
    moved = drain_requests();
    moved = drain_links() || moved;
    moved = drain_uart() || moved;
    moved = offer_typed() || moved;
  }
}

bool World::drain_requests() {
  bool any = false;
  while (const auto request = doors_->next_request()) {
    any = true;
    fulfil(*request);
  }
  return any;
}

bool World::drain_links() {
  bool any = false;
  for (const LinkHandle link : internet.links())
    any = (internet.carries_datagrams(link) ? drain_datagrams(link) : drain_stream(link)) || any;
  return any;
}

bool World::drain_stream(LinkHandle link) {
  bool any = false;
  const net::Outgoing out = module_->link_output(link);
  if (const std::size_t taken = out.bytes.empty() ? 0 : internet.take(link, out.bytes, now_);
      taken > 0) {
    doors_->link_sent(link, taken, now_);
    any = true;
  }
  const auto arrived = internet.arrived(link, now_);
  if (const std::size_t n = std::min(arrived.size(), module_->link_room(link)); n > 0) {
    doors_->link_input(link, arrived.first(n), now_);
    internet.handed_over(link, n);
    any = true;
  }
  return any;
}

bool World::drain_datagrams(LinkHandle link) {
  bool any = false;
  const net::Outgoing out = module_->link_output(link);
  if (!out.bytes.empty() && internet.take_datagram(link, out, now_)) {
    doors_->link_sent(link, out.bytes.size(), now_);
    any = true;
  }
  const auto arrived = internet.arrived(link, now_);
  if (!arrived.empty() && arrived.size() <= module_->datagram_room(link)) {
    doors_->datagram_input(link, internet.sender(link), arrived, now_);
    internet.handed_over(link, arrived.size());
    any = true;
  }
  return any;
}

bool World::drain_uart() {
  if (!host.reads) return false;
  bool any = false;
  for (auto out = module_->uart_output(); !out.empty(); out = module_->uart_output()) {
    const std::size_t n = std::min({out.size(), host.reads_at_once, host.appetite});
    if (n == 0) break;
    if (host.appetite != SIZE_MAX) host.appetite -= n;
    printed_.append(reinterpret_cast<const char*>(out.data()), n);
    doors_->uart_sent(n, now_);
    any = true;
    drain_requests();
  }
  return any;
}

bool World::offer_typed() {
  std::size_t taken = 0;
  while (taken < typed_.size()) {
    const std::size_t n = std::min(typed_.size() - taken, host.types_at_once);
    const std::size_t took = offer(std::string_view(typed_).substr(taken, n));
    taken += took;
    drain_requests();
    if (took < n) break;
  }
  typed_.erase(0, taken);
  return taken > 0;
}

std::size_t World::offer(std::string_view bytes) {
  return doors_->uart_input(std::as_bytes(std::span(bytes)), now_);
}

/// Without an address the station reaches nobody; what goes through the softAP is another matter.
bool World::refuse_without_network(const net::Request& request) {
  if (radio_.lan()) return false;
  if (const auto* resolve = std::get_if<net::Resolve>(&request))
    return later(Duration{0}, net::ResolveFailed{resolve->ticket}), true;
  const auto* open = std::get_if<net::Open>(&request);
  constexpr Ipv4 kSoftApNetwork(192, 168, 0, 0), kMask(255, 255, 0, 0);
  if (open == nullptr || same_network(open->remote.address, kSoftApNetwork, kMask)) return false;
  if (open->transport == net::Transport::udp) return false;
  return later(Duration{0}, net::OpenFailed{open->link, net::OpenFailure::unreachable}), true;
}

void World::fulfil(const Request& request) {
  std::visit(
      overloaded{
          [&](const radio::Request& r) { radio_.take(r, now_); },
          [&](const lease::Request& r) { radio_.take(r, now_); },
          [&](const net::Request& r) {
            if (!refuse_without_network(r)) internet.take(r, now_);
          },
          [&](const flash::Erase& e) { erase(e); },
          [&](const flash::Program& p) { program(p); },
          [&](const power::Restart& r) { power_off(), start_after(restart_takes, r.reason); },
          [&](const uart::Configure& c) { uart_format_ = c.format; },
      },
      request);
}

void World::erase(const flash::Erase& erase) {
  const auto begin =
      flash.image.begin() + static_cast<std::ptrdiff_t>(erase.slot * flash::kSlotSize);
  if (!flash.fails) std::fill_n(begin, flash::kSlotSize, std::byte{0xff});
  answer_flash(erase.ticket);
}

void World::program(const flash::Program& program) {
  ++flash.programs;
  const auto bytes = module_->flash_output();
  std::size_t n = flash.fails ? bytes.size() / 2 : bytes.size();
  if (flash.cut_after) n = std::min(n, *flash.cut_after);
  for (std::size_t i = 0; i < n; ++i) flash.image[program.slot * flash::kSlotSize + i] &= bytes[i];
  if (!flash.cut_after) answer_flash(program.ticket);
}

void World::answer_flash(Ticket ticket) {
  if (flash.fails) return later(flash.takes, flash::Failed{ticket});
  later(flash.takes, flash::Done{ticket});
}

void World::later(Duration d, const Event& event) {
  const Instant at = now_ + d;
  const auto place =
      std::find_if(pending_.begin(), pending_.end(), [at](const Pending& p) { return p.at > at; });
  pending_.insert(place, Pending{at, event});
}

void pass_together(std::span<World* const> worlds, Duration d) {
  const Instant until = worlds.front()->now() + d;
  const auto next_deadline = [&] {
    Deadline next;
    for (const World* world : worlds) next = earliest({next, world->next_deadline()});
    return next;
  };
  for (Deadline next = next_deadline(); next.due(until); next = next_deadline())
    for (World* world : worlds) world->pass(std::max(next.at() - world->now(), Duration{0}));
  for (World* world : worlds) world->pass(until - world->now());
}

}  // namespace bfq::sim

#include "daemon/control/faults.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/control/waits.h"

namespace bfq::control {
namespace {
using board::FaultPoint, board::Mishap;
using world::FaultActsOn, world::FaultKind, world::FaultSpec;

/// Where that fault waits for something to pass; nothing for one that acts by itself.
std::optional<FaultPoint> point_of(const FaultSpec& fault) {
  switch (fault.kind) {
    case FaultKind::wrong_password:
    case FaultKind::join_refused: return FaultPoint::join;
    case FaultKind::dhcp_delay:
    case FaultKind::dhcp_new_address: return FaultPoint::address;
    case FaultKind::dns_fail:
    case FaultKind::dns_delay: return FaultPoint::lookup;
    case FaultKind::tls_no_memory: return FaultPoint::tls;
    case FaultKind::flash_fail: return FaultPoint::flash;
    case FaultKind::uart_drop:
    case FaultKind::uart_corrupt:
      return fault.direction == world::WireDirection::to_module ? FaultPoint::typed
                                                                : FaultPoint::printed;
    case FaultKind::send_ok_late: return FaultPoint::sent;
    case FaultKind::latency:
    case FaultKind::jitter:
    case FaultKind::bandwidth:
    case FaultKind::slice:
    case FaultKind::limit_bytes: return FaultPoint::arrival;
    case FaultKind::ap_down:
    case FaultKind::ap_return:
    case FaultKind::rssi:
    case FaultKind::reset:
    case FaultKind::watchdog:
    case FaultKind::brownout:
    case FaultKind::uart_stall:
    case FaultKind::busy_for:
    case FaultKind::send_fail_after_ok:
    case FaultKind::close_in_send:
    case FaultKind::ipd_in_reply:
    case FaultKind::late_closed:
    case FaultKind::escape_missed:
    case FaultKind::reset_peer:
    case FaultKind::blackhole: break;
  }
  return std::nullopt;
}

/// A link has these points of its own.
bool is_of_a_link(FaultPoint point) {
  return point == FaultPoint::sent || point == FaultPoint::arrival;
}

/// The access point that it is about: the first one of that ssid, or the first one of all.
const sim::AccessPoint* find_access_point(const sim::Air& air, const std::string& ssid) {
  const auto& all = air.access_points;
  const auto at = std::find_if(all.begin(), all.end(), [&](const sim::AccessPoint& ap) {
    return ssid.empty() || ap.ssid == ssid;
  });
  return at == all.end() ? nullptr : &*at;
}

bool acts_on(const FaultSpec& fault, FaultActsOn what) {
  return world::info_of(fault.kind).acts_on == what;
}
bool is_running(const Module& module) {
  const Activity activity = module.activity();
  return activity != Activity::off && activity != Activity::asleep &&
         activity != Activity::restarting;
}

const std::optional<std::string>& pattern_of(const FaultSpec& fault) {
  return fault.typed ? fault.typed : fault.printed;
}

CommandError no_such_fault(std::uint64_t id) {
  return {ErrorCode::no_such_fault, fmt::format("no fault {} is armed", id)};
}
}  // namespace

Faults::Faults(RunningProgram& program, EventLog& events, std::uint64_t seed)
    : program_(program),
      events_(events),
      seed_(seed),
      alarm_(program.io, [this] { time_is_up(); }) {
  for (const auto& board : program_.boards)
    sources_.push_back(std::make_unique<Source>(*this, *board));
  events_.enter(*this);
}

Faults::~Faults() {
  *alive_ = false;
  events_.leave(*this);
  for (const auto& source : sources_) source->board.arm_faults(nullptr, 0);
}

// When --------------------------------------------------------------------------------------------

std::variant<std::uint64_t, CommandError> Faults::arm(const FaultSpec& spec) {
  board::Board* const board = program_.find(spec.module);
  if (board == nullptr)
    return CommandError{ErrorCode::no_such_module,
                        "there is no module " + world::in_quotes(spec.module)};
  if (auto lack = lack_of(*board, need_of(world::info_of(spec.kind).needs))) return *lack;
  if (acts_on(spec, FaultActsOn::air) &&
      find_access_point(program_.medium.air(), spec.ssid) == nullptr)
    return CommandError{ErrorCode::no_such_access_point,
                        "there is no access point " + world::in_quotes(spec.ssid)};
  const auto armed = std::count_if(entries_.begin(), entries_.end(),
                                   [](const Entry& entry) { return entry.fault.is_armed; });
  if (armed >= static_cast<std::ptrdiff_t>(kMostArmed))
    return CommandError{ErrorCode::too_many_faults, "disarm some faults first"};
  FaultSpec when = spec;
  // Its own moment is the prompt for a payload.
  if (spec.kind == FaultKind::close_in_send && !pattern_of(spec) && !spec.after) when.printed = ">";
  const bool is_at_once = !when.after && !pattern_of(when);
  if (is_at_once)
    if (auto lack = lack_of_object(*board, when)) return *lack;
  if (entries_.size() - static_cast<std::size_t>(armed) >= kMostKept)
    entries_.erase(std::find_if(entries_.begin(), entries_.end(),
                                [](const Entry& entry) { return !entry.fault.is_armed; }));
  const std::uint64_t id = ++last_id_;
  Entry& entry = entries_.emplace_back();
  entry.fault = {.id = id, .spec = when};
  entry.board = board;
  entry.point = point_of(spec);
  entry.chance.seed(seed_ ^ (id * 0x9e3779b97f4a7c15U));
  const Instant now = program_.clock.now();
  if (when.after) entry.due = now + *when.after;
  if (is_at_once) time_has_come(entry, now);
  changed();
  return id;
}

/// What happens to a module, and not in the air or at a point that something passes, needs one that
/// is there, and what happens to a connection needs that.
std::optional<CommandError> Faults::lack_of_object(const board::Board& board,
                                                   const FaultSpec& fault) {
  if (acts_on(fault, FaultActsOn::passing) || acts_on(fault, FaultActsOn::air)) return std::nullopt;
  if (!board.has_power())
    return CommandError{ErrorCode::module_is_off, board.name() + " has no power; power.on first"};
  if (!acts_on(fault, FaultActsOn::connection) || board.module().status().links[fault.link].open)
    return std::nullopt;
  return CommandError{
      ErrorCode::no_such_link,
      fmt::format("{} has no open connection with number {}", board.name(), fault.link)};
}

/// What acts by itself does so now, or chance has it that it never does.
void Faults::time_has_come(Entry& entry, Instant now) {
  if (entry.point || happens(entry)) return come_to(entry, now);
  entry.fault.is_armed = false;
}

/// It waits for nothing any more.
void Faults::come_to(Entry& entry, Instant) {
  entry.due.reset();
  if (!entry.point) return act_later(entry);
  const std::uint32_t times = entry.fault.spec.times;
  entry.ready = times == 0 ? UINT64_MAX : times;
}

void Faults::on_event(const Event& event, Line&) {
  const auto* const typed = std::get_if<TypedLine>(&event.body);
  const auto* const printed = std::get_if<PrintedLine>(&event.body);
  if (typed == nullptr && printed == nullptr) return note_state(event.body);
  for (Entry& entry : entries_) {
    const FaultSpec& spec = entry.fault.spec;
    const auto& pattern = typed != nullptr ? spec.typed : spec.printed;
    if (!entry.fault.is_armed || !pattern || module_of(event.body) != entry.board->name()) continue;
    if (!fits(typed != nullptr ? typed->line : printed->line, *pattern)) continue;
    if (++entry.lines < spec.nth || !happens(entry)) continue;
    if (!entry.point)
      act_later(entry);
    else if (spec.times == 0 || entry.fault.fired + entry.ready < spec.times)
      ++entry.ready;
  }
}

/// What waits for a program that runs acts once it does; another connection with the same number
/// has had no bytes yet.
void Faults::note_state(const EventBody& event) {
  const auto* const opened = std::get_if<LinkOpened>(&event);
  const bool starts = std::holds_alternative<ModuleReady>(event);
  if (!starts && opened == nullptr) return;
  for (Entry& entry : entries_) {
    if (!entry.fault.is_armed || module_of(event) != entry.board->name()) continue;
    if (opened != nullptr && opened->link == entry.fault.spec.link) entry.came = 0;
    if (starts && std::exchange(entry.awaits_start, false)) act_later(entry);
  }
}

std::uint32_t Faults::wanted_topics() const {
  const bool waits_for_lines = std::any_of(entries_.begin(), entries_.end(), [](const Entry& e) {
    return e.fault.is_armed && pattern_of(e.fault.spec);
  });
  return waits_for_lines ? 1U << static_cast<unsigned>(Topic::exchange) : 0U;
}

/// As likely as it says; the standard library's distributions may differ between machines.
bool Faults::happens(Entry& entry) {
  if (entry.fault.spec.probability >= 1) return true;
  constexpr double kUnit = 1.0 / static_cast<double>(std::uint64_t{1} << 53U);
  return static_cast<double>(entry.chance() >> 11U) * kUnit < entry.fault.spec.probability;
}

/// Of a piece that comes over a link each has its effect, and the delays add up.
std::optional<Mishap> Faults::pass(const board::Board& board, FaultPoint point, board::Passing what,
                                   Instant now) {
  std::optional<Mishap> all;
  for (Entry& entry : entries_) {
    const bool is_its = entry.fault.is_armed && entry.board == &board && entry.point == point &&
                        (!is_of_a_link(point) || entry.fault.spec.link == what.link);
    if (!is_its || entry.ready == 0) continue;
    if (!pattern_of(entry.fault.spec) && !happens(entry)) continue;
    const Mishap mishap = mishap_of(entry, what, now);
    if (entry.fault.spec.kind != FaultKind::limit_bytes) comes_once(entry, now);
    if (point != FaultPoint::arrival) return mishap;
    all = Mishap{.delay = mishap.delay + (all ? all->delay : Duration::zero())};
  }
  return all;
}

std::size_t Faults::most_at_once(const board::Board& board, std::size_t link) const {
  std::size_t most = SIZE_MAX;
  for (const Entry& entry : entries_) {
    const FaultSpec& spec = entry.fault.spec;
    if (!entry.fault.is_armed || entry.board != &board || spec.link != link || entry.ready == 0)
      continue;
    if (spec.kind == FaultKind::slice) most = std::min<std::size_t>(most, spec.bytes);
    if (spec.kind == FaultKind::limit_bytes)
      most = std::min<std::size_t>(most, spec.bytes - std::min(spec.bytes, entry.came));
  }
  return most;
}

/// What goes wrong at its point.
Mishap Faults::mishap_of(Entry& entry, board::Passing what, Instant now) {
  constexpr unsigned kBits = 8;
  const FaultSpec& fault = entry.fault.spec;
  const sim::Delays& delays = program_.medium.air().delays;
  switch (fault.kind) {
    case FaultKind::wrong_password:
      return {.delay = delays.reject_password, .why = radio::JoinFailure::wrong_password};
    case FaultKind::join_refused:
      return {.delay = delays.associate, .why = radio::JoinFailure::refused};
    case FaultKind::uart_corrupt:
      return {.flipped = static_cast<std::uint8_t>(1U << (entry.chance() % kBits))};
    case FaultKind::dhcp_new_address: return {.is_another = true};
    case FaultKind::dhcp_delay:
    case FaultKind::dns_delay:
    case FaultKind::send_ok_late:
    case FaultKind::latency: return {.delay = fault.time};
    case FaultKind::jitter: {
      const auto most = static_cast<std::uint64_t>(fault.time.count()) + 1;
      return {.delay = Duration(static_cast<Duration::rep>(entry.chance() % most))};
    }
    case FaultKind::bandwidth: {
      constexpr std::uint64_t kSecond = 1'000'000;
      const auto takes = static_cast<Duration::rep>(what.bytes * kSecond / fault.rate);
      entry.free_at = std::max(entry.free_at, now) + Duration(takes);
      return {.delay = entry.free_at - now};
    }
    case FaultKind::limit_bytes:
      entry.came += what.bytes;
      if (entry.came >= fault.bytes) close_later(entry);
      return {};
    case FaultKind::slice: return {};
    default: return {.fails = true};
  }
}

/// Behind the turn in which the last of its bytes come; until then it takes no more.
void Faults::close_later(const Entry& entry) {
  boost::asio::post(program_.io, [this, alive = alive_, id = entry.fault.id] {
    Entry* const it = *alive ? find(id) : nullptr;
    if (it == nullptr) return;
    it->came = 0;
    if (it->board->interfere(it->fault.spec.link, sockets::Interference::close))
      comes_once(*it, program_.clock.now());
  });
}

void Faults::comes_once(Entry& entry, Instant now) {
  if (entry.ready != UINT64_MAX) --entry.ready;
  comes(entry, now);
}

void Faults::comes(Entry& entry, Instant now) {
  ++entry.fault.fired;
  entry.fault.last = now;
  const FaultSpec& spec = entry.fault.spec;
  const bool waits_for_more = entry.point || pattern_of(spec);
  entry.fault.is_armed = waits_for_more && (spec.times == 0 || entry.fault.fired < spec.times);
  tell(entry, now);
  if (!entry.fault.is_armed) changed();
}

/// At most 20 events a second of one fault, so that bytes that go wrong one by one leave room for
/// other events: the next one tells of all.
void Faults::tell(Entry& entry, Instant now) {
  constexpr Duration kApart = 50ms;
  const bool is_last = !entry.fault.is_armed;
  if (entry.told && now - *entry.told < kApart && !is_last) return;
  entry.told = now;
  events_.add(now, FaultCame{entry.board->name(), world::info_of(entry.fault.spec.kind).name,
                             entry.fault.id, entry.fault.fired});
}

void Faults::changed() {
  for (const auto& source : sources_) {
    std::uint32_t points = 0;
    for (const Entry& entry : entries_)
      if (entry.fault.is_armed && entry.board == &source->board && entry.point)
        points |= 1U << static_cast<unsigned>(*entry.point);
    source->board.arm_faults(source.get(), points);
  }
  events_.look_what_is_wanted();
  std::optional<Instant> first;
  const auto note = [&](Instant at) { first = first ? std::min(*first, at) : at; };
  for (const Entry& entry : entries_)
    if (entry.fault.is_armed && entry.due) note(*entry.due);
  for (const auto& [at, _] : undone_later_) note(at);
  first ? alarm_.set(program_.clock.when(*first)) : alarm_.stop();
}

void Faults::time_is_up() {
  const Instant now = program_.clock.now();
  for (auto next = undone_later_.begin(); next != undone_later_.end();) {
    if (next->first > now) {
      ++next;
      continue;
    }
    const auto undo = std::move(next->second);
    next = undone_later_.erase(next);
    undo();
  }
  for (Entry& entry : entries_)
    if (entry.fault.is_armed && entry.due && *entry.due <= now) time_has_come(entry, now);
  changed();
}

// What is asked for -------------------------------------------------------------------------------

Faults::Entry* Faults::find(std::uint64_t id) {
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& entry) { return entry.fault.id == id; });
  return at == entries_.end() || !at->fault.is_armed ? nullptr : &*at;
}

std::optional<CommandError> Faults::fire(std::uint64_t id) {
  Entry* const entry = find(id);
  if (entry == nullptr) return no_such_fault(id);
  if (auto lack = lack_of_object(*entry->board, entry->fault.spec)) return lack;
  come_to(*entry, program_.clock.now());
  changed();
  return std::nullopt;
}

std::optional<CommandError> Faults::disarm(std::uint64_t id) {
  Entry* const entry = find(id);
  if (entry == nullptr) return no_such_fault(id);
  entry->fault.is_armed = false;
  changed();
  return std::nullopt;
}

std::vector<ArmedFault> Faults::list() const {
  std::vector<ArmedFault> out;
  for (const Entry& entry : entries_) out.push_back(entry.fault);
  return out;
}

// What they do ------------------------------------------------------------------------------------

/// Not from within a turn, where a line that had the pattern may have been typed. Where what it
/// acts on has gone meanwhile it does not come, and what waits for a line waits on.
void Faults::act_later(Entry& entry) {
  boost::asio::post(program_.io, [this, alive = alive_, id = entry.fault.id] {
    if (!*alive) return;
    Entry* const it = find(id);
    if (it == nullptr) return;
    const board::Board& board = *it->board;
    it->awaits_start = board.has_power() && acts_on(it->fault.spec, FaultActsOn::program) &&
                       !is_running(board.module());
    if (it->awaits_start) return;
    if (!lack_of_object(board, it->fault.spec) && act(*it)) return comes(*it, program_.clock.now());
    it->fault.is_armed = pattern_of(it->fault.spec).has_value();
    changed();
  });
}

void Faults::undo_after(Duration time, std::function<void()> undo) {
  if (time == Duration::zero()) return;
  undone_later_.emplace_back(program_.clock.now() + time, std::move(undo));
  changed();
}

bool Faults::act_in_the_air(const FaultSpec& spec) {
  const auto apply = [this](const sim::Change& change) {
    program_.medium.apply(change, program_.clock.now());
  };
  const sim::AccessPoint* const found = find_access_point(program_.medium.air(), spec.ssid);
  if (found == nullptr) return false;  // it has gone meanwhile
  const sim::AccessPoint before = *found;
  sim::AccessPoint after = before;
  if (spec.kind == FaultKind::rssi) {
    after.rssi = spec.rssi;
    after.position.reset();
    apply(sim::PutAccessPoint{after});
    // Whatever else has been changed of it meanwhile stays.
    undo_after(spec.time, [this, apply, before, rssi = after.rssi] {
      const auto* const now = sim::find_access_point(program_.medium.air(), before.bssid);
      if (now == nullptr || now->rssi != rssi) return;
      sim::AccessPoint as_before = *now;
      as_before.rssi = before.rssi;
      as_before.position = before.position;
      apply(sim::PutAccessPoint{as_before});
    });
    return true;
  }
  apply(sim::RemoveAccessPoint{before.bssid});
  constexpr std::uint8_t kOther = 0x80;
  if (spec.kind == FaultKind::ap_return) after.bssid.bytes.back() ^= kOther;
  undo_after(spec.time, [apply, after] { apply(sim::PutAccessPoint{after}); });
  return true;
}
}  // namespace bfq::control

#include "run.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "commands/table.h"

namespace bfq::swarm {
namespace {
constexpr net::Endpoint kEcho{Ipv4(127, 0, 0, 1), 7}, kSink{Ipv4(127, 0, 0, 1), 9},
    kWeb{Ipv4(127, 0, 0, 1), 80};
constexpr net::Endpoint kPeers[] = {kEcho, kSink, kWeb};
constexpr int kSteps = 80;

std::string shown(std::string_view s) {
  std::string out;
  for (const char c : s.substr(0, 300)) {
    char hex[5];
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x20 && u < 0x7f)
      out += c;
    else
      out.append(hex, static_cast<std::size_t>(std::snprintf(hex, sizeof hex, "\\x%02x", u)));
  }
  return s.size() > 300 ? out + "… " + std::to_string(s.size()) : out;
}
}  // namespace

Run::Run(unsigned seed, Manner manner, bool tell)
    : dice_(seed),
      manner_(manner),
      tells_(tell),
      wild_(dice_.one_in(3)),
      purpose_(1 + dice_.pick(5)),
      junk_most_(std::size_t{1} << dice_.pick(12)),
      world_(commands::all()),
      ledger_(world_.internet) {}

std::string Run::live() {
  furnish();
  for (int i = 0; i < kSteps; ++i) step();
  come_to_rest();
  check_alive();
  if (!wild_) check_memory();
  return history_;
}

void Run::furnish() {
  world_.internet.peers.push_back({.at = kEcho, .echoes = true});
  world_.internet.peers.push_back({.at = kSink});
  world_.internet.peers.push_back({.at = kWeb,
                                   .greeting = "hello",
                                   .reply = dice_.bytes(dice_.some(9000)),
                                   .reply_after = 1 + dice_.some(100),
                                   .closes_after = 1 + dice_.some(3000)});
  world_.internet.names = {{"echo.test", kEcho.address}, {"slow.test", std::nullopt}};
  using radio::Security;
  using sim::Dhcp;
  sim::add_access_point(world_.air,
                        {.ssid = "no-address", .security = Security::open, .dhcp = Dhcp::is_silent});
  sim::add_access_point(world_.air, {.ssid = "no-answer", .security = Security::open, .dhcp = Dhcp::refuses});
  world_.restart_takes = world_.first_start_takes = std::chrono::milliseconds(1 + dice_.pick(400));
  if (manner_ == Manner::watched) world_.host.types_at_once = 1;
  if (manner_ == Manner::watched && !wild_) world_.witness = &ledger_;
  world_.power_on();
  world_.pass(1s);
  read();
  free_at_first_ = world_.module().status().free_bytes;
}

void Run::step() {
  if (dice_.one_in(purpose_)) {
    proceed();
    return read();
  }
  switch (dice_.pick(22)) {
    case 0: type(dice_.bytes(dice_.some(junk_most_))); break;
    case 1:
    case 2:
    case 3: pass(); break;
    case 4: change_air(); break;
    case 5:
    case 6: change_peers(); break;
    case 7: change_network(); break;
    case 8: change_host(); break;
    case 9: wild_&& dice_.one_in(2) ? visit() : tell_again(); break;
    case 10:
      if (dice_.one_in(4)) reset();
      break;
    case 11:
    case 12: type(mutated(dice_, line()) + line_end(dice_)); break;
    case 13:
    case 14: type_payload(); break;
    default: type(line() + line_end(dice_));
  }
  read();
}

void Run::type(const std::string& bytes) {
  tell("types   " + shown(bytes));
  world_.host_types(bytes);
}

/// What a host does that wants to get somewhere: join, connect, send.
void Run::proceed() {
  const Status status = world_.module().status();
  const bool linked =
      std::any_of(status.links.begin(), status.links.end(), [](const auto& l) { return l.open; });
  if (!status.associated) {
    type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
  } else if (wild_ && dice_.one_in(4)) {
    type("AT+CIPMUX=1\r\nAT+CIPSERVER=1,80\r\n");
    world_.internet.connect({Ipv4(10, 44, 1, 9), static_cast<std::uint16_t>(1 + dice_.pick(60000))}, 80,
                            world_.now());
  } else if (!linked) {
    const std::string id = wild_ ? std::to_string(dice_.pick(5)) + ',' : "";
    type("AT+CIPSTART=" + (dice_.one_in(2) ? id : "") + "\"TCP\",\"127.0.0.1\"," +
         (dice_.one_in(3) ? "9" : "7") + "\r\n");
  } else {
    return send();
  }
  world_.pass(std::chrono::milliseconds(100 + dice_.pick(900)));
}

void Run::send() {
  const std::size_t n = 1 + dice_.some(2047);
  const std::string id = wild_ && dice_.one_in(2) ? std::to_string(dice_.pick(5)) + ',' : "";
  if (wild_ && dice_.one_in(4)) type("AT+CIPMODE=1\r\nAT+CIPSEND\r\n");
  type("AT+CIPSEND=" + id + std::to_string(n) + "\r\n");
  if (dice_.one_in(2)) read();
  if (dice_.one_in(3)) return change_peers();  // in the middle of it
  if (dice_.one_in(4)) world_.pass(std::chrono::milliseconds(dice_.some(50)));
  type(dice_.bytes(dice_.one_in(5) ? dice_.some(2100) : n));
}

/// Something for a payload that may be wanted: bytes, an escape, or lines that must not be run.
void Run::type_payload() {
  switch (dice_.pick(6)) {
    case 0:
      world_.pass(25ms);
      read();
      type("+++");
      world_.pass(std::chrono::milliseconds(dice_.pick(40)));
      break;
    case 1: type("AT\r\n+++\r\n> \r\nOK\r\n"); break;
    default: type(dice_.bytes(dice_.some(2100)));
  }
}

void Run::pass() {
  Duration d{};
  switch (dice_.pick(4)) {
    case 0: d = std::chrono::microseconds(dice_.some(1'000'000)); break;
    case 1: d = std::chrono::milliseconds(dice_.some(40)); break;
    case 2: d = std::chrono::milliseconds(dice_.some(2000)); break;
    default: d = std::chrono::milliseconds(dice_.some(900'000));
  }
  tell("passes  " + std::to_string(d.count()) + " us");
  world_.pass(d);
}

/// A host that is away for long while the world goes on.
void Run::pass_long() {
  for (std::size_t i = dice_.pick(6); i > 0; --i) {
    world_.pass(std::chrono::seconds(dice_.some(300)));
    if (dice_.one_in(2)) change_air();
    if (dice_.one_in(2)) change_peers();
  }
}

void Run::change_air() {
  auto& present = world_.air.access_points;
  if (present.empty() || (!lost_.empty() && !dice_.one_in(3))) {
    tell("regains " + lost_.back().ssid);
    present.push_back(lost_.back());
    lost_.pop_back();
  } else {
    const auto at =
        present.begin() + static_cast<std::ptrdiff_t>(dice_.one_in(2) ? 0 : dice_.pick(present.size()));
    tell("loses   " + at->ssid);
    lost_.push_back(*at);
    present.erase(at);
  }
  if (!present.empty()) {
    const sim::Dhcp moods[] = {sim::Dhcp::answers, sim::Dhcp::answers, sim::Dhcp::is_silent,
                               sim::Dhcp::refuses};
    present[dice_.one_in(2) ? present.size() - 1 : dice_.pick(present.size())].dhcp =
        moods[dice_.pick(std::size(moods))];
  }
  world_.air.delays.associate = std::chrono::milliseconds(dice_.some(20'000));
  world_.air.delays.address = std::chrono::milliseconds(dice_.some(20'000));
  world_.settle();
}

void Run::change_peers() {
  const net::Endpoint at = kPeers[dice_.pick(std::size(kPeers))];
  sim::Peer& peer = *world_.internet.find_peer(at);
  const std::size_t what = dice_.pick(7);
  tell("peer    " + std::to_string(at.port) + " does " + std::to_string(what));
  switch (what) {
    case 0: world_.internet.close(at, world_.now()); break;
    case 1: world_.internet.reset(at); break;
    case 2: peer.reads = !peer.reads; break;
    case 3: peer.answer = static_cast<sim::Peer::Answer>(dice_.pick(3)); break;
    case 4: peer.resets_after = 1 + dice_.some(3000); break;
    default: world_.internet.send(at, dice_.bytes(dice_.some(9000)), world_.now());
  }
  world_.settle();
}

void Run::change_network() {
  sim::Internet& net = world_.internet;
  net.stalled = dice_.one_in(2);
  const std::size_t pieces[] = {1, 2, 7, 100, 1461, SIZE_MAX};
  net.most_at_once = pieces[dice_.pick(std::size(pieces))];
  net.connect_takes = std::chrono::milliseconds(dice_.some(30'000));
  net.resolve_takes = std::chrono::milliseconds(dice_.some(20'000));
  tell(net.stalled ? "network stalls" : "network flows");
  world_.settle();
}

void Run::change_host() {
  world_.host.reads = dice_.one_in(2);
  world_.host.appetite = dice_.one_in(2) ? SIZE_MAX : dice_.some(3000);
  const std::size_t at_once = dice_.one_in(2) ? 1 : SIZE_MAX;
  if (manner_ == Manner::watched) world_.host.reads_at_once = at_once;
  tell(world_.host.reads ? "host reads" : "host stops");
  world_.settle();
  if (!world_.host.reads && dice_.one_in(4)) pass_long();
}

std::string Run::line() { return wild_ ? any_line(dice_) : likely_line(dice_); }

/// What only the whole manual makes possible: clients, datagrams, stations, flash that fails.
void Run::visit() {
  const net::Endpoint from{Ipv4(10, 44, 1, 9), static_cast<std::uint16_t>(50000 + dice_.pick(1000))};
  const MacAddress mac{{2, 0, 0, 0, 1, static_cast<std::uint8_t>(dice_.pick(10))}};
  const std::size_t what = dice_.pick(5);
  tell("visit   " + std::to_string(what));
  switch (what) {
    case 0: world_.internet.connect(from, 80, world_.now()); break;
    case 1: world_.internet.send_datagram(from, 0, dice_.bytes(1 + dice_.some(2047)), world_.now()); break;
    case 2: world_.radio().station_joins(mac, Ipv4(192, 168, 4, mac.bytes[5]), world_.now()); break;
    case 3: world_.radio().station_leaves(mac, world_.now()); break;
    default: world_.flash.fails = dice_.one_in(2);
  }
  world_.settle();
}

/// Answers that come twice, or too late. Power and flash keep their word.
void Run::tell_again() {
  const auto& told = world_.told();
  const Event event = told[dice_.pick(told.size())];
  if (std::holds_alternative<power::Started>(event) || std::holds_alternative<power::Reset>(event)) return;
  tell("hears again event " + std::to_string(event.index()));
  world_.tell(event);
  world_.settle();
}

void Run::reset() {
  tell("reset line");
  world_.forget_typed();
  read();
  ledger_.output_lost();
  world_.reset();
}

void Run::read() {
  const std::string printed = world_.printed();
  if (!printed.empty()) tell("prints  " + shown(printed));
  history_ += std::to_string(world_.now().time_since_epoch().count()) + printed;
  unheard_ += printed;
  if (world_.boots() != boots_seen_) return recover();
  const std::string heard = std::exchange(unheard_, {});
  if (manner_ != Manner::watched || wild_) return;
  ledger_.check_sent();
  ledger_.hear(heard);
}

/// After a boot the echo is on again: switches it off before anything else is typed, and keeps that out of
/// the books.
void Run::recover() {
  boots_seen_ = world_.boots();
  world_.host.reads = true;
  world_.host.appetite = SIZE_MAX;
  world_.forget_typed();
  world_.settle();
  unheard_ += world_.printed();
  if (!wild_) {
    world_.host_types("ATE0\r\n");
    const std::string printed = world_.printed();
    if (printed != "ATE0\r\r\n\r\nOK\r\n")
      throw Violation("ATE0 behind a boot is answered by " + shown(printed));
    if (manner_ == Manner::watched) ledger_.hear(unheard_), ledger_.forgive_line();
  }
  history_ += unheard_;
  unheard_.clear();
}

void Run::come_to_rest() {
  tell("--- quiet");
  world_.host.reads = true;
  world_.host.appetite = SIZE_MAX;
  world_.internet.stalled = false;
  world_.internet.most_at_once = SIZE_MAX;
  world_.internet.connect_takes = world_.internet.resolve_takes = 10ms;
  world_.air.delays = {};
  for (sim::Peer& peer : world_.internet.peers) peer.reads = true;
  for (const auto& ap : lost_) world_.air.access_points.push_back(ap);
  world_.settle();
  read();
  rest();
  type("\r\n");  // ends what was left of a line, which may be any command
  rest();
  if (manner_ == Manner::watched && !wild_) ledger_.check_at_rest();
}

void Run::rest() {
  world_.pass(100s);
  read();
  if (world_.untyped() > 0) throw Violation("the module takes nothing more");
  const Activity activity = world_.module().status().activity;
  if (activity == Activity::collecting || activity == Activity::passing) {
    type("+++");
    world_.pass(1s);
    read();
  }
  if (world_.module().status().activity != Activity::idle) throw Violation("something goes on for ever");
}

void Run::check_alive() {
  type("AT\r\n");
  const std::string printed = world_.printed();
  tell("prints  " + shown(printed));
  if (!printed.ends_with("\r\nOK\r\n")) throw Violation("AT is answered by " + shown(printed));
}

/// Whatever happened, nothing is held for good.
void Run::check_memory() {
  type("AT+CIPCLOSE\r\n");
  type("AT+CWMODE_CUR=2\r\n");
  world_.pass(1s);
  world_.printed();
  const std::size_t free = world_.module().status().free_bytes;
  if (free != free_at_first_)
    throw Violation(std::to_string(free_at_first_) + " bytes were free, now " + std::to_string(free));
}

void Run::tell(const std::string& what) {
  if (!tells_) return;
  std::printf("%12lld  %s\n", static_cast<long long>(world_.now().time_since_epoch().count()), what.c_str());
  std::fflush(stdout);
}

}  // namespace bfq::swarm

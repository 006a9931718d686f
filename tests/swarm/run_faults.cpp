// What control and worlds call faults, as they come to the module of a history: the same bytes,
// times and events, made by the simulated world.
#include <algorithm>
#include <iterator>
#include <utility>

#include "lines.h"
#include "run.h"
#include "violation.h"

namespace bfq::swarm {
namespace {
using world::FaultKind;

constexpr const char* kJoin = "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n";
constexpr const char* kSecure = "AT+CIPSTART=\"SSL\",\"127.0.0.1\",7\r\n";
}  // namespace

/// One of all faults. The switch names each, so a new one does not compile until it is here.
void Run::go_wrong() {
  const auto kind = static_cast<FaultKind>(dice_.pick(std::size(world::kFaults)));
  tell("fault   " + std::string(world::info_of(kind).name));
  const auto some_time = static_cast<std::uint32_t>(dice_.some(5000));
  switch (kind) {
    case FaultKind::ap_down:
    case FaultKind::ap_return:
    case FaultKind::rssi:
    case FaultKind::wrong_password:
    case FaultKind::join_refused:
    case FaultKind::dhcp_delay:
    case FaultKind::dhcp_new_address: return go_wrong_in_the_air(kind);
    case FaultKind::uart_drop:
    case FaultKind::uart_corrupt:
    case FaultKind::uart_stall: return go_wrong_on_the_wire(kind);
    case FaultKind::dns_fail:
    case FaultKind::dns_delay:
    case FaultKind::tls_no_memory:
    case FaultKind::send_ok_late:
    case FaultKind::close_in_send:
    case FaultKind::reset_peer:
    case FaultKind::blackhole:
    case FaultKind::latency:
    case FaultKind::jitter:
    case FaultKind::bandwidth:
    case FaultKind::slice:
    case FaultKind::limit_bytes: return go_wrong_on_links(kind);
    case FaultKind::reset:
    case FaultKind::watchdog:
    case FaultKind::brownout:
      world_.forget_typed();
      read();
      if (kind == FaultKind::brownout) return world_.power_cut();
      return world_.reset(kind == FaultKind::reset ? power::Reason::external
                                                   : power::Reason::watchdog);
    case FaultKind::flash_fail:
      world_.flash.fails = true;
      type("AT+CWMODE_DEF=" + std::to_string(1 + dice_.pick(3)) + "\r\n");
      world_.pass(1s);
      world_.flash.fails = false;
      return;
    case FaultKind::send_fail_after_ok: return inject(faults::FailAfterSendOk{});
    case FaultKind::late_closed: return inject(faults::DelayClosed{});
    case FaultKind::escape_missed: return inject(faults::MissEscape{});
    case FaultKind::busy_for: return inject(faults::StayBusy{some_time});
    case FaultKind::ipd_in_reply: return inject(faults::InterruptReply{some_time});
  }
}

void Run::inject(const Event& fault) {
  world_.tell(fault);
  world_.settle();
}

void Run::go_wrong_in_the_air(FaultKind kind) {
  auto& present = world_.air.access_points;
  if (present.empty()) return;
  sim::AccessPoint& ap = present[dice_.one_in(2) ? 0 : dice_.pick(present.size())];
  const sim::AccessPoint before = ap;
  constexpr std::uint8_t kOther = 0x80;
  switch (kind) {
    case FaultKind::ap_down: ap.ssid += "-gone"; break;
    case FaultKind::ap_return: ap.bssid.bytes.back() ^= kOther; break;
    case FaultKind::rssi: ap.rssi = static_cast<std::int8_t>(-40 - dice_.some(70)); break;
    case FaultKind::wrong_password: ap.password = "another password"; break;
    case FaultKind::join_refused: ap.max_stations = std::uint8_t{0}; break;
    case FaultKind::dhcp_delay:
      ap.delays.address = std::chrono::milliseconds(dice_.some(20'000));
      break;
    default: {
      const Ipv4 last(ap.network.bits + 2 + static_cast<std::uint32_t>(dice_.pick(100)));
      ap.pool = sim::Pool{last, last};
    }
  }
  world_.settle();
  if (dice_.one_in(2)) type(kJoin);
  world_.pass(std::chrono::milliseconds(dice_.some(3000)));
  if (!dice_.one_in(3)) ap = before;
  world_.settle();
}

void Run::go_wrong_on_the_wire(FaultKind kind) {
  if (kind == FaultKind::uart_stall) {
    world_.host.reads = false;
    world_.pass(std::chrono::milliseconds(dice_.some(3000)));
    world_.host.reads = true;
    return world_.settle();
  }
  std::string line = likely_line(dice_, world_.module().dialect()) + "\r\n";
  const std::size_t at = dice_.pick(line.size());
  if (kind == FaultKind::uart_drop)
    line.erase(at, 1);
  else
    line[at] = static_cast<char>(static_cast<unsigned char>(line[at]) ^ (1U << dice_.pick(8)));
  type(line);
}

/// What lasts ends with the next change of the network.
void Run::go_wrong_on_links(FaultKind kind) {
  sim::Internet& net = world_.internet;
  const auto some_time = std::chrono::milliseconds(dice_.some(3000));
  const auto links = world_.module().status().links;
  const auto open = std::find_if(links.begin(), links.end(), [](const auto& l) { return l.open; });
  switch (kind) {
    case FaultKind::dns_fail: {
      const auto names = std::exchange(net.names, {});
      type("AT+CIPDOMAIN=\"echo.test\"\r\n");
      world_.pass(1s);
      net.names = names;
      break;
    }
    case FaultKind::dns_delay: net.resolve_takes = some_time; break;
    case FaultKind::tls_no_memory:
      net.exhausted = true;
      type(kSecure);
      net.exhausted = false;
      break;
    case FaultKind::send_ok_late:
    case FaultKind::blackhole:
      net.stalled = true;
      if (kind == FaultKind::send_ok_late) type("AT+CIPSEND=5\r\nhello");
      world_.pass(some_time);
      net.stalled = false;
      break;
    case FaultKind::close_in_send:
      if (open == links.end()) return;
      type(world_.module().status().multiple_links
               ? "AT+CIPSEND=" + std::to_string(open - links.begin()) + ",9\r\n"
               : "AT+CIPSEND=9\r\n");
      return hang_up(open->remote);
    case FaultKind::reset_peer:
      if (open != links.end()) net.reset(open->remote);
      break;
    case FaultKind::slice: net.most_at_once = 1 + dice_.some(99); break;
    case FaultKind::limit_bytes:
      if (open != links.end())
        if (sim::FarHost* const peer = net.find_peer(open->remote))
          peer->resets_after = 1 + dice_.some(999);
      break;
    default: net.delay = some_time; break;  // latency, jitter, bandwidth
  }
  world_.settle();
}
}  // namespace bfq::swarm

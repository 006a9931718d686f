// What faults do that act by themselves, and do not wait for something to pass a point.
#include <algorithm>

#include "daemon/control/faults.h"

namespace bfq::control {
namespace {
using world::FaultKind, world::FaultSpec;

/// A time as the core has it, at least 1 ms.
std::uint32_t milliseconds(Duration time) {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(time / 1ms, 1));
}
}  // namespace

bool Faults::act_on_a_link(const Entry& entry) {
  using sockets::Interference;
  const FaultSpec& spec = entry.fault.spec;
  board::Board& board = *entry.board;
  if (spec.kind == FaultKind::close_in_send) return board.interfere(spec.link, Interference::close);
  if (spec.kind == FaultKind::reset_peer) return board.interfere(spec.link, Interference::reset);
  if (!board.interfere(spec.link, Interference::stall)) return false;
  undo_after(spec.time,
             [&board, link = spec.link] { board.interfere(link, Interference::resume); });
  return true;
}

/// False where there was nothing to act on.
bool Faults::act(const Entry& entry) {
  const FaultSpec& spec = entry.fault.spec;
  board::Board& board = *entry.board;
  switch (spec.kind) {
    case FaultKind::ap_down:
    case FaultKind::ap_return:
    case FaultKind::rssi: return act_in_the_air(spec);
    case FaultKind::close_in_send:
    case FaultKind::reset_peer:
    case FaultKind::blackhole: return act_on_a_link(entry);
    case FaultKind::reset: board.reset(power::Reason::external); break;
    case FaultKind::watchdog: board.reset(power::Reason::watchdog); break;
    case FaultKind::brownout: board.brown_out(); break;
    case FaultKind::uart_stall: board.stall_uart(spec.time); break;
    case FaultKind::busy_for: board.inject(faults::StayBusy{milliseconds(spec.time)}); break;
    case FaultKind::send_fail_after_ok: board.inject(faults::FailAfterSendOk{}); break;
    case FaultKind::late_closed: board.inject(faults::DelayClosed{}); break;
    case FaultKind::escape_missed: board.inject(faults::MissEscape{}); break;
    case FaultKind::ipd_in_reply:
      board.inject(faults::InterruptReply{milliseconds(spec.time)});
      break;
    case FaultKind::wrong_password:
    case FaultKind::join_refused:
    case FaultKind::dhcp_delay:
    case FaultKind::dhcp_new_address:
    case FaultKind::dns_fail:
    case FaultKind::dns_delay:
    case FaultKind::tls_no_memory:
    case FaultKind::uart_drop:
    case FaultKind::uart_corrupt:
    case FaultKind::flash_fail:
    case FaultKind::send_ok_late:
    case FaultKind::latency:
    case FaultKind::jitter:
    case FaultKind::bandwidth:
    case FaultKind::slice:
    case FaultKind::limit_bytes: return false;  // it waits at its point
  }
  return true;
}
}  // namespace bfq::control

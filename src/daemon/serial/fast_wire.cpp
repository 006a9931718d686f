#include "daemon/serial/fast_wire.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/serial/baud_mismatch.h"

namespace bfq::serial {
namespace {
constexpr std::size_t kRead = 16384;  // of each host, once a turn at most
static_assert(kRead <= kTypedPerTurn);
constexpr std::size_t kMostTyped = kTypedPerTurn - kRead;  // of a host that is read ahead
// A PTY is fastest with writes of this size, twice as fast as with much larger ones: a full tty
// buffer puts the writer to sleep. A socket takes what there is.
constexpr std::size_t kTerminalWrite = 2048;
using Steady = std::chrono::steady_clock;

Instant now() {
  return Instant(std::chrono::duration_cast<Duration>(Steady::now().time_since_epoch()));
}
}  // namespace

FastWire::FastWire(boost::asio::io_context& io, UartSide& side)
    : HostedWire(side), patience_(io), departure_(io, [this] {
        departure_armed_ = Deadline::never();
        side_.settle();
      }) {}

// Hosts -------------------------------------------------------------------------------------------

void FastWire::attach(std::shared_ptr<SerialHost> host) { await_typing(add(std::move(host))); }

bool FastWire::change_host(const SerialHost& host) {
  FastEnd* const end = find(host);
  if (end == nullptr) return false;
  forget_output(*end);
  forget_host(*end);
  return true;
}

// Fidelity (our decision, dialect 12.2): A new host gets nothing that was meant for the one before.
void FastWire::forget_output(FastEnd& end) {
  end.listens = false;
  while (send()) {
  }
  end.ahead = side_.uart_waiting();  // other hosts still have to read that
  end.listens = true;
}

void FastWire::discard(FastEnd& end, SerialHost::Discard what) {
  if (what.typed) {
    end.typed.clear();
    end.taken_typed = 0;
  }
  if (what.unread) forget_output(end);
}

void FastWire::module_is_off() {
  for (FastEnd& end : ends_) end.ahead = 0;
}

void FastWire::make_noise(std::string_view text, const UartFormat& format) {
  const auto noise = BaudMismatch(format, format_).burst(std::as_bytes(std::span(text)));
  for (FastEnd& end : ends_) {
    if (end.listens && end.ahead == 0) end.host->write(noise);
  }
}

// Both directions ---------------------------------------------------------------------------------

bool FastWire::drain() {
  // What the module says of that, and what the network says to it, is one write to each host.
  if (offer_typed()) return true;
  const bool moved = send();
  if (!moved) {
    for (FastEnd& end : ends_) hold_off(end, !end.typed.empty());
    await_departure();
    read_on();
  }
  settle_soon_if_hosts_may_go();
  return moved;
}

void FastWire::await_departure() {
  if (readers_may_go()) let_readers_go(now());
  const Deadline next = next_departure();
  if (next == departure_armed_) return;
  departure_armed_ = next;
  if (next.is_never()) return departure_.stop();
  departure_.set(Steady::time_point(next.at().time_since_epoch()));
}

// From hosts --------------------------------------------------------------------------------------

void FastWire::await_typing(FastEnd& end) {
  end.awaits_typing = true;
  end.host->when_typing([this, host = std::weak_ptr(end.host)] {
    if (const auto still_there = host.lock()) read(still_there);
  });
}

void FastWire::read(const std::shared_ptr<SerialHost>& host) {
  FastEnd* const end = find(*host);
  if (end == nullptr) return;
  end->awaits_typing = false;
  std::array<std::byte, kRead> buffer;
  const Transfer got = host->read(buffer);
  discard(*end, host->take_discard());
  note_end_of_typing(*end, got);
  if (got.n > 0) {
    const bool was_stopped = end->is_stopped;
    const auto typed = typed_in(*end, std::span(buffer).first(got.n));
    if (was_stopped && !end->is_blocked()) catch_up(*end);
    if (!was_stopped && end->is_stopped) end->blocked_since = Steady::now();
    end->typed.erase(end->typed.begin(),
                     end->typed.begin() + static_cast<std::ptrdiff_t>(end->taken_typed));
    end->taken_typed = 0;
    end->typed.insert(end->typed.end(), typed.begin(), typed.end());
    trace_typed(typed);
  }
  side_.settle();
}

bool FastWire::offer_typed() {
  bool moved = false;
  for (FastEnd& end : ends_) {
    if (!end.typed.empty()) {
      const std::size_t n = side_.uart_input(std::span(end.typed).subspan(end.taken_typed));
      end.taken_typed += n;
      moved |= n > 0;
      if (end.taken_typed == end.typed.size()) {
        end.typed.clear();
        end.taken_typed = 0;
      }
    }
  }
  return moved;
}

/// Once all is said: to wait for a host is a system call, and what it reads comes first.
void FastWire::read_on() {
  for (FastEnd& end : ends_) {
    const bool types_on = !end.leaves && !end.types_no_more;
    // Behind what the module does not take may be an XON, or a drop of DTR.
    const bool reads_ahead = end.is_stopped || end.host->is_read_ahead();
    const bool has_room = end.typed.empty() || (reads_ahead && end.typed.size() < kMostTyped);
    const bool is_read = has_room && types_on && !awaits_answer(end);
    if (is_read && !end.awaits_typing) await_typing(end);
  }
}

bool FastWire::all_typed_is_taken() const {
  return std::all_of(ends_.begin(), ends_.end(),
                     [](const FastEnd& end) { return end.typed.empty(); });
}

// To hosts ----------------------------------------------------------------------------------------

bool FastWire::send() {
  const auto output = side_.uart_output();
  if (output.empty()) return false;
  for (FastEnd& end : ends_) push(end, output);
  const std::size_t n = taken_by_all(output.size());
  if (n == 0) {
    hold_out();
    return false;
  }
  sent(n);
  return true;
}

void FastWire::push(FastEnd& end, std::span<const std::byte> output) {
  const bool is_tty = end.host->is_terminal() || end.host->is_a_line();
  const std::size_t most = is_tty ? kTerminalWrite : output.size();
  while (end.listens && !end.lags && !end.leaves && !end.is_blocked() &&
         end.ahead < output.size()) {
    const auto chunk = output.subspan(end.ahead, std::min(most, output.size() - end.ahead));
    const Transfer done = end.host->write(chunk);
    end.ahead += done.n;
    note_given(end, chunk.first(done.n));
    if (done.state == Transfer::State::blocked) await_room(end);
    if (done.state == Transfer::State::gone) end.listens = false;
  }
}

bool FastWire::output_is_given(const FastEnd& end) const {
  return end.ahead >= side_.uart_waiting();
}

std::size_t FastWire::taken_by_all(std::size_t size) const {
  for (const FastEnd& end : ends_) {
    if (end.listens && !end.lags && !end.leaves) size = std::min(size, end.ahead);
  }
  return size;
}

void FastWire::sent(std::size_t n) {
  bool heard = false;
  for (FastEnd& end : ends_) {
    const std::size_t lost = n - std::min(n, end.ahead);
    heard |= lost < n;
    if (end.lags) {
      dropped_ += lost;
      end.lost += lost;
    }
    end.ahead -= n - lost;
  }
  // Fidelity (our decision, dialect 12.1): While no host is attached, output is dropped, as on a
  // wire that ends in the air.
  if (!heard) drop(n);
  trace_said(side_.uart_output().first(n));
  side_.uart_sent(n);
}

void FastWire::await_room(FastEnd& end) {
  end.awaits_room = true;
  end.blocked_since = Steady::now();
  end.host->when_room([this, host = std::weak_ptr(end.host)] {
    FastEnd* const waiting = find(host);
    if (waiting == nullptr) return;
    waiting->awaits_room = false;
    if (!waiting->is_stopped) catch_up(*waiting);
    side_.settle();
  });
}

void FastWire::catch_up(FastEnd& end) {
  log_losses(end);
  end.lags = false;
}

/// A host blocks. Other hosts that are ahead of it wait for it for a second.
void FastWire::hold_out() {
  const bool others_read_on =
      std::any_of(ends_.begin(), ends_.end(), [](const FastEnd& end) { return end.ahead > 0; });
  if (!others_read_on || patience_armed_) return;
  auto first = Steady::time_point::max();
  for (const FastEnd& end : ends_) {
    if (end.is_blocked() && !end.lags && end.ahead == 0)
      first = std::min(first, end.blocked_since + patience_with(end));
  }
  if (first == Steady::time_point::max()) return;
  patience_armed_ = true;
  patience_.expires_at(first);
  patience_.async_wait([this](auto error) {
    if (error) return;
    patience_armed_ = false;
    stop_waiting_for_laggards();
    side_.settle();
  });
}

void FastWire::stop_waiting_for_laggards() {
  const auto now = Steady::now();
  for (FastEnd& end : ends_) {
    if (!end.is_blocked() || end.lags || end.ahead > 0 ||
        now < end.blocked_since + patience_with(end))
      continue;
    stop_waiting_for(end);
  }
}
}  // namespace bfq::serial

#include "daemon/serial/fast_wire.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/serial/baud_mismatch.h"

namespace bfq::serial {
namespace {
constexpr std::size_t kRead = 4096;
// A PTY is fastest with writes of this size, twice as fast as with much larger ones: a full tty
// buffer puts the writer to sleep.
constexpr std::size_t kWrite = 2048;
using Steady = std::chrono::steady_clock;
}  // namespace

// Who is there ------------------------------------------------------------------------------------

void FastWire::attach(std::shared_ptr<SerialHost> host) {
  if (ends_.empty() && unheard_ > 0)
    spdlog::info("{} bytes found no host", std::exchange(unheard_, 0));
  ends_.push_back(End{.host = std::move(host)});
  await_typing(ends_.back());
}

void FastWire::stop_listening(const SerialHost& host) {
  if (End* end = find(host)) end->listens = false;
  side_.settle();
}

void FastWire::change_host(const SerialHost& host) {
  End* end = find(host);
  if (end == nullptr) return;
  // Fidelity (our decision, see FastWire): A new host gets nothing that was meant for the one
  // before.
  end->listens = false;
  while (send()) {
  }
  end->ahead = side_.uart_output().size();  // where others still have to read
  end->listens = true;
}

void FastWire::purge(const SerialHost& host, bool typed, bool unread) {
  End* const end = find(host);
  if (end == nullptr) return;
  if (typed) {
    end->typed.clear();
    end->taken_typed = 0;
  }
  if (unread) change_host(host);
}

void FastWire::module_is_off() {
  for (End& end : ends_) end.ahead = 0;
}

void FastWire::make_noise(std::string_view text, const UartFormat& format) {
  const auto noise = BaudMismatch(format, format_).burst(std::as_bytes(std::span(text)));
  for (End& end : ends_) {
    if (end.listens && end.ahead == 0) end.host->write(noise);
  }
}

FastWire::End* FastWire::find(const SerialHost& host) {
  const auto found =
      std::find_if(ends_.begin(), ends_.end(), [&](const End& e) { return e.host.get() == &host; });
  return found == ends_.end() ? nullptr : &*found;
}

/// A host leaves once all that it typed is taken.
bool FastWire::forget_leavers() {
  bool any = false;
  for (auto end = ends_.begin(); end != ends_.end();) {
    if (!end->leaves || !end->typed.empty()) {
      ++end;
      continue;
    }
    const auto host = end->host;
    catch_up(*end);
    end = ends_.erase(end);
    host->left();
    any = true;
  }
  return any;
}

// Both directions ---------------------------------------------------------------------------------

bool FastWire::drain() {
  bool moved = offer_typed();
  moved |= send();
  return forget_leavers() || moved;
}

// From hosts --------------------------------------------------------------------------------------

void FastWire::await_typing(End& end) {
  end.awaits_typing = true;
  end.host->when_typing([this, host = std::weak_ptr(end.host)] {
    if (const auto still_there = host.lock()) read(still_there);
  });
}

void FastWire::read(const std::shared_ptr<SerialHost>& host) {
  End* end = find(*host);
  if (end == nullptr) return;
  end->awaits_typing = false;
  std::array<std::byte, kRead> buffer;
  const Transfer got = host->read(buffer);
  end = find(*host);  // a look at the door may have changed who is there
  if (end == nullptr) return;
  if (got.state == Transfer::State::gone) end->leaves = true;
  if (got.n > 0) {
    end->typed.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got.n));
    end->taken_typed = 0;
    typed_trace_.add(end->typed);
  }
  side_.settle();
}

bool FastWire::offer_typed() {
  bool moved = false;
  for (End& end : ends_) {
    if (!end.typed.empty()) {
      const std::size_t n = side_.uart_input(std::span(end.typed).subspan(end.taken_typed));
      end.taken_typed += n;
      moved |= n > 0;
      if (end.taken_typed == end.typed.size()) end.typed.clear();
    }
    if (end.typed.empty() && !end.awaits_typing && !end.leaves) await_typing(end);
  }
  return moved;
}

bool FastWire::all_typed_is_taken() const {
  return std::all_of(ends_.begin(), ends_.end(), [](const End& end) { return end.typed.empty(); });
}

// To hosts ----------------------------------------------------------------------------------------

bool FastWire::send() {
  const auto output = side_.uart_output();
  if (output.empty()) return false;
  for (End& end : ends_) push(end, output);
  const std::size_t n = taken_by_all(output.size());
  if (n == 0) {
    hold_out();
    return false;
  }
  sent(n);
  return true;
}

void FastWire::push(End& end, std::span<const std::byte> output) {
  while (end.listens && !end.lags && !end.leaves && !end.awaits_room && end.ahead < output.size()) {
    const auto chunk = output.subspan(end.ahead, std::min(kWrite, output.size() - end.ahead));
    const Transfer done = end.host->write(chunk);
    end.ahead += done.n;
    if (done.state == Transfer::State::blocked) await_room(end);
    if (done.state == Transfer::State::gone) end.listens = false;
  }
}

std::size_t FastWire::taken_by_all(std::size_t size) const {
  for (const End& end : ends_) {
    if (end.listens && !end.lags && !end.leaves) size = std::min(size, end.ahead);
  }
  return size;
}

void FastWire::sent(std::size_t n) {
  bool heard = false;
  for (End& end : ends_) {
    const std::size_t lost = n - std::min(n, end.ahead);
    heard |= lost < n;
    if (end.lags) {
      dropped_ += lost;
      end.lost += lost;
    }
    end.ahead -= n - lost;
  }
  // Fidelity (our decision, see FastWire): While no host is attached, output is dropped, as on a
  // wire that ends in the air.
  if (!heard) dropped_ += n;
  if (ends_.empty()) unheard_ += n;
  said_trace_.add(side_.uart_output().first(n));
  side_.uart_sent(n);
}

void FastWire::await_room(End& end) {
  end.awaits_room = true;
  end.blocked_since = Steady::now();
  end.host->when_room([this, host = std::weak_ptr(end.host)] {
    const auto still_there = host.lock();
    End* const waiting = still_there ? find(*still_there) : nullptr;
    if (waiting == nullptr) return;
    waiting->awaits_room = false;
    catch_up(*waiting);
    side_.settle();
  });
}

void FastWire::catch_up(End& end) {
  if (end.lost > 0)
    spdlog::warn("{} lost {} bytes, as it did not read", end.host->name(), end.lost);
  end.lost = 0;
  end.lags = false;
}

/// Somebody blocks. If others are ahead and would read on, the one who blocks has a second.
void FastWire::hold_out() {
  const bool others_read_on =
      std::any_of(ends_.begin(), ends_.end(), [](const End& end) { return end.ahead > 0; });
  if (!others_read_on || patience_armed_) return;
  auto first = Steady::time_point::max();
  for (const End& end : ends_) {
    if (end.awaits_room && !end.lags && end.ahead == 0) first = std::min(first, end.blocked_since);
  }
  if (first == Steady::time_point::max()) return;
  patience_armed_ = true;
  patience_.expires_at(first + kLaggardsAreWaitedFor);
  patience_.async_wait([this](auto error) {
    if (error) return;
    patience_armed_ = false;
    stop_waiting_for_laggards();
    side_.settle();
  });
}

void FastWire::stop_waiting_for_laggards() {
  const auto now = Steady::now();
  for (End& end : ends_) {
    if (!end.awaits_room || end.lags || end.ahead > 0 ||
        now < end.blocked_since + kLaggardsAreWaitedFor)
      continue;
    end.lags = true;
    spdlog::warn("{} does not read: it loses bytes, as others read on", end.host->name());
  }
}
}  // namespace bfq::serial

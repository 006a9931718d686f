#include "daemon/serial/baud_wire.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/serial/line_format.h"

namespace bfq::serial {
namespace {
// Where the scheduler runs the program too late, it catches up: a real line would not have waited.
constexpr Duration kMostLateness = 50ms;
// The system does not notify of a host having read: it is polled while the module waits for it.
constexpr Duration kFirstPause = 2ms, kLongestPause = 50ms;
// Bits of UartFormat::flow.
constexpr std::uint8_t kRaisesRts = 1, kHeedsCts = 2;
}  // namespace

BaudWire::BaudWire(boost::asio::io_context& io, UartSide& side, const UartPhysics& physics, Now now,
                   Pace* pace)
    : HostedWire(side),
      physics_(physics),
      now_(std::move(now)),
      looks_(physics, pace),
      alarm_(io,
             [this] {
               armed_ = Deadline::never();
               side_.settle();
             }),
      flush_pause_(kFirstPause),
      pause_(kFirstPause) {}

// Hosts -------------------------------------------------------------------------------------------

void BaudWire::attach(std::shared_ptr<SerialHost> host) {
  BaudEnd& end = add(std::move(host));
  look_at_settings(end);
  await_typing(end);
}

bool BaudWire::change_host(const SerialHost& host) {
  BaudEnd* const end = find(host);
  if (end == nullptr) return false;
  forget_host(*end);
  forget_output(*end);
  return true;
}

/// What is on the line to the host before is lost.
void BaudWire::forget_output(BaudEnd& end) {
  log_losses(end);
  end.held.clear();
  end.listens = true;
  end.skips = side_.uart_waiting();
}

void BaudWire::discard(BaudEnd& end, SerialHost::Discard what) {
  if (what.typed) {
    end.ahead.clear();
    end.typed.clear();
    end.line.clear();
  }
  if (what.unread) forget_output(end);
}

void BaudWire::configure(const UartFormat& format) {
  format_ = format;
  for (BaudEnd& end : ends_) look_at_settings(end);
}

void BaudWire::module_is_off() {
  is_off_ = true;
  out_.clear();
  fifo_.clear();
  for (BaudEnd& end : ends_) end.skips = 0;
}

void BaudWire::make_noise(std::string_view text, const UartFormat& format) {
  for (BaudEnd& end : ends_) {
    const auto noise =
        BaudMismatch(format, end.host->uart(format_)).burst(std::as_bytes(std::span(text)));
    if (end.listens) end.host->write(std::span(noise).first(std::min(noise.size(), room_at(end))));
  }
}

// Settings ----------------------------------------------------------------------------------------

/// Compares the host's format with the module's. False while bytes are on the line that it sent in
/// another.
bool BaudWire::look_at_settings(BaudEnd& end) {
  const UartFormat uart = end.host->uart(format_);
  if (uart != end.uart && end.line.moving() > 0) return false;
  if (uart == end.uart && format_ == end.module) return true;
  end.uart = uart;
  end.module = format_;
  const bool garbled = std::exchange(end.garbled, false);
  if (sample_alike(uart, format_)) {
    if (garbled)
      log_.info("{} and the module are both set to {} now", end.host->name(), describe(format_));
    end.to_host.reset();
    end.to_module.reset();
  } else {
    end.to_host.emplace(format_, uart);
    end.to_module.emplace(uart, format_);
  }
  return true;
}

/// Replaces bytes by what the other side's UART receives; `is_last`: the line is idle then. Returns
/// true when that is something else; the first time is logged, until a setting changes.
bool BaudWire::resample(BaudEnd& end, BaudMismatch& way, bool is_last,
                        std::vector<std::byte>& bytes) {
  const std::vector<std::byte> sent = std::exchange(bytes, {});
  way.pass(sent, bytes);
  if (is_last) way.rest(bytes);
  if (bytes == sent) return false;
  if (!std::exchange(end.garbled, true)) {
    log_.warn("{} is set to {} and the module to {}: both receive garbage", end.host->name(),
              describe(end.uart), describe(format_));
  }
  return true;
}

/// RTS/CTS stops a line where both ends have it; XON/XOFF where a door has it.
bool BaudWire::stops_output(const BaudEnd& end) const {
  return end.host->is_a_line() || end.host->has_xon_xoff() ||
         ((format_.flow & kHeedsCts) != 0 && (end.uart.flow & kRaisesRts) != 0);
}
bool BaudWire::stops_input(const BaudEnd& end) const {
  return end.host->has_xon_xoff() ||
         ((format_.flow & kRaisesRts) != 0 && (end.uart.flow & kHeedsCts) != 0);
}

// Both directions ---------------------------------------------------------------------------------

/// What arrives in the middle of a turn is for the next one: where the module is slower than the
/// hosts type, a turn would not end.
void BaudWire::begin_turn() {
  turn_began_ = now_();
  is_look_ = looks_.begins_at(turn_began_, format_, smallest_of_hosts());
}

bool BaudWire::drain() {
  const Instant now = turn_began_;
  bool moved = receive(now);
  moved |= feed_module();
  moved |= read_hosts(now);
  moved |= deliver(now);
  moved |= hand_over_held();
  moved |= begin_to_send(now);
  if (!moved) {
    for (BaudEnd& end : ends_)
      hold_off(end, fifo_.size() * (end.holds_off ? 4 : 2) > physics_.receive_fifo);
    let_readers_go(now);
    set_alarm();
  }
  settle_soon_if_hosts_may_go();
  return moved;
}

Deadline BaudWire::next_deadline() const {
  const std::size_t smallest = smallest_of_hosts();
  const auto next_on = [&](const ShiftLine& line, const UartFormat& format) {
    return looks_.next_on(line, format, smallest);
  };
  Deadline next = next_on(out_, format_);
  if (!next.is_never() && is_in_portions_) next = Deadline(next_portion_);
  next = earliest({next, next_departure()});
  if (flush_again_) next = earliest({next, *flush_again_});
  if (look_again_) next = earliest({next, *look_again_});
  for (const BaudEnd& end : ends_) {
    // What a changing host typed waits for its door, which wakes the wire.
    if (!end.host->is_changing()) next = earliest({next, next_on(end.line, end.uart)});
  }
  return next;
}

/// Where looks are rare, a line that carries something all the time does so between them, too.
Duration BaudWire::most_lateness(const UartFormat& format) const {
  return std::max(kMostLateness, 2 * looks_.every(format, smallest_of_hosts()));
}

/// What the hosts can have unread, of the one that can have least.
std::size_t BaudWire::smallest_of_hosts() const {
  std::size_t least = physics_.host_buffer;
  for (const BaudEnd& end : ends_) least = std::min(least, capacity(end));
  return least;
}

void BaudWire::set_alarm() {
  const Deadline due = next_deadline();
  if (due == armed_) return;
  armed_ = due;
  if (due.is_never()) return alarm_.stop();
  alarm_.set(std::chrono::steady_clock::now() + std::max(Duration::zero(), due.at() - now_()));
}

// To hosts ----------------------------------------------------------------------------------------

/// How much of what has arrived is handed over now. When the program runs late that may be too much
/// for a host that would have read in between: it gets that in portions.
std::size_t BaudWire::portion(Instant now) {
  if (now < next_portion_ || (!is_look_ && !is_in_portions_)) return 0;
  const std::size_t arrived = out_.arrived(now);
  const std::size_t most =
      std::max<std::size_t>(physics_.host_buffer / 2, bytes_in(Looks::kFastest, format_));
  is_in_portions_ = arrived > most;
  if (is_in_portions_) next_portion_ = now + Looks::kFastest;
  return std::min(arrived, most);
}

bool BaudWire::deliver(Instant now) {
  const auto output = side_.uart_output();
  const std::size_t n = std::min(portion(now), output.size());
  if (n == 0) return false;
  const auto bytes = output.first(n);
  bool heard = false;
  for (BaudEnd& end : ends_) {
    if (!end.listens || end.leaves) continue;
    heard = true;
    look_at_settings(end);
    give(end, bytes);
  }
  // Fidelity (our decision, dialect 12.1): While no host is attached, output is dropped, as on a
  // wire that ends in the air.
  if (!heard) drop(n);
  trace_said(bytes);
  out_.take(n);
  side_.uart_sent(n);
  return true;
}

void BaudWire::give(BaudEnd& end, std::span<const std::byte> bytes) {
  const bool last = out_.moving() == bytes.size();
  const std::size_t skipped = std::min(
      std::exchange(end.skips, end.skips - std::min(end.skips, bytes.size())), bytes.size());
  bytes = bytes.subspan(skipped);
  dropped_ += skipped;
  std::vector<std::byte> heard;
  if (end.to_host) {
    heard.assign(bytes.begin(), bytes.end());
    if (resample(end, *end.to_host, last, heard)) end.host->line_fault(LineFault::framing);
    bytes = heard;
  }
  // RTS/CTS stops a line before anything is lost, but how much the host has not read is known late.
  const bool waits = stops_output(end) && !end.lags;
  const std::size_t kept = waits ? bytes.size() : std::min(bytes.size(), room_at(end));
  const auto rest = bytes.begin() + static_cast<std::ptrdiff_t>(kept);
  end.held.insert(end.held.end(), bytes.begin(), rest);
  if (kept < bytes.size()) {
    lose(end, bytes.size() - kept);
  } else {
    log_losses(end);
  }
}

bool BaudWire::hand_over_held() {
  bool any = false, all = true;
  for (BaudEnd& end : ends_) {
    any |= hand_over(end);
    all &= end.held.empty();
  }
  if (any) flush_pause_ = kFirstPause;
  if (all) {
    flush_again_.reset();
  } else if (any || !flush_again_ || *flush_again_ <= turn_began_) {
    flush_again_ = turn_began_ + flush_pause_;
    flush_pause_ = std::min(flush_pause_ * 2, kLongestPause);
  }
  return any;
}

/// Gives the host as much of what is held as it can hold, and the system takes.
bool BaudWire::hand_over(BaudEnd& end) {
  if (end.held.empty() || end.is_stopped) return false;
  std::span<const std::byte> bytes = end.held;
  std::size_t room = capacity(end) - std::min(capacity(end), end.host->backlog());
  while (room > 0 && !bytes.empty()) {
    const auto piece = bytes.first(std::min(room, bytes.size()));
    const Transfer done = end.host->write(piece);
    if (done.state == Transfer::State::gone) end.listens = false;
    if (done.n == 0) break;
    note_given(end, piece.first(done.n));
    bytes = bytes.subspan(done.n);
    room -= done.n;
  }
  const std::size_t given = end.held.size() - bytes.size();
  end.held.erase(end.held.begin(), end.held.begin() + static_cast<std::ptrdiff_t>(given));
  if (!end.listens) end.held.clear();
  return given > 0;
}

// Fidelity (our decision, docs/attaching.md): At --speed baud a host without RTS/CTS that has as
// many unread bytes as its kernel holds (4096, or the world's fifo.host) loses what comes then.
void BaudWire::lose(BaudEnd& end, std::size_t bytes) {
  if (end.lost == 0)
    log_.warn("{} loses bytes: it has {} unread, and no room for more", end.host->name(),
              capacity(end));
  end.lost += bytes;
  dropped_ += bytes;
  end.host->line_fault(LineFault::overrun);
}

void BaudWire::log_losses(BaudEnd& end) {
  HostedWire::log_losses(end);
  if (end.overrun > 0) {
    log_.warn("lost {} bytes from {}: the module could not take them, and there is no RTS/CTS",
              std::exchange(end.overrun, 0), end.host->name());
  }
}

/// How many unread bytes a host can have.
std::size_t BaudWire::capacity(const BaudEnd& end) const {
  return end.host->is_a_line() ? physics_.transmit_fifo
                               : std::min(physics_.host_buffer, end.host->most_backlog());
}

/// How many more it can have than it has.
std::size_t BaudWire::room_at(BaudEnd& end) {
  const std::size_t unread = end.host->backlog() + end.held.size();
  return capacity(end) - std::min(capacity(end), unread);
}

bool BaudWire::begin_to_send(Instant now) {
  const std::size_t waiting = side_.uart_waiting() - out_.moving();
  if (waiting == 0) {
    waited_ = false;
    look_again_.reset();
    return false;
  }
  const std::size_t n = std::min(waiting, credit(now));
  // What waited while the line was busy is sent back to back, however late the program runs.
  const Instant since = waited_ ? now - most_lateness(format_) : now;
  waited_ = n > 0 || out_.moving() > 0;
  if (n == 0) {
    if (out_.moving() == 0 && (!look_again_ || *look_again_ <= now)) {
      look_again_ = now + pause_;
      pause_ = std::min(pause_ * 2, kLongestPause);
    }
    return false;
  }
  look_again_.reset();
  pause_ = kFirstPause;
  out_.start(n, format_, since);
  return true;
}

/// How many bytes may be sent before a host deasserts RTS.
std::size_t BaudWire::credit(Instant now) {
  std::size_t least = SIZE_MAX, most = 0;
  for (BaudEnd& end : ends_) {
    if (!end.listens || end.leaves) continue;
    look_at_settings(end);
    const std::size_t room = end.is_stopped ? 0 : stops_output(end) ? room_at(end) : SIZE_MAX;
    if (room > 0) {
      end.full_since.reset();
      end.lags = false;
    } else if (!end.full_since) {
      end.full_since = now;
    }
    most = std::max(most, room);
    if (!end.lags) least = std::min(least, room);
  }
  look_for_laggards(most, now);
  return least == SIZE_MAX ? SIZE_MAX : least - std::min(least, out_.moving());
}

void BaudWire::look_for_laggards(std::size_t most_room, Instant now) {
  if (most_room == 0) return;  // no host reads: that is what RTS/CTS is for
  for (BaudEnd& end : ends_) {
    const bool waits = end.listens && !end.leaves && !end.lags && end.full_since.has_value();
    if (!waits || now < *end.full_since + patience_with(end)) continue;
    stop_waiting_for(end);
  }
}

// From hosts --------------------------------------------------------------------------------------

void BaudWire::await_typing(BaudEnd& end) {
  end.awaits_typing = true;
  end.host->when_typing([this, host = std::weak_ptr(end.host)] {
    BaudEnd* const ready = find(host);
    if (ready == nullptr) return;
    ready->awaits_typing = false;
    ready->readable = true;
    side_.settle();
  });
}

bool BaudWire::read_hosts(Instant now) {
  bool moved = false;
  for (BaudEnd& end : ends_) {
    const bool is_read = end.readable && !end.leaves && !end.types_no_more && !awaits_answer(end);
    if (!is_read && end.ahead.empty()) continue;
    if (!look_at_settings(end)) continue;
    const std::size_t room = room_for_typing(end);
    if (is_read) moved |= read(end, room);
    moved |= put_on_line(end, room, now);
  }
  return moved;
}

/// Reads as much as the line takes at once, or more where a drop of DTR may be behind what RTS
/// holds back.
bool BaudWire::read(BaudEnd& end, std::size_t room) {
  std::array<std::byte, 4096> buffer;
  const std::size_t wanted = end.host->is_read_ahead() && stops_input(end) ? kTypedPerTurn : room;
  const std::size_t most = std::min(wanted - std::min(wanted, end.ahead.size()), buffer.size());
  if (most == 0) return false;
  const Transfer got = end.host->read(std::span(buffer).first(most));
  discard(end, end.host->take_discard());
  const auto typed = typed_in(end, std::span(buffer).first(got.n));
  end.ahead.insert(end.ahead.end(), typed.begin(), typed.end());
  note_end_of_typing(end, got);
  if (got.n > 0) return true;
  end.readable = false;
  const bool types_on = !end.leaves && !end.types_no_more;
  if (types_on) await_typing(end);
  return !types_on;
}

bool BaudWire::put_on_line(BaudEnd& end, std::size_t room, Instant now) {
  if (room == 0) return false;
  const std::size_t n = std::min(room, end.ahead.size());
  const auto rest = end.ahead.begin() + static_cast<std::ptrdiff_t>(n);
  end.typed.insert(end.typed.end(), end.ahead.begin(), rest);
  end.ahead.erase(end.ahead.begin(), rest);
  // Where the host had typed more than the line could take, the line was busy all the time, however
  // late the program runs.
  end.line.start(n, end.uart, end.kept_waiting ? now - most_lateness(end.uart) : now);
  end.kept_waiting = n == room;
  return n > 0;
}

/// How much a line takes at once: enough to be busy until bytes are moved again.
std::size_t BaudWire::room_for_typing(const BaudEnd& end) const {
  const std::size_t busy = 2 * bytes_in(looks_.every(end.uart, smallest_of_hosts()), end.uart);
  std::size_t room = busy - std::min(busy, end.line.moving());
  // A host that has sent XOFF is read on: behind what the module does not take may be the XON.
  if (stops_input(end) && !end.is_stopped) {
    const std::size_t coming = fifo_.size() + end.line.moving();
    room = std::min(room, physics_.receive_fifo - std::min(physics_.receive_fifo, coming));
  }
  return room;
}

bool BaudWire::receive(Instant now) {
  if (!is_look_) return false;
  bool moved = false;
  for (BaudEnd& end : ends_) {
    if (end.host->is_changing()) continue;  // else what a new host is answered would be discarded
    const std::size_t n = end.line.arrived(now);
    if (n == 0) continue;
    std::vector<std::byte> bytes(end.typed.begin(),
                                 end.typed.begin() + static_cast<std::ptrdiff_t>(n));
    end.typed.erase(end.typed.begin(), end.typed.begin() + static_cast<std::ptrdiff_t>(n));
    end.line.take(n);
    if (end.to_module)
      resample(end, *end.to_module, end.line.moving() == 0 && !end.kept_waiting, bytes);
    arrive(end, bytes);
    moved = true;
  }
  return moved;
}

/// Into the FIFO, and on into the module as far as that takes it; what does not fit then is lost.
void BaudWire::arrive(BaudEnd& end, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t n = std::min(bytes.size(), physics_.receive_fifo - fifo_.size());
    fifo_.insert(fifo_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    trace_typed(bytes.first(n));
    bytes = bytes.subspan(n);
    if (!feed_module() && n == 0) break;
  }
  if (bytes.empty()) return;
  if (end.overrun == 0)
    log_.warn("bytes from {} are lost: the module cannot take them, and its FIFO is full",
              end.host->name());
  end.overrun += bytes.size();
  overrun_ += bytes.size();
}

bool BaudWire::feed_module() {
  if (fifo_.empty()) return false;
  std::vector<std::byte> bytes = std::exchange(fifo_, {});
  is_off_ = false;
  const std::size_t n = side_.uart_input(bytes);
  if (is_off_) return true;  // what it was typed made it restart
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
  fifo_ = std::move(bytes);
  return n > 0;
}

bool BaudWire::all_typed_is_taken() const {
  return fifo_.empty() && std::all_of(ends_.begin(), ends_.end(),
                                      [this](const BaudEnd& end) { return typed_is_taken(end); });
}
}  // namespace bfq::serial

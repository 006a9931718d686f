#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/time.h"
#include "daemon/process/module_log.h"
#include "daemon/serial/bare_returns.h"
#include "daemon/serial/returned_lines.h"
#include "daemon/serial/trace.h"
#include "daemon/serial/uart_side.h"
#include "daemon/serial/wire.h"

namespace bfq::serial {

/// What every wire knows of a host that is attached to it.
struct AttachedHost {
  std::shared_ptr<SerialHost> host;
  bool awaits_typing = false;
  bool listens = true;         ///< false: what it is owed is dropped
  bool lags = false;           ///< it did not read for too long, and holds nobody up until it does
  bool is_suspect = false;     ///< it came soon after a host that did not read was given up
  bool leaves = false;         ///< it has gone, and is let go once all that it typed is taken
  bool types_no_more = false;  ///< it has shut down its sending half
  std::optional<Instant> served_since{};  ///< since when such a host has had all that it waited for
  std::uint64_t lost = 0;  ///< bytes that it was owed and could not take, not logged yet
  TerminalEcho echo{};     ///< of what it was given, where its terminal echoes
  bool told_of_echo = false;
  bool is_stopped = false;  ///< it has sent XOFF
  bool holds_off = false;   ///< it was sent XOFF
};

/// The list of hosts that both kinds of wire have. `End` is what a wire knows of each: an
/// AttachedHost, and more.
template <class End>
class HostedWire : public Wire {
 public:
  void stop_listening(const SerialHost& host) final {
    if (End* end = find(host)) end->listens = false;
  }
  void release_gone_hosts() final {
    for (auto end = ends_.begin(); end != ends_.end();) {
      if (!may_go(*end)) {
        ++end;
        continue;
      }
      const auto host = end->host;
      log_losses(*end);
      end = ends_.erase(end);
      host->left();
    }
  }
  bool attached() const final { return !ends_.empty(); }
  std::vector<HostState> hosts(const UartFormat& module) const final {
    std::vector<HostState> out;
    for (const End& end : ends_)
      out.push_back({end.host->name(), end.host->uart(module), end.listens && !end.lags});
    return out;
  }
  std::uint64_t dropped() const final { return dropped_; }

 protected:
  explicit HostedWire(UartSide& side)
      : side_(side),
        log_(side.name()),
        typed_trace_(log_, Direction::to_module, side.dialect()),
        said_trace_(log_, Direction::to_host, side.dialect()) {}

  /// To be told of all bytes that reach the module, and of all that it has printed.
  void trace_typed(std::span<const std::byte> bytes) {
    typed_trace_.add(bytes);
    if (side_.takes_payload()) return;
    returned_.typed(bytes);
    if (bare_returns_.typed(bytes)) {
      log_.warn(
          "a host ends its lines with CR alone: a command ends with CR LF (picocom: --omap crcrlf; "
          "minicom: Ctrl-J after Enter)");
    }
  }
  void trace_said(std::span<const std::byte> bytes) {
    said_trace_.add(bytes);
    returned_.printed(bytes);
    if (returned_.take_notice()) {
      log_.warn(
          "{} lines that were typed are the module's own and were answered with ERROR: does a "
          "host echo what it reads? (stty -echo)",
          ReturnedLines::kErrors);
    }
  }

  /// To be told of all bytes that a host was given.
  void note_given(End& end, std::span<const std::byte> bytes) {
    if (!end.host->is_terminal()) return;
    end.echo.printed(bytes);
    if (end.echo.needs_look()) look_at_echo(end);
  }
  // Fidelity (our decision, dialect 12.3): What a pseudo terminal with ECHO returns of the bytes
  // that it was just sent is dropped; never while payload is typed, and at no other door.
  /// Of the bytes that were read from a host, those that it has typed.
  std::vector<std::byte> typed_in(End& end, std::span<const std::byte> bytes) {
    if (side_.takes_payload()) {
      end.echo.forget();
    } else {
      if (end.echo.needs_look(bytes)) look_at_echo(end);
      bytes = bytes.subspan(end.echo.echoed(bytes));
    }
    std::vector<std::byte> typed(bytes.begin(), bytes.end());
    if (!end.host->has_xon_xoff()) return typed;
    std::erase_if(typed, [&](std::byte byte) {
      if (byte == kXoff || byte == kXon) end.is_stopped = byte == kXoff;
      return byte == kXoff || byte == kXon;
    });
    return typed;
  }
  /// Tells a host that has XON/XOFF to stop typing, or to go on.
  void hold_off(End& end, bool hold) {
    if (!end.host->has_xon_xoff() || hold == end.holds_off) return;
    const std::byte code = hold ? kXoff : kXon;
    if (end.host->write(std::span(&code, 1)).n == 0) return;  // the next call tries again
    note_given(end, std::span(&code, 1));
    end.holds_off = hold;
  }
  /// Behind the same door is another host now.
  void forget_host(End& end) {
    end.echo.forget();
    end.told_of_echo = end.is_stopped = end.holds_off = false;
    end.is_suspect = suspects_newcomers();
  }

  /// True when the module has taken all that this host typed.
  virtual bool typed_is_taken(const End& end) const = 0;
  /// True when this host has been given all that the module has printed.
  virtual bool output_is_given(const End& end) const = 0;

  bool may_go(const End& end) const { return end.leaves && typed_is_taken(end); }
  /// Logs what the host has lost since the last time, and forgets it.
  virtual void log_losses(End& end) {
    if (end.lost > 0)
      log_.warn("{} lost {} bytes: it did not read", end.host->name(), std::exchange(end.lost, 0));
  }

  /// True while a host that waits for answers is not to be read.
  bool awaits_answer(const End& end) const {
    return end.host->waits_for_answers() && (!typed_is_taken(end) || side_.command_under_way());
  }
  /// Notes the outcome of reading a host.
  void note_end_of_typing(End& end, const Transfer& got) {
    end.types_no_more |= got.state == Transfer::State::ended;
    end.leaves |= got.state == Transfer::State::gone;
  }
  /// Hosts that type no more leave when they have closed, or have had all for kReadersStay. To be
  /// called after everything else was moved.
  void let_readers_go(Instant now) {
    for (End& end : ends_) {
      if (!end.types_no_more || end.leaves) continue;
      const bool served = typed_is_taken(end) && !side_.command_under_way() && output_is_given(end);
      if (!served) {
        end.served_since.reset();
      } else if (!end.served_since) {
        end.served_since = now;
      } else if (now >= *end.served_since + kReadersStay) {
        if (end.host->holds_output()) {
          end.served_since = now;
        } else {
          end.leaves = true;
        }
      }
      end.leaves |= !end.listens;
    }
  }
  /// Some host types no more, and only reads: let_readers_go() has something to look at.
  bool readers_may_go() const {
    return std::any_of(ends_.begin(), ends_.end(),
                       [](const End& end) { return end.types_no_more && !end.leaves; });
  }

  /// When let_readers_go() is to be called again, if nothing happens before.
  Deadline next_departure() const {
    Deadline next;
    for (const End& end : ends_) {
      if (end.served_since && !end.leaves)
        next = earliest({next, *end.served_since + kReadersStay});
    }
    return next;
  }

  End& add(std::shared_ptr<SerialHost>&& host) {
    if (ends_.empty() && unheard_ > 0)
      log_.info("dropped {} bytes: no host was attached", std::exchange(unheard_, 0));
    End& end = ends_.emplace_back();
    end.host = std::move(host);
    end.is_suspect = suspects_newcomers();
    return end;
  }
  End* find(const SerialHost& host) {
    const auto found = std::find_if(ends_.begin(), ends_.end(),
                                    [&](const End& end) { return end.host.get() == &host; });
    return found == ends_.end() ? nullptr : &*found;
  }
  /// As find(), for a callback that may come when the host is gone.
  End* find(const std::weak_ptr<SerialHost>& host) {
    const auto there = host.lock();
    return there ? find(*there) : nullptr;
  }

  /// The module has printed bytes that no host has received.
  void drop(std::size_t bytes) {
    dropped_ += bytes;
    if (ends_.empty()) unheard_ += bytes;
  }
  /// How long the others wait for that host when it does not read.
  static std::chrono::milliseconds patience_with(const End& end) {
    return end.is_suspect ? kSuspectsAreWaitedFor : kLaggardsAreWaitedFor;
  }
  void stop_waiting_for(End& end) {
    end.lags = true;
    gave_up_ = std::chrono::steady_clock::now();
    log_.warn("{} does not read: it loses bytes, since other hosts read on", end.host->name());
  }
  /// Hosts are not let go within drain(): that takes another turn.
  void settle_soon_if_hosts_may_go() {
    if (std::any_of(ends_.begin(), ends_.end(), [this](const End& end) { return may_go(end); }))
      side_.settle_soon();
  }

  UartSide& side_;
  process::ModuleLog log_;
  std::list<End> ends_;
  std::uint64_t dropped_ = 0;

 private:
  static constexpr std::byte kXon{0x11}, kXoff{0x13};

  bool suspects_newcomers() const {
    return gave_up_ && std::chrono::steady_clock::now() < *gave_up_ + kSuspicionLasts;
  }
  void look_at_echo(End& end) {
    const auto settings = end.host->echo();
    end.echo.settings(settings);
    if (!settings || std::exchange(end.told_of_echo, true)) return;
    log_.warn(
        "the terminal at {0} echoes what the module prints; what returns in command mode is "
        "dropped. stty -F {0} -echo mends that",
        end.host->name());
  }

  LineTrace typed_trace_, said_trace_;
  ReturnedLines returned_;
  BareReturns bare_returns_;
  std::optional<std::chrono::steady_clock::time_point> gave_up_;  ///< on a host, the last time
  std::uint64_t unheard_ = 0;  ///< of those dropped, since the last host has gone
};
}  // namespace bfq::serial

#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/recorder.h"
#include "module/module.h"
#include "sim/air.h"
#include "sim/internet.h"
#include "sim/medium.h"
#include "sim/radio.h"

namespace bfq::sim {

/// What is burnt into the module of a World, see Identity; the MAC addresses are those of the first
/// module of a program.
struct ModuleIdentity {
  MacAddress station_mac{{0x02, 0xbf, 0x40, 0x04, 0x00, 0x01}};
  MacAddress access_point_mac{{0x06, 0xbf, 0x40, 0x04, 0x00, 0x01}};
  std::string version = "0.1.0";
  std::string build_time = "Jan  1 2020 00:00:00";
};

/// A host on the module's UART: how it reads and how it types.
struct Host {
  bool reads = true;
  std::size_t reads_at_once = SIZE_MAX;
  std::size_t types_at_once = SIZE_MAX;
  std::size_t appetite = SIZE_MAX;  ///< how many bytes it will still read
};

/// The module's flash memory, which may fail or be slow.
struct FlashMemory {
  std::vector<std::byte> image = std::vector<std::byte>(flash::kImageSize, std::byte{0xff});
  Duration takes = 2ms;
  bool fails = false;
  /// Where power goes away: that many bytes into the next Program, and no further.
  std::optional<std::size_t> cut_after{};
  std::size_t programs = 0;  ///< how many were begun, for tests that count writes
};

/// A whole module in a small world of its own, on a clock that moves only in pass(). Everything in
/// it follows from what it is told, so the same calls give the same bytes.
///
/// Faults are plain members: set them, then call pass() or settle().
class World {
 public:
  /// `dialect` must outlive the world.
  explicit World(const at::Dialect& dialect, ModuleIdentity identity = {});
  /// Of several worlds that share a medium, each with a module of its own; move them with
  /// pass_together(). The medium's air is changed in the medium: `air` is not looked at.
  World(const at::Dialect& dialect, ModuleIdentity identity, Medium& shared);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Air air = default_air();  ///< as it is to be; pass() and settle() see to it
  Internet internet;
  Host host;
  FlashMemory flash;
  Duration first_start_takes = 200ms;
  Duration restart_takes = 300ms;

  /// Gives the module power: it is ready after first_start_takes.
  void power_on();
  /// Takes power away and gives it back, wherever the module was: it begins anew from its flash.
  void power_cut();
  /// Pulls the reset line.
  void reset(power::Reason = power::Reason::external);

  /// What the host types, in one burst. Bytes that the module has no room for stay with the host
  /// and are offered again whenever anything has moved.
  void host_types(std::string_view);
  /// All that the host has read since it was asked last.
  std::string printed();
  /// How much the host has typed that the module has not taken.
  std::size_t untyped() const { return typed_.size(); }

  /// The host thinks better of what the module has not taken.
  void forget_typed() { typed_.clear(); }

  /// Moves time without looking at what falls due: a runtime that was late. What is overdue follows
  /// with the next pass(), behind whatever input comes first.
  void oversleep(Duration d) { now_ += d; }

  /// Moves time forward, delivering everything that falls due on the way, in order.
  void pass(Duration);
  /// Lets everything that can move without time moving do so; to be called after a change.
  void settle();
  /// When something falls due by itself.
  Deadline next_deadline() const;

  /// Says something to the module out of turn: a late answer, or one that was never asked for.
  void tell(const Event&);
  /// The last events that the module was told since it has power, oldest first.
  const std::deque<Event>& told() const { return told_; }

  /// How often the module has booted.
  /// How the module wants its serial line to work.
  const UartFormat& uart_format() const { return uart_format_; }
  Instant now() const { return now_; }
  Module& module() { return *module_; }
  Radio& radio() { return radio_; }
  Medium& medium() { return medium_; }

  /// Keeps a journal in `sink`, which must outlive the world, from now on.
  void write_to(journal::Sink& sink) { doors_->write_to(sink); }
  /// Feeds the module through these doors from now on: for whoever wants to see all that passes.
  /// They must be those of module().
  void feed_through(std::unique_ptr<journal::Recorder> doors) { doors_ = std::move(doors); }

 private:
  struct Pending {
    Instant at;
    Event event;
  };

  void build_module();
  void take_over_air();
  void start_after(Duration, power::Reason);
  void drain();
  bool drain_requests();
  bool drain_links();
  bool drain_stream(LinkHandle);
  bool drain_datagrams(LinkHandle);
  bool drain_uart();
  bool offer_typed();
  std::size_t offer(std::string_view bytes);
  bool refuse_without_network(const net::Request&);
  void fulfil(const Request&);
  void erase(const flash::Erase&);
  void program(const flash::Program&);
  void answer_flash(Ticket);
  void later(Duration, const Event&);
  bool deliver_one();
  void advance();
  void power_off();

  const at::Dialect& dialect_;
  ModuleIdentity identity_;
  std::unique_ptr<Medium> own_medium_;  ///< nullptr where it is shared
  Medium& medium_;
  Radio radio_;
  std::unique_ptr<Module> module_;
  std::unique_ptr<journal::Recorder> doors_;  ///< through which everything is fed
  Instant now_{};
  std::vector<Pending> pending_;
  std::deque<Event> told_;
  std::string typed_, printed_;
  UartFormat uart_format_{};
};

/// Moves time forward in worlds that share a medium: what one of them does to another one happens
/// at its time.
void pass_together(std::span<World* const>, Duration);

}  // namespace bfq::sim

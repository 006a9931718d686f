#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "journal/recorder.h"
#include "module/module.h"
#include "runtime/turn.h"
#include "sim/air.h"
#include "sim/flash_memory.h"
#include "sim/host.h"
#include "sim/internet.h"
#include "sim/medium.h"
#include "sim/radio.h"
#include "sim/wiring.h"

namespace bfq::sim {

/// What is burnt into the module of a World, see Identity; the MAC addresses are those of the first
/// module of a program.
struct ModuleIdentity {
  MacAddress station_mac{{0x02, 0xbf, 0x40, 0x04, 0x00, 0x01}};
  MacAddress access_point_mac{{0x06, 0xbf, 0x40, 0x04, 0x00, 0x01}};
  std::string version = "0.1.0";
  std::string build_time = "Jan  1 2020 00:00:00";
  Channels channels = Channels::one;
};

/// Doors that remember what was told last.
template <class Next>
class Remembered : public Next {
 public:
  using Next::Next;
  void replace(Module& module) {
    told_.clear();  // what was said to the module that is gone is nothing to the new one
    Next::replace(module);
  }
  void handle(const Event& event, Instant now) {
    constexpr std::size_t kMost = 32;
    if (told_.size() == kMost) told_.pop_front();
    told_.push_back(event);
    Next::handle(event, now);
  }
  const std::deque<Event>& told() const { return told_; }

 private:
  std::deque<Event> told_;
};

/// A whole module in a small world of its own, on a clock that moves only in pass(). Everything in
/// it follows from what it is told, so the same calls give the same bytes.
///
/// Faults are plain members: set them, then call pass() or settle(). `Doors` are those through
/// which the module is fed: Recorded, or layers on that.
template <class Doors>
class BasicWorld {
 public:
  /// `dialect` must outlive the world.
  explicit BasicWorld(const at::Dialect& dialect, ModuleIdentity identity = {})
      : BasicWorld(dialect, std::move(identity), nullptr) {}
  /// Of several worlds that share a medium, each with a module of its own; move them with
  /// pass_together(). The medium's air is changed in the medium: `air` is not looked at.
  BasicWorld(const at::Dialect& dialect, ModuleIdentity identity, Medium& shared)
      : BasicWorld(dialect, std::move(identity), &shared) {}
  BasicWorld(const BasicWorld&) = delete;
  BasicWorld& operator=(const BasicWorld&) = delete;

  Air air = default_air();  ///< as it is to be; pass() and settle() see to it
  Internet internet;
  Host host;
  FlashMemory flash;
  runtime::BootTimes boot_times;

  /// Gives the module power.
  void power_on() { turn_.power_on(); }
  /// Takes power away and gives it back, wherever the module was: it starts again from its flash.
  void power_cut() {
    auto module = make_module();
    turn_.power_on();
    doors_.replace(*module);
    module_ = std::move(module);
  }
  /// Pulls the reset line.
  void reset(power::Reason reason = power::Reason::external) {
    turn_.hold_in_reset(reason);
    turn_.release_reset(reason);
    turn_.settle();
  }

  /// What the host types, in one burst. Bytes that the module has no room for stay with the host
  /// and are offered again whenever anything has moved.
  void host_types(std::string_view bytes) {
    host.type(bytes);
    turn_.settle();
    pass(Duration{0});
  }
  /// All that the host has read since it was asked last.
  std::string printed() { return host.printed(); }
  /// How much the host has typed that the module has not taken.
  std::size_t untyped() const { return host.untyped(); }
  /// The host thinks better of what the module has not taken.
  void forget_typed() { host.forget_typed(); }

  /// Moves time without looking at what falls due: a runtime that was late. What is overdue follows
  /// with the next pass(), behind whatever input comes first.
  void oversleep(Duration d) { clock_.time += d; }
  /// Moves time forward, delivering everything that falls due on the way, in order.
  void pass(Duration d);
  /// Lets everything that can move without time moving do so; to be called after a change.
  void settle() {
    take_over_air();
    turn_.settle();
    pass(Duration{0});
  }
  /// When something falls due by itself.
  Deadline next_deadline() const { return turn_.next_deadline(); }

  /// Lets something happen around the module.
  void apply(const Change& change) {
    medium_.apply(change, now());
    settle();
  }

  /// Says something to the module out of turn: a late answer, or one that was never asked for.
  void tell(const Event& event) {
    turn_.handle(event);
    turn_.settle();
  }
  /// The last events that the module was told since it has power, oldest first.
  const std::deque<Event>& told() const { return doors_.told(); }

  /// How the module wants its serial line to work.
  const UartFormat& uart_format() const { return host.uart_format(); }
  Instant now() const { return clock_.now(); }
  const Module& module() const { return *module_; }
  Radio& radio() { return radio_; }
  const Wiring& wiring() const { return wiring_; }
  Medium& medium() { return medium_; }
  /// What the module is fed through.
  Doors& doors() { return doors_; }

  /// Keeps a journal in `sink`, which must outlive the world, from now on.
  void write_to(journal::Sink& sink) { doors_.recorder().write_to(sink); }

 private:
  /// A clock that is told.
  struct ToldClock {
    Instant time{};
    Instant now() const { return time; }
  };
  /// The Internet, as far as the module's radio leads there.
  struct InternetByRadio {
    Internet& internet;
    const Radio& radio;

    template <class Request>
    void take(const Request& request, Instant now) {
      const auto lan = radio.lan();
      internet.joined = lan.has_value();
      internet.lan = lan ? lan->gateway : Ipv4();
      internet.netmask = lan ? lan->netmask : Ipv4();
      const auto own_lan = radio.own_lan();
      internet.own = {lan ? lan->address : Ipv4(), own_lan ? own_lan->address : Ipv4()};
      internet.take(request, now);
    }
    bool drain(auto& module, Instant now) { return internet.drain(module, now); }
    Deadline next_deadline(Instant now) const { return internet.next_deadline(now); }
    void power_off(Instant now) { internet.power_off(now); }
  };

  BasicWorld(const at::Dialect& dialect, ModuleIdentity identity, Medium* shared)
      : dialect_(dialect),
        identity_(std::move(identity)),
        own_medium_(shared == nullptr ? std::make_unique<Medium>(air) : nullptr),
        medium_(shared == nullptr ? *own_medium_ : *shared),
        radio_(medium_, identity_.station_mac, identity_.access_point_mac, identity_.channels),
        wiring_(medium_, identity_.station_mac),
        module_(make_module()),
        doors_(*module_, journal::Build{"simulated", dialect}) {}

  std::unique_ptr<Module> make_module() const {
    return std::make_unique<Module>(Identity{.station_mac = identity_.station_mac,
                                             .access_point_mac = identity_.access_point_mac,
                                             .version = identity_.version,
                                             .build_time = identity_.build_time},
                                    dialect_);
  }
  void take_over_air() {
    if (own_medium_ != nullptr && air != own_medium_->air()) own_medium_->change_to(air, now());
  }

  const at::Dialect& dialect_;
  ModuleIdentity identity_;
  std::unique_ptr<Medium> own_medium_;  ///< nullptr where it is shared
  Medium& medium_;
  Radio radio_;
  Wiring wiring_;
  InternetByRadio network_{internet, radio_};
  ToldClock clock_;
  std::unique_ptr<Module> module_;
  Remembered<Doors> doors_;
  runtime::Turn<Remembered<Doors>, ToldClock, Host, Radio, InternetByRadio, FlashMemory, Wiring>
      turn_{doors_, clock_, host, radio_, network_, flash, wiring_, boot_times};
};

/// A simulated world that records a journal, as the program does; the swarm's keeps books as well.
using World = BasicWorld<journal::Recorded<runtime::Doors>>;

template <class Doors>
void BasicWorld<Doors>::pass(Duration d) {
  // A module that never comes to rest would hang a test; this many steps without a moment's passing
  // are more than any honest history needs.
  constexpr int kMostSteps = 200'000;
  take_over_air();
  const Instant until = now() + d;
  int steps = 0;
  for (Deadline next = next_deadline(); next.due(until); next = next_deadline()) {
    steps = next.due(now()) ? steps + 1 : 0;
    if (steps > kMostSteps) throw std::runtime_error("the module never comes to rest");
    clock_.time = std::max(now(), next.at());
    turn_.time_is_up();
    if (!module_->next_deadline().due(now())) continue;
    turn_.time_is_up();
    // It would make a runtime spin.
    if (module_->next_deadline().due(now()))
      throw std::runtime_error("next_deadline stays in the past");
  }
  clock_.time = until;
}

/// Moves time forward in worlds that share a medium: what one of them does to another one happens
/// at its time.
void pass_together(std::span<World* const>, Duration);

}  // namespace bfq::sim

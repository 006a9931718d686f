#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/variants.h"
#include "runtime/adapters.h"
#include "runtime/doors.h"

namespace bfq::runtime {

/// How long the chip takes to start.
struct BootTimes {
  // Ours: a real module of this family takes some 100 ms from power, or from AT+RST, to "ready".
  // Fidelity (our decision, dialect 1.6.2): `ready` comes 200 ms after power, and 300 ms after
  // AT+RST.
  Duration power_on = 200ms;
  Duration restart = 300ms;
};

/// The order in which a module and its adapters are looked at, its deadlines, and its power: the
/// same in the program, in a simulated world and on a chip.
///
/// Whatever feeds the module an input between two turns calls settle() next. That carries
/// everything that can be carried, until nothing moves any more; then the runtime waits until
/// something happens, or until next_deadline(), at which it calls time_is_up(). Within a turn only
/// the adapter that is being looked at may feed the module, through the face that it was given:
/// anything else would be fed in the middle of another's step, and is our mistake.
///
/// `Clock` has a `now()` that never goes back. All that is carried in one look at the adapters has
/// the same time: to ask a clock takes a while, too. All must outlive this.
template <ModuleDoors TheDoors, class Clock, UartAdapter Uart, RadioAdapter Radio,
          NetworkAdapter Network, FlashAdapter Flash, PinsAdapter Pins>
class Turn {
 public:
  Turn(TheDoors& doors, Clock& clock, Uart& uart, Radio& radio, Network& network, Flash& flash,
       Pins& pins, const BootTimes& boot_times)
      : doors_(doors),
        clock_(clock),
        uart_(uart),
        radio_(radio),
        network_(network),
        flash_(flash),
        pins_(pins),
        boot_times_(boot_times) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// Carries everything that can be carried, until nothing moves any more.
  void settle() {
    start_if_due();
    look_at_clock();
    // What the module says is true by the time that the host reads it: a server has stopped, a link
    // is closed.
    fulfil_requests();
    while (look_at_all()) look_at_clock();
  }

  /// By what time all was carried since the last look at the clock.
  Instant last_look() const { return now_; }

  /// When time_is_up() must be called, at the latest.
  Deadline next_deadline() const {
    // By the time of the last look: what has become due since then was not carried.
    return earliest({module().next_deadline(), uart_.next_deadline(now_),
                     radio_.next_deadline(now_), network_.next_deadline(now_),
                     flash_.next_deadline(now_), pins_.next_deadline(now_), wakes_,
                     flash_.at_rest() ? starts_ : Deadline::never()});
  }

  /// Lets what is due happen.
  void time_is_up() {
    CHECK(stage_ == Stage::between);
    look_at_clock();
    doors_.advance(now_);
    settle();
  }

  // Power -----------------------------------------------------------------------------------------

  /// Takes power away, wherever the module was, and gives it back: it starts when it has booted.
  /// What is on its way to the flash arrives there first. Between two turns, followed by settle().
  void power_on() {
    CHECK(stage_ == Stage::between);
    look_at_clock();
    power_off_and_start(power::Reason::power_on, boot_times_.power_on);
  }

  /// Pulls the reset line: the module forgets what runs and says nothing until release_reset().
  // Fidelity (our decision, docs/attaching.md): Held in reset, the module forgets what runs and
  // says nothing; let go, it starts as after power-up.
  void hold_in_reset(power::Reason reason) {
    CHECK(stage_ == Stage::between);
    look_at_clock();
    doors_.handle(power::Reset{reason}, now_);
    power_off();
  }
  void release_reset(power::Reason reason) {
    CHECK(stage_ == Stage::between);
    look_at_clock();
    power_off_and_start(reason, boot_times_.power_on);
  }

  /// Starts the module if it has booted and its flash is at rest. Each turn begins with that: call
  /// it where something has to happen after the module's start and before what it says is carried,
  /// such as attaching a host that waits for it.
  void start_if_due() {
    CHECK(stage_ == Stage::between);
    if (!is_starting()) return;
    look_at_clock();
    if (wakes_.due(now_)) power_off_and_start(power::Reason::timer, boot_times_.power_on);
    if (!starts_.due(now_) || !flash_.at_rest()) return;
    starts_ = Deadline::never();
    doors_.handle(power::Started{start_reason_, flash_.image()}, now_);
    uart_.module_has_started();
    fulfil_requests();  // the UART is set up before anything is said
  }
  /// The module's program does not run, and will without anybody's doing: it starts, or sleeps for
  /// a time.
  bool is_starting() const { return !starts_.is_never() || !wakes_.is_never(); }

  // What adapters see of the module, see UartFace and NetworkFace ---------------------------------

  std::size_t uart_input(std::span<const std::byte> bytes) {
    require_stage(Stage::uart);
    const std::size_t taken = doors_.uart_input(bytes, now_);
    fulfil_requests();  // before the answer is read, see settle()
    return taken;
  }
  std::span<const std::byte> uart_output() const { return module().uart_output(); }
  std::size_t uart_waiting() const { return module().uart_waiting(); }
  void uart_sent(std::size_t n) {
    require_stage(Stage::uart);
    doors_.uart_sent(n, now_);
  }

  std::size_t link_room(LinkHandle link) const { return module().link_room(link); }
  std::size_t unread_limit(LinkHandle link) const { return module().unread_limit(link); }
  bool awaits_acknowledgement(LinkHandle link) const {
    return module().awaits_acknowledgement(link);
  }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) {
    require_stage(Stage::network);
    doors_.link_input(link, bytes, now_);
  }
  std::size_t datagram_room(LinkHandle link) const { return module().datagram_room(link); }
  void datagram_input(LinkHandle link, net::Endpoint sender, std::span<const std::byte> bytes) {
    require_stage(Stage::network);
    doors_.datagram_input(link, sender, bytes, now_);
  }
  net::Outgoing link_output(LinkHandle link) const { return module().link_output(link); }
  void link_sent(LinkHandle link, std::size_t n) {
    require_stage(Stage::network);
    doors_.link_sent(link, n, now_);
  }
  void handle(const Event& event) {
    require_stage(Stage::network);
    doors_.handle(event, now_);
  }

 private:
  /// Between turns, or what of a turn is under way: the module's requests are handed out, or that
  /// adapter is looked at.
  enum class Stage : std::uint8_t { between, requests, uart, radio, network, flash, pins };

  const Module& module() const { return doors_.module(); }

  /// Between turns anybody may feed the module.
  void require_stage(Stage stage) {
    if (stage_ == Stage::between) return look_at_clock();
    CHECK(stage_ == stage);
  }
  void look_at_clock() { now_ = clock_.now(); }

  /// True when anything moved.
  bool look_at_all() {
    // First what is typed: even where the module takes none of it, it may find that its time is up,
    // and then has something for all the others.
    bool moved = look_at(Stage::uart, uart_);
    moved |= fulfil_requests();
    moved |= look_at(Stage::radio, radio_);
    moved |= look_at(Stage::network, network_);
    moved |= look_at(Stage::flash, flash_);
    moved |= look_at(Stage::pins, pins_);
    return moved;
  }

  template <class A>
  bool look_at(Stage stage, A& adapter) {
    stage_ = stage;
    bool moved = false;
    if constexpr (Tells<A>) {
      while (tell_next(adapter)) moved = true;
    } else {
      moved = adapter.drain(*this, now_);
    }
    stage_ = Stage::between;
    return moved;
  }

  /// One event on the stack at a time: some hold half a kilobyte.
  template <Tells A>
  bool tell_next(A& adapter) {
    const std::optional<Event> event = adapter.next_event(now_);
    if (event) doors_.handle(*event, now_);
    return event.has_value();
  }

  bool fulfil_requests() {
    const Stage before = std::exchange(stage_, Stage::requests);
    bool any = false;
    for (auto request = doors_.next_request(); request; request = doors_.next_request(), any = true)
      std::visit([this](const auto& r) { this->fulfil(r); }, *request);
    stage_ = before;
    return any;
  }
  void fulfil(const OneOf<radio::Request> auto& r) { radio_.take(r, now_); }
  void fulfil(const OneOf<lease::Request> auto& r) { radio_.take(r, now_); }
  void fulfil(const OneOf<net::Request> auto& r) { network_.take(r, now_); }
  void fulfil(const OneOf<web::Request> auto& r) { network_.take(r, now_); }
  void fulfil(const OneOf<mqtt::Request> auto& r) { network_.take(r, now_); }
  void fulfil(const OneOf<uart::Request> auto& r) { uart_.take(r, now_); }
  void fulfil(const OneOf<flash::Request> auto& r) {
    flash_.take(r, module().flash_output(), now_);
  }
  void fulfil(const OneOf<pins::Request> auto& r) { pins_.take(r, now_); }
  void fulfil(const power::Restart& request) {
    power_off_and_start(request.reason, boot_times_.restart);
  }
  void fulfil(const power::Sleep& request) {
    power_off();
    if (request.time_ms != 0) wakes_ = now_ + std::chrono::milliseconds(request.time_ms);
  }

  void power_off() {
    network_.power_off(now_);
    radio_.power_off(now_);
    flash_.power_off(now_);
    pins_.power_off(now_);
    uart_.power_off(now_);
    starts_ = wakes_ = Deadline::never();
  }
  void power_off_and_start(power::Reason reason, Duration boot_time) {
    power_off();
    uart_.chip_has_power(reason);
    start_reason_ = reason;
    starts_ = now_ + boot_time;
  }

  TheDoors& doors_;
  Clock& clock_;
  Uart& uart_;
  Radio& radio_;
  Network& network_;
  Flash& flash_;
  Pins& pins_;
  const BootTimes& boot_times_;
  Stage stage_ = Stage::between;
  Instant now_{};  ///< of all that is carried in this look at the adapters
  Deadline starts_;
  Deadline wakes_;  ///< from a power::Sleep
  power::Reason start_reason_{};
};
}  // namespace bfq::runtime

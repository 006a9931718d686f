#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/board/board_setup.h"
#include "daemon/board/fault_gate.h"
#include "daemon/board/faulty_ports.h"
#include "daemon/board/faulty_wire.h"
#include "daemon/board/flash_file.h"
#include "daemon/board/journals.h"
#include "daemon/board/observer.h"
#include "daemon/board/radio.h"
#include "daemon/process/alarm.h"
#include "daemon/serial/control_lines.h"
#include "daemon/serial/door.h"
#include "daemon/serial/door_side.h"
#include "daemon/serial/pace.h"
#include "daemon/serial/uart_side.h"
#include "daemon/serial/wire.h"
#include "daemon/sockets/host_sockets.h"
#include "module/module.h"
#include "runtime/turn.h"
#include "sim/wiring.h"

namespace bfq::board {

/// The modules' time: microseconds since the program started.
class ProgramClock {
 public:
  using Steady = std::chrono::steady_clock;
  Instant now() const {
    return Instant(std::chrono::duration_cast<Duration>(Steady::now() - start_));
  }
  Steady::time_point when(Instant at) const { return start_ + at.time_since_epoch(); }

 private:
  Steady::time_point start_ = Steady::now();
};

/// What boards share; it outlives them. The clock is one for all boards of a medium.
struct Surroundings {
  boost::asio::io_context& io;
  const ProgramClock& clock;
  sim::Medium& medium;
  sockets::Neighbourhood& neighbourhood;
  serial::Pace* pace = nullptr;  ///< of those at the speed of baud
};

/// One module and all that it is soldered to: doors for its hosts, a radio, sockets, flash, a
/// clock.
///
/// Whatever feeds the module an input calls settle() next, and nothing else ever waits.
class Board final : private serial::UartSide,
                    private sockets::ModuleSide,
                    private serial::ControlLines {
 public:
  /// `finished` is called when a door at which all has been said ends the program.
  Board(const Surroundings& surroundings, const BoardSetup& setup, std::function<void()> finished);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  const std::string& name() const override { return name_; }
  const std::vector<std::unique_ptr<serial::Door>>& doors() const { return doors_; }
  /// How the module's UART is set.
  const UartFormat& uart_format() const { return uart_format_; }
  /// The hosts that are attached to it.
  std::vector<serial::HostState> hosts() const { return wire_->hosts(uart_format_); }

  // For whoever controls the program, between turns -----------------------------------------------

  const Module& module() const { return module_; }
  /// `observer` must outlive this, or be replaced; null: nobody.
  void observe(Observer* observer) { module_doors_.observe(observer); }
  /// True while bytes move at the rate of the UART.
  bool is_paced() const { return door_side_.is_paced(); }
  bool has_power() const { return has_power_; }
  /// Its radio is in the simulated air.
  bool has_simulated_air() const { return radio_->is_simulated(); }
  /// Takes power away, or gives it back: the module then starts as it does at the program's start.
  /// While it has none, a reset line does nothing.
  void switch_power(bool on);
  /// Restarts a module that has power, as its reset line or its watchdog does.
  void reset(power::Reason reason);
  /// Does that to the connection of a link; false where it has none that is open.
  bool interfere(std::size_t link, sockets::Interference what) {
    return sockets_.interfere(link, what);
  }
  /// What goes wrong at these points from now on, `source` says, which must outlive this or be
  /// replaced.
  void arm_faults(FaultSource* source, std::uint32_t points) { gate_.arm(source, points); }
  /// Something goes wrong within the module itself; it hears nothing while its program does not
  /// run.
  void inject(const faults::Event& fault);
  /// No byte moves at the UART for that time, in either direction.
  void stall_uart(Duration time);
  /// The supply drops for a moment: the module restarts as after power-up, and the chip says
  /// something at a rate of its own first.
  void brown_out();
  /// The last of what went into the module, as a journal; nothing where no black box is kept.
  std::optional<std::vector<std::byte>> recent_journal() const { return journal_.recent(); }
  /// Types these bytes as one more host, which reads nothing and leaves.
  void type(std::string bytes);

 private:
  // UartSide
  std::size_t uart_input(std::span<const std::byte> bytes) override;
  std::span<const std::byte> uart_output() const override;
  std::size_t uart_waiting() const override;
  void uart_sent(std::size_t n) override;
  bool command_under_way() const override;
  bool takes_payload() const override;
  const at::Dialect& dialect() const override { return module_.dialect(); }
  // ModuleSide
  std::size_t link_room(LinkHandle link) const override;
  std::size_t unread_limit(LinkHandle link) const override;
  bool awaits_acknowledgement(LinkHandle link) const override;
  void link_input(LinkHandle link, std::span<const std::byte> bytes) override;
  std::size_t datagram_room(LinkHandle link) const override;
  void datagram_input(LinkHandle link, net::Endpoint sender,
                      std::span<const std::byte> bytes) override;
  net::Outgoing link_output(LinkHandle link) const override;
  void link_sent(LinkHandle link, std::size_t n) override;
  Duration arrival_delay(LinkHandle link, std::size_t bytes) override;
  std::size_t most_at_once(LinkHandle link) const override { return gate_.most_at_once(link.id); }
  std::uint64_t dropped_bytes() const override { return module_.dropped_bytes(); }
  void handle(const Event& event) override;
  sockets::Networks networks() const override;
  // ControlLines
  void hold_in_reset() override;
  void release_from_reset() override;
  void hang_up() override;
  // all of them
  void settle() override;
  void settle_soon() override;

  /// The wire and its doors, as the turn sees them.
  struct WireAdapter {
    Board& board;

    void take(const uart::Request& request, Instant);
    bool drain(auto& /*the wire feeds its UartSide*/, Instant now);
    Deadline next_deadline(Instant now) const;
    void power_off(Instant);
    void chip_has_power(power::Reason reason);
    void module_has_started();
  };
  /// The journal stands outside the observer: what that has fed line by line is one record. What
  /// faults do to the bytes of hosts stands outside both: they see what the module was given.
  using Doors = FaultyTyping<journal::Recorded<Observed<runtime::Doors>>>;
  using BoardTurn = runtime::Turn<Doors, const ProgramClock, WireAdapter, BoardRadio, FaultySockets,
                                  FaultyFlash, sim::Wiring>;

  FlashFile make_flash(const BoardSetup& setup);
  void keep_journals(const BoardSetup& setup);
  std::unique_ptr<serial::Wire> make_wire(const serial::UartPhysics& physics, serial::Pace* pace);
  void time_is_up();
  void take_turn(void (BoardTurn::*kind)());
  void show_state();
  void set_alarm();
  bool all_is_said() const;

  boost::asio::io_context& io_;
  process::Alarm alarm_;
  Deadline armed_;
  std::function<void()> finished_;
  const ProgramClock& clock_;
  std::string name_;
  FaultGate gate_;
  mutable FaultyPrinting printing_{gate_};  ///< a view that is made when it is asked for
  Deadline stalled_until_;                  ///< of the UART
  FlashFile flash_;
  Module module_;
  Doors module_doors_;
  ModuleJournal journal_;
  std::unique_ptr<BoardRadio> radio_;
  sim::Wiring wiring_;
  sockets::HostSockets sockets_;
  bool boot_noise_;
  bool browns_out_ = false;  ///< the next start has noise
  std::unique_ptr<serial::Wire> wire_;
  serial::DoorSide door_side_;
  std::vector<std::unique_ptr<serial::Door>> doors_;
  UartFormat uart_format_{};
  bool shows_state_;  ///< a door has lines that follow the module
  serial::ModuleState shown_{};
  bool settles_soon_ = false;
  bool has_power_ = true;

  WireAdapter uart_{*this};
  FaultySockets network_{sockets_, gate_};
  FaultyFlash faulty_flash_{flash_, gate_};
  runtime::BootTimes boot_times_;
  BoardTurn turn_{module_doors_, clock_,        uart_,   *radio_,
                  network_,      faulty_flash_, wiring_, boot_times_};
};
}  // namespace bfq::board

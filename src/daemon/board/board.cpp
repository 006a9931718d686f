#include "daemon/board/board.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "commands/personalities.h"
#include "daemon/board/faulty_radio.h"
#include "daemon/board/hardware_addresses.h"
#include "daemon/board/state_directory.h"
#include "daemon/process/version.h"
#include "daemon/serial/baud_wire.h"
#include "daemon/serial/doors.h"
#include "daemon/serial/fast_wire.h"
#include "daemon/serial/line_format.h"
#include "daemon/serial/typing_host.h"
#include "daemon/wifi/wireless.h"

namespace bfq::board {
namespace {
// Fidelity (our decision, docs/attaching.md): Where the world asks for boot noise, the chip says
// something at 74880 baud when it gets power or restarts, as an ESP8266 does; a host at another
// rate hears garbage.
constexpr UartFormat kBootFormat{.baud = 74880};

/// As an ESP8266 counts them: 1 power, 2 a reset, 4 the watchdog.
std::string boot_cause(power::Reason reason) {
  switch (reason) {
    case power::Reason::power_on: return "1";
    case power::Reason::watchdog: return "4";
    case power::Reason::command:
    case power::Reason::external:
    case power::Reason::timer: break;
  }
  return "2";
}

std::string own_boot_text(power::Reason reason) {
  switch (reason) {
    case power::Reason::power_on: return "\r\nbfq4004 boot, cause: power\r\n";
    case power::Reason::command: return "\r\nbfq4004 boot, cause: command\r\n";
    case power::Reason::external: return "\r\nbfq4004 boot, cause: reset line\r\n";
    case power::Reason::watchdog: return "\r\nbfq4004 boot, cause: watchdog\r\n";
    case power::Reason::timer: return "\r\nbfq4004 boot, cause: timer\r\n";
  }
  return "";
}

std::string boot_text(const at::Dialect& dialect, power::Reason reason) {
  std::string text(dialect.boot_text.view());
  if (text.empty()) return own_boot_text(reason);
  return text.replace(text.find('%'), 1, boot_cause(reason));
}

MacAddress station_mac(const BoardSetup& setup) {
  if (setup.radio != nullptr) return setup.radio->mac();
  return setup.module.station_mac.value_or(numbered_station_mac(setup.number));
}

MacAddress access_point_mac(const BoardSetup& setup) {
  // A chip's number is the only one that no other board in its air has.
  const MacAddress own = setup.radio != nullptr ? wifi::neighbour_of(setup.radio->mac())
                                                : numbered_access_point_mac(setup.number);
  return setup.module.access_point_mac.value_or(own);
}

std::unique_ptr<BoardRadio> make_radio(const Surroundings& around, const BoardSetup& setup,
                                       std::function<void()> wake) {
  if (setup.radio != nullptr)
    return make_wifi_radio(around.io, *setup.radio, setup.module.name, access_point_mac(setup),
                           std::move(wake));
  return make_simulated_radio(around.medium, station_mac(setup), access_point_mac(setup),
                              setup.module.channels, std::move(wake));
}

/// A personality finds what it stored itself: the default in the module's own file, as ever.
std::string flash_image(const ModuleSpec& module) {
  if (module.personality == commands::kPersonalities.front()) return module.name;
  return module.name + "." + std::string(module.personality->name);
}

Identity identity_of(const BoardSetup& setup) {
  return {.station_mac = station_mac(setup),
          .access_point_mac = access_point_mac(setup),
          .version = process::kVersion,
          .build_time = process::kBuildDate};
}
}  // namespace

Board::Board(const Surroundings& surroundings, const BoardSetup& setup,
             std::function<void()> finished)
    : io_(surroundings.io),
      alarm_(io_, [this] { time_is_up(); }),
      finished_(std::move(finished)),
      clock_(surroundings.clock),
      name_(setup.module.name),
      flash_(make_flash(setup)),
      module_(identity_of(setup), *setup.module.personality),
      module_doors_(module_, this_build(*setup.module.personality)),
      journal_(module_doors_.recorder()),
      radio_(std::make_unique<FaultyRadio>(
          make_radio(surroundings, setup, [this] { settle_soon(); }), gate_)),
      wiring_(surroundings.medium, station_mac(setup)),
      sockets_(io_, *this, setup.policy, surroundings.neighbourhood, setup.network),
      boot_noise_(setup.module.boot_noise),
      wire_(make_wire(setup.module.uart, surroundings.pace)),
      door_side_(io_, name_, setup.module.uart.speed == serial::UartPhysics::Speed::baud,
                 [this] { settle_soon(); }),
      shows_state_(std::any_of(setup.module.doors.begin(), setup.module.doors.end(),
                               [](const serial::DoorSpec& door) {
                                 return door.carrier != serial::DoorSpec::Carrier::on;
                               })) {
  module_doors_.pass_through(gate_);
  wiring_.when_due([this] { settle_soon(); });
  keep_journals(setup);
  for (const serial::DoorSpec& spec : setup.module.doors)
    doors_.push_back(serial::open_door(door_side_, spec));
  for (const auto& door : doors_)
    if (const auto at = door->listens_at()) surroundings.neighbourhood.add_door(*at);
  door_side_.apply(*wire_, *this);
  // A host may open a door before the module has started: its terminal has the module's rate then.
  const Settings factory = dialect().factory_settings(access_point_mac(setup));
  const Stored stored = load_record(flash_.image(), factory).stored;
  uart_.take(uart::Configure{stored.settings.uart}, clock_.now());
  turn_.power_on();
  settle();
}

std::unique_ptr<serial::Wire> Board::make_wire(const serial::UartPhysics& physics,
                                               serial::Pace* pace) {
  serial::UartSide& module = *this;
  if (physics.speed == serial::UartPhysics::Speed::fast)
    return std::make_unique<serial::FastWire>(io_, module);
  return std::make_unique<serial::BaudWire>(
      io_, module, physics, [this] { return clock_.now(); }, pace);
}

FlashFile Board::make_flash(const BoardSetup& setup) {
  const auto wake = [this] { settle(); };
  if (!setup.state_directory || !setup.module.remembers) return FlashFile(io_, wake);
  return FlashFile(io_, wake, make_state_directory(*setup.state_directory), name_,
                   flash_image(setup.module));
}

void Board::keep_journals(const BoardSetup& setup) {
  if (setup.journal_file) journal_.write_to_file(*setup.journal_file);
  if (!setup.has_black_box) return;
  const std::string directory =
      setup.state_directory ? make_state_directory(*setup.state_directory) : temporary_directory();
  journal_.keep_black_box(directory + "/" + name_);
}

// The turn ----------------------------------------------------------------------------------------

void Board::settle() { take_turn(&BoardTurn::settle); }

void Board::time_is_up() {
  armed_ = Deadline::never();
  take_turn(&BoardTurn::time_is_up);
}

void Board::take_turn(void (BoardTurn::*kind)()) {
  turn_.start_if_due();  // a door may have waited for it with attaching its host
  // What doors have noticed takes effect here, and nowhere else: hosts and power stay as they are
  // within a turn.
  door_side_.apply(*wire_, *this);
  (turn_.*kind)();
  if (Observer* const observer = module_doors_.observer()) observer->turn_ended(turn_.last_look());
  show_state();
  set_alarm();
  journal_.flush();
  wire_->end_turn();
  if (all_is_said()) finished_();
}

void Board::show_state() {
  if (!shows_state_) return;
  const Status status = module_.status();
  const serial::ModuleState now{.is_associated = status.associated,
                                .has_link = status.links.front().open};
  if (now == std::exchange(shown_, now)) return;
  for (const auto& door : doors_) door->module_state(now);
}

/// Somebody else's radio, or a change of the air, has something for this one: within their turn, so
/// ours is the next.
void Board::settle_soon() {
  if (settles_soon_) return;
  settles_soon_ = true;
  boost::asio::post(io_, [this] {
    settles_soon_ = false;
    settle();
  });
}

/// One alarm for all that has a deadline, stopped where nothing is due any more: an idle module
/// never wakes up. One that rings too early is set again then: setting it is a system call, and a
/// deadline may move with every piece that is typed.
void Board::set_alarm() {
  const Deadline due = turn_.next_deadline();
  if (due == armed_ || (armed_ < due && !due.is_never())) return;
  armed_ = due;
  if (due.is_never()) return alarm_.stop();
  alarm_.set(clock_.when(due.at()));
}

/// True when a door at which nothing more is typed has been told all that was asked there.
bool Board::all_is_said() const {
  const bool ends =
      std::any_of(doors_.begin(), doors_.end(), [](const auto& door) { return door->finished(); });
  if (!ends || turn_.is_starting() || !wire_->all_typed_is_taken()) return false;
  const Status status = module_.status();
  const bool waits_for_payload = status.activity == Activity::collecting;  // which will never come
  const bool does_nothing =
      status.activity == Activity::idle || status.activity == Activity::asleep;
  return (does_nothing || waits_for_payload) && status.waiting_for_host == 0;
}

// The UART ----------------------------------------------------------------------------------------

void Board::WireAdapter::take(const uart::Request& request, Instant) {
  const UartFormat format = std::get<uart::Configure>(request).format;
  if (format != board.uart_format_)
    board.door_side_.log().info("UART: {} -> {}", serial::describe(board.uart_format_),
                                serial::describe(format));
  board.uart_format_ = format;
  board.wire_->configure(format);
  for (const auto& door : board.doors_) door->configure(format);
}

bool Board::WireAdapter::drain(auto&, Instant now) {
  if (!board.stalled_until_.due(now) && !board.stalled_until_.is_never()) return false;
  board.stalled_until_ = Deadline::never();
  const std::size_t lost = board.printing_.lost_in_front();
  if (lost > 0) board.turn_.uart_sent(lost);
  return board.wire_->drain() || lost > 0;
}

Deadline Board::WireAdapter::next_deadline(Instant) const { return board.stalled_until_; }

void Board::WireAdapter::power_off(Instant) {
  board.printing_.forget();
  board.wire_->module_is_off();
  for (const auto& door : board.doors_) door->module_is_off();
}

void Board::WireAdapter::chip_has_power(power::Reason reason) {
  if (std::exchange(board.browns_out_, false) || board.boot_noise_)
    board.wire_->make_noise(boot_text(board.dialect(), reason), kBootFormat);
}

void Board::WireAdapter::module_has_started() {
  spdlog::info("{} is ready", board.name_);
  for (const auto& door : board.doors_) door->module_is_ready();
}

void Board::hold_in_reset() {
  spdlog::info("{} is held in reset", name_);
  turn_.hold_in_reset(power::Reason::external);
}

void Board::release_from_reset() {
  if (has_power_) turn_.release_reset(power::Reason::external);
}

void Board::switch_power(bool on) {
  if (std::exchange(has_power_, on) == on) return;
  spdlog::info("{}: power {}", name_, on ? "on" : "off");
  on ? turn_.power_on() : turn_.hold_in_reset(power::Reason::power_on);
  settle();
}

void Board::reset(power::Reason reason) {
  if (!has_power_) return;
  spdlog::info("{} is reset", name_);
  turn_.hold_in_reset(reason);
  turn_.release_reset(reason);
  settle();
}

void Board::inject(const faults::Event& fault) {
  std::visit([this](const auto& what) { turn_.handle(what); }, fault);
  settle();
}

void Board::stall_uart(Duration time) {
  stalled_until_ = clock_.now() + time;
  set_alarm();
}

void Board::brown_out() {
  if (!has_power_) return;
  spdlog::info("{}: its supply drops", name_);
  turn_.hold_in_reset(power::Reason::power_on);
  browns_out_ = true;
  turn_.release_reset(power::Reason::power_on);
  settle();
}

void Board::type(std::string bytes) {
  const auto host = std::make_shared<serial::TypingHost>(io_, "control", std::move(bytes));
  door_side_.attach(host);
  door_side_.stop_listening(host);
}

void Board::hang_up() {
  door_side_.log().info("a host has dropped DTR: the module hangs up");
  turn_.handle(uart::HangUp{});
}

// The module, as the wire and the sockets see it --------------------------------------------------

std::size_t Board::uart_input(std::span<const std::byte> bytes) { return turn_.uart_input(bytes); }
std::span<const std::byte> Board::uart_output() const {
  if (!printing_.is_needed()) return turn_.uart_output();
  return printing_.of(turn_.uart_output(), clock_.now());
}
std::size_t Board::uart_waiting() const {
  return printing_.is_needed() ? uart_output().size() : turn_.uart_waiting();
}
void Board::uart_sent(std::size_t n) { turn_.uart_sent(printing_.sent(n)); }
bool Board::command_under_way() const {
  switch (module_.activity()) {
    case Activity::processing:
    case Activity::sending:
    case Activity::restarting: return true;
    case Activity::off: return turn_.is_starting();
    case Activity::idle:
    case Activity::collecting:  // a payload that will never come
    case Activity::passthrough:
    case Activity::asleep: break;
  }
  return false;
}
bool Board::takes_payload() const {
  const Activity activity = module_.activity();
  return activity == Activity::collecting || activity == Activity::passthrough;
}
std::size_t Board::link_room(LinkHandle link) const { return turn_.link_room(link); }
bool Board::awaits_acknowledgement(LinkHandle link) const {
  return turn_.awaits_acknowledgement(link);
}
std::size_t Board::unread_limit(LinkHandle link) const { return turn_.unread_limit(link); }
void Board::link_input(LinkHandle link, std::span<const std::byte> bytes) {
  turn_.link_input(link, bytes);
}
std::size_t Board::datagram_room(LinkHandle link) const { return turn_.datagram_room(link); }
void Board::datagram_input(LinkHandle link, net::Endpoint sender,
                           std::span<const std::byte> bytes) {
  turn_.datagram_input(link, sender, bytes);
}
net::Outgoing Board::link_output(LinkHandle link) const {
  if (network_.is_late(link)) return {};
  return turn_.link_output(link);
}
void Board::link_sent(LinkHandle link, std::size_t n) {
  // A look at the clock costs more than all else here.
  if (gate_.is_armed(FaultPoint::sent) && network_.tells_late(link, n, clock_.now())) return;
  turn_.link_sent(link, n);
}
Duration Board::arrival_delay(LinkHandle link, std::size_t bytes) {
  if (!gate_.is_armed(FaultPoint::arrival)) return Duration::zero();
  const auto mishap = gate_.pass(FaultPoint::arrival, clock_.now(), {link.id, bytes});
  return mishap ? mishap->delay : Duration::zero();
}
void Board::handle(const Event& event) { turn_.handle(event); }
sockets::Networks Board::networks() const { return radio_->networks(); }
}  // namespace bfq::board

#include "daemon/board/board.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/overloaded.h"
#include "commands/bfq4004.h"
#include "daemon/board/hardware_addresses.h"
#include "daemon/board/state_directory.h"
#include "daemon/process/version.h"
#include "daemon/serial/baud_wire.h"
#include "daemon/serial/doors.h"
#include "daemon/serial/fast_wire.h"
#include "daemon/serial/line_format.h"

namespace bfq::board {
namespace {
// Ours: a real module of this family takes some 100 ms from power, or from AT+RST, to "ready".
// Fidelity (our decision, dialect 1.6): `ready` comes 200 ms after power, and 300 ms after AT+RST.
constexpr Duration kPowerOnTakes = 200ms;
constexpr Duration kRestartTakes = 300ms;

// Fidelity (our decision, docs/attaching.md): Where the world asks for boot noise, the chip says
// something at 74880 baud when it gets power or restarts, as an ESP8266 does; a host at another
// rate hears garbage.
constexpr UartFormat kBootFormat{.baud = 74880};

std::string_view boot_text(power::Reason reason) {
  switch (reason) {
    case power::Reason::power_on: return "\r\nbfq4004 boot, cause: power\r\n";
    case power::Reason::command: return "\r\nbfq4004 boot, cause: command\r\n";
    case power::Reason::external: return "\r\nbfq4004 boot, cause: reset line\r\n";
    case power::Reason::watchdog: return "\r\nbfq4004 boot, cause: watchdog\r\n";
  }
  return "";
}

MacAddress station_mac(const BoardSetup& setup) {
  return setup.module.station_mac.value_or(numbered_station_mac(setup.number));
}

MacAddress access_point_mac(const BoardSetup& setup) {
  return setup.module.access_point_mac.value_or(numbered_access_point_mac(setup.number));
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
      medium_(surroundings.medium),
      flash_(make_flash(setup)),
      module_(identity_of(setup), commands::kBfq4004),
      doors_of_module_(module_, this_build()),
      journal_(doors_of_module_),
      radio_(surroundings.medium, station_mac(setup), access_point_mac(setup)),
      sockets_(io_, *this, setup.policy, surroundings.neighbourhood, setup.network),
      boot_noise_(setup.module.boot_noise),
      wire_(make_wire(setup.module.uart)),
      door_side_(io_, name_, setup.module.uart.speed == serial::UartPhysics::Speed::baud,
                 [this] { settle_soon(); }) {
  keep_journals(setup);
  radio_.when_due([this] { settle_soon(); });
  for (const serial::DoorSpec& spec : setup.module.doors)
    doors_.push_back(serial::open_door(door_side_, spec));
  door_side_.apply(*wire_, *this);
  // A host may open a door before the module has started: its terminal has the module's rate then.
  const Settings factory = commands::kBfq4004.factory_settings(access_point_mac(setup));
  configure(load_record(flash_.image(), factory).stored.settings.uart);
  power_off_and_start(power::Reason::power_on, kPowerOnTakes);
  settle();
}

std::unique_ptr<serial::Wire> Board::make_wire(const serial::UartPhysics& physics) {
  serial::UartSide& module = *this;
  if (physics.speed == serial::UartPhysics::Speed::fast)
    return std::make_unique<serial::FastWire>(io_, module);
  return std::make_unique<serial::BaudWire>(io_, module, physics, [this] { return clock_.now(); });
}

FlashFile Board::make_flash(const BoardSetup& setup) {
  const auto tell = [this](const Event& event) {
    handle(event);
    settle();
  };
  if (!setup.state_directory || !setup.module.remembers) return FlashFile(io_, tell);
  return FlashFile(io_, tell, make_state_directory(*setup.state_directory), name_);
}

void Board::keep_journals(const BoardSetup& setup) {
  if (setup.journal_file) journal_.write_to_file(*setup.journal_file);
  if (!setup.has_black_box) return;
  const std::string directory =
      setup.state_directory ? make_state_directory(*setup.state_directory) : temporary_directory();
  journal_.keep_black_box(directory + "/" + name_);
}

// The turn ----------------------------------------------------------------------------------------

void Board::settle() {
  // What doors have noticed takes effect here, and nowhere else: hosts and power stay as they are
  // while anything is drained.
  door_side_.apply(*wire_, *this);
  // What the module says is true by the time that the host reads it: a server has stopped, a link
  // is closed.
  fulfil_requests();
  bool moved = true;
  while (moved) {
    // First what is typed: even where the module takes none of it, it may find that its time is up,
    // and then has something for all the others.
    moved = wire_->drain();
    moved |= fulfil_requests();
    moved |= hear_radio();
    moved |= sockets_.drain();
  }
  set_alarm();
  journal_.flush();
  if (all_is_said()) finished_();
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

bool Board::fulfil_requests() {
  bool any = false;
  while (const auto request = doors_of_module_.next_request()) {
    fulfil(*request);
    any = true;
  }
  return any;
}

void Board::fulfil(const Request& request) {
  std::visit(overloaded{
                 [this](const radio::Request& r) { radio_.take(r, clock_.now()); },
                 [this](const lease::Request& r) { radio_.take(r, clock_.now()); },
                 [this](const net::Request& r) { sockets_.take(r); },
                 [this](const flash::Request& r) { flash_.take(r, module_.flash_output()); },
                 [this](const uart::Configure& r) { configure(r.format); },
                 [this](const power::Restart& r) { power_off_and_start(r.reason, kRestartTakes); },
             },
             request);
}

void Board::configure(const UartFormat& format) {
  if (format != uart_format_)
    door_side_.log().info("UART: {} -> {}", serial::describe(uart_format_),
                          serial::describe(format));
  uart_format_ = format;
  wire_->configure(format);
  for (const auto& door : doors_) door->configure(format);
}

bool Board::hear_radio() {
  bool any = false;
  while (const auto event = radio_.next_event(clock_.now())) {
    handle(*event);
    any = true;
  }
  return any;
}

/// One alarm for all that has a deadline, stopped where nothing is due any more: an idle module
/// never wakes up.
void Board::set_alarm() {
  const Deadline due = earliest({module_.next_deadline(), radio_.next_deadline(), starts_});
  if (due == armed_) return;
  armed_ = due;
  if (due.is_never()) return alarm_.stop();
  alarm_.set(clock_.when(due.at()));
}

void Board::time_is_up() {
  armed_ = Deadline::never();
  const Instant now = clock_.now();
  if (starts_.due(now)) {
    starts_ = Deadline::never();
    flash_.when_at_rest([this] {
      start();
      settle();
    });
  }
  doors_of_module_.advance(clock_.now());  // what has just begun took its time
  settle();
}

/// True when a door at which nothing more is typed has been told all that was asked there.
bool Board::all_is_said() const {
  const bool ends =
      std::any_of(doors_.begin(), doors_.end(), [](const auto& door) { return door->finished(); });
  if (!ends || !starts_.is_never() || !wire_->all_typed_is_taken()) return false;
  const Status status = module_.status();
  const bool waits_for_payload = status.activity == Activity::collecting;  // which will never come
  return (status.activity == Activity::idle || waits_for_payload) && status.waiting_for_host == 0;
}

// Power -------------------------------------------------------------------------------------------

void Board::power_off() {
  sockets_.power_off();
  radio_.power_off(clock_.now());
  flash_.power_off();
  wire_->module_is_off();
  starts_ = Deadline::never();
  for (const auto& door : doors_) door->module_is_off();
}

void Board::power_off_and_start(power::Reason reason, Duration boot_time) {
  power_off();
  if (boot_noise_) wire_->make_noise(boot_text(reason), kBootFormat);
  start_reason_ = reason;
  starts_ = clock_.now() + boot_time;
}

/// What is on its way to the flash arrives there first: the module starts with what is stored.
void Board::start() {
  handle(power::Started{start_reason_, flash_.image()});
  spdlog::info("{} is ready", name_);
  for (const auto& door : doors_) door->module_is_ready();
  fulfil_requests();  // the UART is set up before anything is said
}

// Fidelity (our decision, docs/attaching.md): Held in reset, the module forgets what runs and says
// nothing; let go, it starts as after power-up.
void Board::hold_in_reset() {
  spdlog::info("{} is held in reset", name_);
  handle(power::Reset{power::Reason::external});
  power_off();
}

void Board::release_from_reset() { power_off_and_start(power::Reason::external, kPowerOnTakes); }

// The module, with the time filled in -------------------------------------------------------------

std::size_t Board::uart_input(std::span<const std::byte> bytes) {
  const std::size_t taken = doors_of_module_.uart_input(bytes, clock_.now());
  fulfil_requests();  // before the answer is read, see settle()
  return taken;
}
std::span<const std::byte> Board::uart_output() const { return module_.uart_output(); }
void Board::uart_sent(std::size_t n) { doors_of_module_.uart_sent(n, clock_.now()); }
bool Board::command_under_way() const {
  switch (module_.status().activity) {
    case Activity::processing:
    case Activity::sending:
    case Activity::restarting: return true;
    case Activity::off:
    case Activity::idle:
    case Activity::collecting:  // a payload that will never come
    case Activity::passthrough: break;
  }
  return false;
}
bool Board::takes_payload() const {
  const Activity activity = module_.status().activity;
  return activity == Activity::collecting || activity == Activity::passthrough;
}
std::size_t Board::link_room(LinkHandle link) const { return module_.link_room(link); }
void Board::link_input(LinkHandle link, std::span<const std::byte> bytes) {
  doors_of_module_.link_input(link, bytes, clock_.now());
}
std::size_t Board::datagram_room(LinkHandle link) const { return module_.datagram_room(link); }
void Board::datagram_input(LinkHandle link, net::Endpoint sender,
                           std::span<const std::byte> bytes) {
  doors_of_module_.datagram_input(link, sender, bytes, clock_.now());
}
net::Outgoing Board::link_output(LinkHandle link) const { return module_.link_output(link); }
void Board::link_sent(LinkHandle link, std::size_t n) {
  doors_of_module_.link_sent(link, n, clock_.now());
}
void Board::handle(const Event& event) { doors_of_module_.handle(event, clock_.now()); }

sockets::Networks Board::networks() const {
  const auto virtual_lan =
      [this](const std::optional<sim::Lan>& lan) -> std::optional<sockets::VirtualLan> {
    if (!lan) return std::nullopt;
    const sim::AccessPoint* head = sim::head_of_lan(medium_.air(), lan->access_point);
    return sockets::VirtualLan{.access_point = head != nullptr ? head->bssid : lan->access_point,
                               .address = lan->address,
                               .gateway = lan->gateway,
                               .netmask = lan->netmask,
                               .leads_on = head != nullptr};
  };
  return {.station = virtual_lan(radio_.lan()), .soft_ap = virtual_lan(radio_.own_lan())};
}
}  // namespace bfq::board

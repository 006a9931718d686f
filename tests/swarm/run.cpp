#include "run.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "commands/personalities.h"
#include "lines.h"
#include "violation.h"

namespace bfq::swarm {
namespace {
constexpr net::Endpoint kEcho{Ipv4(127, 0, 0, 1), 7}, kSink{Ipv4(127, 0, 0, 1), 9},
    kWeb{Ipv4(127, 0, 0, 1), 80};
constexpr net::Endpoint kPeers[] = {kEcho, kSink, kWeb};
constexpr std::uint16_t kServerPort = 80;
// What a whole run is made of comes before its steps.
constexpr unsigned kBeforeSteps = 1'000'000, kPersonality = 2'000'000;

/// Whether `part` is left when something is taken out of `all`.
bool is_in_order(std::string_view part, std::string_view all) {
  std::size_t at = 0;
  return std::all_of(part.begin(), part.end(), [&](char c) {
    at = all.find(c, at);
    return at++ != std::string_view::npos;
  });
}
}  // namespace

Run::Run(unsigned seed, const Options& options)
    : seed_(seed),
      options_(options),
      dice_(seed, kBeforeSteps),
      purpose_(1 + dice_.pick(5)),
      junk_most_(std::size_t{1} << dice_.pick(12)),
      likes_several_links_(dice_.one_in(2)),
      world_(personality_of(seed)) {}

const at::Dialect& Run::personality_of(unsigned seed) {
  Dice dice(seed, kPersonality);
  return *commands::kPersonalities[dice.pick(commands::kPersonalities.size())];
}

std::string Run::live(const std::vector<unsigned>& steps) {
  furnish();
  for (const unsigned number : steps) {
    dice_ = Dice(seed_, number);
    if (options_.tells) std::printf("%12s  step %u\n", "", number);
    step();
  }
  dice_ = Dice(seed_, kBeforeSteps + 1);
  come_to_rest();
  check_alive();
  check_memory();
  return history_;
}

void Run::furnish() {
  world_.internet.peers.push_back({.at = kEcho, .echoes = true});
  world_.internet.peers.push_back({.at = kSink});
  world_.internet.peers.push_back({.at = kWeb,
                                   .greeting = "hello",
                                   .reply = dice_.bytes(dice_.some(9000)),
                                   .reply_after = 1 + dice_.some(100),
                                   .closes_after = 1 + dice_.some(3000)});
  world_.internet.web.pages = {{.at = kWeb, .path = "/", .body = std::string(3000, 'w')},
                               {.at = kWeb, .path = "/half", .body = "half", .breaks_after = 2},
                               {.at = kWeb, .path = "/version", .body = "1.0.1"}};
  if (dice_.one_in(2)) world_.internet.web.pages.push_back({.at = kWeb, .path = "/image"});
  if (dice_.one_in(2)) world_.internet.web.update_server = kWeb;
  world_.internet.names = {{"echo.test", kEcho.address}, {"slow.test", std::nullopt}};
  using radio::Security;
  using sim::Dhcp;
  sim::add_access_point(
      world_.air, {.ssid = "no-address", .security = Security::open, .dhcp = Dhcp::is_silent});
  sim::add_access_point(world_.air,
                        {.ssid = "no-answer", .security = Security::open, .dhcp = Dhcp::refuses});
  for (sim::AccessPoint& ap : world_.air.access_points) ap.wps = ap.ssid != "BFQ-OPEN";
  if (dice_.one_in(2)) world_.internet.delay = 5ms;
  world_.boot_times.restart = world_.boot_times.power_on =
      std::chrono::milliseconds(1 + dice_.pick(400));
  if (options_.manner == Manner::watched) {
    world_.host.types_at_once = 1;
    books_ = &world_.doors().keep_books();
  }
  if (options_.journal != nullptr) world_.write_to(*options_.journal);
  world_.power_on();
  world_.pass(1s);
  read();
  free_at_first_ = world_.module().status().free_bytes;
}

void Run::step() {
  if (dice_.one_in(purpose_)) {
    proceed();
    return read();
  }
  switch (dice_.pick(24)) {
    case 0: type(dice_.bytes(dice_.some(junk_most_))); break;
    case 1:
    case 2:
    case 3: pass(); break;
    case 4: change_air(); break;
    case 5:
    case 6: change_peers(); break;
    case 7: change_network(); break;
    case 8: change_host(); break;
    case 9: tell_again(); break;
    case 10: visit(); break;
    case 11:
      if (dice_.one_in(4)) reset();
      if (dice_.one_in(3)) drop_dtr();
      break;
    case 12: change_flash(); break;
    case 13:
      if (dice_.one_in(4)) vanish();
      break;
    case 14:
    case 15: type_payload(); break;
    case 16: dice_.one_in(2) ? hold_pin() : press_button(); break;
    case 17: go_wrong(); break;
    default: type_line();
  }
  read();
}

// The host ----------------------------------------------------------------------------------------

void Run::type(const std::string& bytes) {
  if (options_.tells) tell("types   " + shown(bytes));
  world_.host_types(bytes);
}

std::string Run::spoken(std::string line) const {
  return spoken_by(world_.module().dialect(), std::move(line));
}

void Run::type_line() {
  const std::string line = dice_.one_in(2)
                               ? likely_line(dice_, world_.module().dialect())
                               : line_from_a_row(dice_, world_.module().dialect().commands);
  const std::string typed = dice_.one_in(4) ? mutated(dice_, line) : line;
  type(line_junk(dice_) + typed + line_end(dice_));
}

/// What a host does that wants to get somewhere: join, connect, send.
void Run::proceed() {
  const Status status = world_.module().status();
  const bool linked =
      std::any_of(status.links.begin(), status.links.end(), [](const auto& l) { return l.open; });
  if (status.activity == Activity::passthrough) return type_payload();
  if (status.activity == Activity::collecting && dice_.one_in(2))
    return type(dice_.bytes(std::min<std::size_t>(status.payload_missing, 9000)));
  if (!status.associated) {
    if (dice_.one_in(4))
      type(spoken("AT+CWMODE_CUR=" + std::to_string(dice_.one_in(4) ? 3 : 1)) + "\r\n");
    type(spoken("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"") + "\r\n");
  } else if (!linked || dice_.one_in(6)) {
    begin_link();
  } else {
    return use_link();
  }
  world_.pass(std::chrono::milliseconds(100 + dice_.pick(900)));
}

void Run::begin_link() {
  const net::Endpoint client{Ipv4(10, 44, 1, 9), static_cast<std::uint16_t>(1 + dice_.pick(60000))};
  if (likes_several_links_ && dice_.one_in(4)) {
    type("AT+CIPMUX=1\r\nAT+CIPSERVER=1,80\r\n");
    world_.internet.connect(client, kServerPort, world_.now());
    return;
  }
  if (likes_several_links_ && !world_.module().status().multiple_links) type("AT+CIPMUX=1\r\n");
  const std::string id =
      world_.module().status().multiple_links ? std::to_string(dice_.pick(5)) + ',' : "";
  constexpr const char* kKinds[] = {
      "\"TCP\",\"127.0.0.1\",7", "\"TCP\",\"127.0.0.1\",9",        "\"TCP\",\"127.0.0.1\",80",
      "\"UDP\",\"127.0.0.1\",7", "\"UDP\",\"127.0.0.1\",7,1025,2", "\"UDP\",\"127.0.0.1\",7,1025,1",
      "\"SSL\",\"127.0.0.1\",7"};
  type("AT+CIPSTART=" + id + (dice_.one_in(2) ? kKinds[0] : dice_.one_of(kKinds)) + "\r\n");
}

void Run::use_link() {
  const Status status = world_.module().status();
  if (dice_.one_in(8)) type(status.passive ? "AT+CIPRECVMODE=0\r\n" : "AT+CIPRECVMODE=1\r\n");
  if (status.passive && dice_.one_in(2)) return read_link();
  if (!status.multiple_links && dice_.one_in(3)) return pass_through();
  const std::size_t n = 1 + dice_.some(2047);
  std::size_t id = dice_.pick(5);
  while (!status.links[id].open) id = (id + 1) % 5;
  const std::string link = status.multiple_links ? std::to_string(id) + ',' : "";
  constexpr const char* kSends[] = {
      "AT+CIPSEND=", "AT+CIPSEND=", "AT+CIPSENDEX=", "AT+CIPSENDBUF="};
  type(dice_.one_of(kSends) + link + std::to_string(n) + "\r\n");
  if (dice_.one_in(2)) read();
  if (dice_.one_in(3)) return change_peers();  // in the middle of it
  if (dice_.one_in(4)) world_.pass(std::chrono::milliseconds(dice_.some(50)));
  std::string payload = dice_.bytes(dice_.one_in(5) ? dice_.some(2100) : n);
  if (dice_.one_in(6))
    payload.insert(dice_.some(payload.size()), dice_.one_in(2) ? "\\0" : "\\\\0");
  if (!dice_.one_in(4)) return type(payload);
  const std::size_t half = dice_.some(payload.size());
  type(payload.substr(0, half));
  dice_.one_in(6) ? drop_dtr() : hang_up(status.links[id].remote);
  type(payload.substr(half));
}

/// Asks for what waits, of whatever link.
void Run::read_link() {
  const Status status = world_.module().status();
  std::size_t id = dice_.pick(5);
  for (std::size_t i = 0; i < 5 && status.links[id].unread == 0; ++i) id = (id + 1) % 5;
  const std::string link = status.multiple_links ? std::to_string(id) + ',' : "";
  const std::size_t n = dice_.one_in(2) ? limits::kPayload : 1 + dice_.some(2047);
  type("AT+CIPRECVDATA=" + link + std::to_string(n) + "\r\n");
}

/// A peer says something and goes, while a payload is typed for it: until that is complete both
/// wait, as nothing may be printed.
void Run::hang_up(net::Endpoint peer) {
  const bool resets = dice_.one_in(3);
  tell(resets ? "peer    speaks and resets" : "peer    speaks and closes");
  world_.internet.send(peer, dice_.bytes(1 + dice_.some(3000)), world_.now());
  resets ? world_.internet.reset(peer) : world_.internet.close(peer, world_.now());
  world_.settle();
  if (dice_.one_in(2)) world_.pass(std::chrono::milliseconds(dice_.some(300)));
}

/// The host hangs up, with all that the module has not taken yet.
void Run::drop_dtr() {
  tell("DTR drops");
  world_.forget_typed();
  read();
  world_.tell(uart::HangUp{});
}

void Run::pass_through() {
  type("AT+CIPMODE=1\r\nAT+CIPSEND\r\n");
  for (std::size_t i = dice_.pick(4); i > 0; --i) {
    type(dice_.bytes(dice_.some(3000)));
    world_.pass(std::chrono::milliseconds(dice_.pick(60)));
  }
  if (dice_.one_in(6)) drop_dtr();
}

/// Something for a payload that may be wanted: bytes, an escape, or lines that must not be run.
void Run::type_payload() {
  switch (dice_.pick(7)) {
    case 0:
    case 1: return escape();
    case 2: type("AT\r\n+++\r\n> \r\nOK\r\n"); break;
    case 3: type(std::string(1 + dice_.pick(6), '+')); break;
    default: type(dice_.bytes(dice_.some(2100)));
  }
}

void Run::escape() {
  world_.pass(25ms);
  read();
  type("+++");
  world_.pass(std::chrono::milliseconds(dice_.pick(60)));
}

/// Reads a little now and then, while more comes than it reads.
void Run::nibble() {
  tell("host nibbles");
  world_.host.reads = true;
  for (std::size_t i = 2 + dice_.pick(8); i > 0; --i) {
    world_.host.appetite = 1 + dice_.some(2500);
    world_.internet.send(kEcho, dice_.bytes(dice_.some(3000)), world_.now());
    world_.settle();
    world_.pass(std::chrono::milliseconds(dice_.pick(30)));
  }
}

void Run::change_host() {
  if (dice_.one_in(3)) return nibble();
  world_.host.reads = dice_.one_in(2);
  world_.host.appetite = dice_.one_in(2) ? SIZE_MAX : dice_.some(3000);
  const std::size_t at_once = dice_.one_in(2) ? 1 : SIZE_MAX;
  if (options_.manner == Manner::watched) world_.host.reads_at_once = at_once;
  tell(world_.host.reads ? "host reads" : "host stops");
  world_.settle();
  if (!world_.host.reads && dice_.one_in(4)) pass_long();
}

/// It goes, with all that it has not sent, and another one comes who reads what there is.
void Run::vanish() {
  tell("host vanishes");
  world_.forget_typed();
  world_.host.reads = false;
  world_.pass(std::chrono::seconds(dice_.some(30)));
  world_.host.reads = true;
  world_.host.appetite = SIZE_MAX;
  world_.settle();
}

void Run::read() {
  const std::string printed = world_.printed();
  if (options_.tells && !printed.empty()) tell("prints  " + shown(printed));
  history_ += std::to_string(world_.now().time_since_epoch().count()) + printed;
}

// Time --------------------------------------------------------------------------------------------

void Run::pass() {
  Duration d{};
  switch (dice_.pick(5)) {
    case 0: d = std::chrono::microseconds(dice_.some(1'000'000)); break;
    case 1: d = std::chrono::milliseconds(dice_.some(40)); break;
    case 2: d = std::chrono::milliseconds(dice_.some(2000)); break;
    case 3:
      tell("oversleeps");
      return world_.oversleep(std::chrono::milliseconds(dice_.some(30'000)));
    default: d = std::chrono::milliseconds(dice_.some(900'000));
  }
  tell("passes  " + std::to_string(d.count()) + " us");
  world_.pass(d);
}

/// A host that is away for long while the world goes on.
void Run::pass_long() {
  for (std::size_t i = dice_.pick(6); i > 0; --i) {
    world_.pass(std::chrono::seconds(dice_.some(300)));
    if (dice_.one_in(2)) change_air();
    if (dice_.one_in(2)) change_peers();
  }
}

// The world ---------------------------------------------------------------------------------------

void Run::change_air() {
  auto& present = world_.air.access_points;
  if (present.empty() || (!lost_.empty() && !dice_.one_in(3))) {
    tell("regains " + lost_.back().ssid);
    present.push_back(lost_.back());
    lost_.pop_back();
  } else {
    const auto at = present.begin() +
                    static_cast<std::ptrdiff_t>(dice_.one_in(2) ? 0 : dice_.pick(present.size()));
    tell("loses   " + at->ssid);
    lost_.push_back(*at);
    present.erase(at);
  }
  if (!present.empty()) {
    const sim::Dhcp moods[] = {sim::Dhcp::answers, sim::Dhcp::answers, sim::Dhcp::is_silent,
                               sim::Dhcp::refuses};
    present[dice_.one_in(2) ? present.size() - 1 : dice_.pick(present.size())].dhcp =
        dice_.one_of(moods);
  }
  world_.air.delays.associate = std::chrono::milliseconds(dice_.some(20'000));
  world_.air.delays.address = std::chrono::milliseconds(dice_.some(20'000));
  world_.settle();
}

void Run::change_peers() {
  const net::Endpoint at = dice_.one_of(kPeers);
  sim::FarHost& peer = *world_.internet.find_peer(at);
  const std::size_t what = dice_.pick(8);
  tell("peer    " + std::to_string(at.port) + " does " + std::to_string(what));
  switch (what) {
    case 0: world_.internet.close(at, world_.now()); break;
    case 1: world_.internet.reset(at); break;
    case 2: peer.reads = !peer.reads; break;
    case 3: peer.answer = static_cast<sim::FarHost::Answer>(dice_.pick(3)); break;
    case 4: peer.resets_after = 1 + dice_.some(3000); break;
    default: world_.internet.send(at, dice_.bytes(dice_.some(9000)), world_.now());
  }
  world_.settle();
}

void Run::change_network() {
  sim::Internet& net = world_.internet;
  net.stalled = dice_.one_in(2);
  const std::size_t pieces[] = {1, 2, 7, 100, 1461, SIZE_MAX};
  net.most_at_once = dice_.one_of(pieces);
  net.connect_takes = std::chrono::milliseconds(dice_.some(30'000));
  net.resolve_takes = std::chrono::milliseconds(dice_.some(20'000));
  net.exhausted = dice_.one_in(12);
  net.delay = std::chrono::milliseconds(dice_.one_in(2) ? 5 : dice_.some(2000));
  tell(net.stalled ? "network stalls" : "network flows");
  world_.settle();
}

/// Clients, datagrams, stations; a datagram that the network could not send.
void Run::visit() {
  const net::Endpoint from{Ipv4(10, 44, 1, 9), static_cast<std::uint16_t>(50000 + dice_.pick(10))};
  const MacAddress mac{{2, 0, 0, 0, 1, static_cast<std::uint8_t>(dice_.pick(10))}};
  const std::size_t what = dice_.pick(9);
  tell("visit   " + std::to_string(what));
  switch (what) {
    case 0: world_.internet.connect(from, kServerPort, world_.now()); break;
    case 1:
    case 2:
      world_.internet.send_datagram(from, 0, dice_.bytes(1 + dice_.some(2047)), world_.now());
      break;
    case 3: world_.radio().station_joins(mac, Ipv4(192, 168, 4, mac.bytes[5]), world_.now()); break;
    case 4: world_.radio().station_leaves(mac, world_.now()); break;
    case 5: world_.internet.send(from, dice_.bytes(1 + dice_.some(4000)), world_.now()); break;
    case 6:
      world_.internet.mqtt.publish("a/b", dice_.bytes(dice_.some(4000)), world_.internet,
                                   world_.now());
      break;
    case 7:
      if (dice_.one_in(3)) world_.internet.mqtt.drop(world_.internet, world_.now());
      break;
    default:
      for (const LinkHandle link : world_.internet.links())
        if (world_.internet.carries_datagrams(link)) world_.tell(net::SendFailed{link});
  }
  world_.settle();
}

/// Something outside holds a pin, or lets it go; pin 4 is the one that likely lines are about.
void Run::hold_pin() {
  const pins::Level levels[] = {pins::Level::open, pins::Level::low, pins::Level::high};
  const auto pin = static_cast<std::uint8_t>(dice_.one_in(3) ? dice_.pick(pins::kPins) : 4);
  const pins::Level level = dice_.one_of(levels);
  if (dice_.one_in(6)) {
    const auto value = static_cast<std::uint16_t>(dice_.some(pins::kMostMeasured));
    tell("the analog input reads " + std::to_string(value));
    return world_.apply(sim::SetAnalogInput{world_.module().identity().station_mac, value});
  }
  tell("pin " + std::to_string(pin) + " is held " + std::to_string(static_cast<int>(level)));
  world_.apply(sim::SetPin{world_.module().identity().station_mac, pin, level});
}

void Run::press_button() {
  if (dice_.one_in(3)) {
    const char* networks[] = {"BFQ-LAB", "NOBODY"};
    const sim::PhoneSends sends{
        dice_.one_in(3) ? radio::PhoneMethod::airkiss : radio::PhoneMethod::esptouch,
        dice_.one_of(networks), "bfq4004-lab"};
    tell("a phone sends " + sends.ssid);
    return world_.apply(sends);
  }
  const auto& present = world_.medium().air().access_points;
  if (present.empty()) return;
  const sim::AccessPoint& ap = present[dice_.pick(present.size())];
  tell("presses the button of " + ap.ssid);
  world_.apply(sim::PressButton{ap.bssid});
}

/// Answers that come twice, or too late. Power, flash and clients keep their word, and so does what
/// keeps unread bytes, counts those that are acknowledged, or hands messages over.
void Run::tell_again() {
  const auto& told = world_.told();
  if (told.empty()) return;
  const Event event = told[dice_.pick(told.size())];
  if (std::holds_alternative<power::Started>(event) ||
      std::holds_alternative<power::Reset>(event) || std::holds_alternative<net::Incoming>(event) ||
      std::holds_alternative<net::Unread>(event) ||
      std::holds_alternative<net::Acknowledged>(event) ||
      std::holds_alternative<mqtt::Message>(event) || std::holds_alternative<mqtt::Bytes>(event))
    return;
  tell("hears again event " + std::to_string(event.index()));
  world_.tell(event);
  world_.settle();
}

// Flash and power ---------------------------------------------------------------------------------

void Run::change_flash() {
  switch (dice_.pick(6)) {
    case 0: return scramble_flash();
    case 1:
    case 2: return cut_power_while_writing();
    default:
      world_.flash.fails = dice_.one_in(2);
      world_.flash.takes = std::chrono::milliseconds(dice_.some(5000));
      tell(world_.flash.fails ? "flash fails" : "flash works");
  }
}

/// Any flash image boots.
void Run::scramble_flash() {
  auto& image = world_.flash.bytes;
  switch (dice_.pick(4)) {
    case 0: std::fill(image.begin(), image.end(), static_cast<std::byte>(dice_.pick(256))); break;
    case 1:
      for (std::byte& b : image) b = static_cast<std::byte>(dice_.pick(256));
      break;
    default:
      for (std::size_t i = 1 + dice_.pick(20); i > 0; --i)
        image[dice_.pick(2) * flash::kSlotSize + dice_.pick(kLargestRecord)] ^=
            static_cast<std::byte>(1U << dice_.pick(8));
  }
  tell("flash is scrambled, power is cut");
  if (books_ != nullptr) books_->flash_was_changed();
  world_.forget_typed();
  read();
  world_.power_cut();
}

void Run::cut_power_while_writing() {
  world_.flash.cut_after = dice_.pick(kLargestRecord);
  constexpr const char* kWrites[] = {
      "AT+CWMODE_DEF=3", "AT+CWMODE_DEF=1", "AT+UART_DEF=9600,8,1,0,0",
      "AT+CWAUTOCONN=0", "AT+CWAUTOCONN=1", "AT+CWJAP_DEF=\"BFQ-LAB\",\"bfq4004-lab\"",
      "AT+RESTORE"};
  type(std::string(dice_.one_of(kWrites)) + "\r\n");
  if (dice_.one_in(2)) world_.pass(std::chrono::milliseconds(dice_.some(20)));
  tell("power is cut");
  world_.forget_typed();
  read();
  world_.power_cut();
  world_.flash.cut_after.reset();
}

void Run::reset() {
  tell("reset line");
  world_.forget_typed();
  read();
  dice_.one_in(3) ? world_.power_cut() : world_.reset();
}

// The end -----------------------------------------------------------------------------------------

void Run::come_to_rest() {
  tell("--- quiet");
  world_.host.reads = true;
  world_.host.appetite = SIZE_MAX;
  world_.flash.fails = false;
  world_.flash.takes = 2ms;
  world_.internet.stalled = world_.internet.exhausted = false;
  world_.internet.most_at_once = SIZE_MAX;
  world_.internet.connect_takes = world_.internet.resolve_takes = 10ms;
  world_.air.delays = {};
  for (sim::FarHost& peer : world_.internet.peers) peer.reads = true;
  for (const auto& ap : lost_) world_.air.access_points.push_back(ap);
  world_.settle();
  read();
  inject(faults::Recover{});
  rest();
  type("\r\n");  // ends what was left of a line, which may be any command
  rest();
  type("AT+CIPRECVMODE=0\r\n");
  rest();
  check_received();
  if (books_ != nullptr) books_->check_at_rest();
}

/// After quiet, and an escape where one is wanted, nothing goes on. Who sleeps is woken.
void Run::rest() {
  world_.pass(100s);
  read();
  const Activity before = world_.module().status().activity;
  if (before == Activity::off || before == Activity::asleep) {
    reset();
    world_.pass(100s);
    read();
  }
  demand(world_.untyped() == 0, "the module takes nothing more");
  const Activity activity = world_.module().status().activity;
  if (activity == Activity::collecting || activity == Activity::passthrough) {
    type("+++");
    world_.pass(1s);
    read();
  }
  // A text is not ended by +++, which is a part of it; each other payload is.
  const bool has_texts = at::find(world_.module().dialect().commands, "+MQTTPUBRAW") != nullptr;
  if (has_texts && world_.module().status().activity == Activity::collecting) {
    type(std::string(world_.module().status().payload_missing, 'x'));
    world_.pass(100s);
    read();
  }
  demand(world_.module().status().activity == Activity::idle, "something goes on for ever");
}

/// What came by a link has reached the module, in order: all of it where the module has not closed
/// the link. Of datagrams, a read of passive receive may have left something out.
void Run::check_received() {
  world_.pass(100s);  // what had to wait for a payload may have its delay before it still
  read();
  demand(world_.internet.at_rest(), "something waits for the module and never comes");
  for (const sim::Connection& c : world_.internet.connections())
    demand(c.carries_datagrams() ? is_in_order(c.received, c.came) : c.came.starts_with(c.received),
           "a link's bytes come in another order");
}

void Run::check_alive() {
  type(line_junk(dice_) + "AT\r\n");
  const std::string printed = world_.printed();
  if (options_.tells) tell("prints  " + shown(printed));
  history_ += printed;
  demand(printed.ends_with("\r\nOK\r\n"), "AT is not answered with OK: ", Shown{printed});
}

/// Whatever happened, nothing is held for good, here or by the network.
void Run::check_memory() {
  type("AT+CIPSERVER=0\r\n");
  world_.pass(1s);
  type(world_.module().status().multiple_links ? "AT+CIPCLOSE=5\r\n" : "AT+CIPCLOSE\r\n");
  world_.pass(1s);
  type(spoken("AT+CWMODE_CUR=2") + "\r\n");
  world_.pass(1s);
  history_ += world_.printed();
  const std::size_t free = world_.module().status().free_bytes;
  demand(world_.internet.links().empty(), "the network was never told that a link is closed");
  demand(free == free_at_first_, "memory is lost: " + std::to_string(free_at_first_) +
                                     " bytes were free, now " + std::to_string(free));
}

void Run::tell(const std::string& what) {
  if (!options_.tells) return;
  std::printf("%12lld  %s\n", static_cast<long long>(world_.now().time_since_epoch().count()),
              what.c_str());
  std::fflush(stdout);
}

}  // namespace bfq::swarm

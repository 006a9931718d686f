// What a turn does in which order, and that nothing is fed to a module in the middle of one.
#include "runtime/turn.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "commands/bfq4004.h"

namespace bfq::runtime {
namespace {

/// A part of a board that says in which order it is asked, and does at that what a test wants.
struct Part {
  std::vector<std::string>& log;
  std::string name;
  std::function<void()> on_look = [] {};
  std::function<void()> on_take = [] {};
  std::deque<Event> events{};

  void take(const auto&, Instant) {
    log.push_back(name + " takes");
    on_take();
  }
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  void power_off(Instant) { log.push_back(name + " off"); }

 protected:
  void look() {
    log.push_back(name);
    on_look();
  }
};

struct Uart : Part {
  std::string typed{}, printed{};

  bool drain(auto& module, Instant) {
    look();
    const std::size_t taken = module.uart_input(std::as_bytes(std::span(typed)));
    typed.erase(0, taken);
    const auto out = module.uart_output();
    printed.append(reinterpret_cast<const char*>(out.data()), out.size());
    const bool moved = taken > 0 || !out.empty();
    if (!out.empty()) module.uart_sent(out.size());
    return moved;
  }
  void chip_has_power(power::Reason) { log.push_back("chip has power"); }
  void module_has_started() { log.push_back("module has started"); }
};

struct Radio : Part {
  std::optional<Event> next_event(Instant) {
    look();
    if (events.empty()) return std::nullopt;
    const Event event = events.front();
    events.pop_front();
    return event;
  }
};

struct Network : Part {
  bool drain(auto& module, Instant) {
    look();
    const bool any = !events.empty();
    for (; !events.empty(); events.pop_front()) module.handle(events.front());
    return any;
  }
};

struct Flash : Radio {
  bool rests = true;
  std::vector<std::byte> bytes = std::vector<std::byte>(flash::kImageSize, flash::kErased);

  void take(const flash::Request& request, std::span<const std::byte>, Instant) {
    log.push_back(name + " takes");
    const Ticket ticket = std::visit([](const auto& r) { return r.ticket; }, request);
    events.push_back(flash::Done{ticket});
  }
  bool at_rest() const { return rests; }
  std::span<const std::byte> image() const { return bytes; }
};

struct Clock {
  Instant time{};
  Instant now() const { return time; }
};

class ATurn : public ::testing::Test {
 protected:
  /// Gives the module power, and lets it start.
  void start() {
    turn.power_on();
    clock.time += boot_times.power_on;
    turn.time_is_up();
    ASSERT_EQ(uart.printed, "\r\nready\r\n");
    log.clear();
  }
  std::string type(const std::string& line) {
    uart.printed.clear();
    uart.typed = line + "\r\n";
    turn.settle();
    return uart.printed;
  }

  std::vector<std::string> log;
  Clock clock;
  Module module{{}, commands::kBfq4004};
  Doors doors{module};
  Uart uart{{log, "uart"}};
  Radio radio{{log, "radio"}};
  Network network{{log, "network"}};
  Flash flash{{{log, "flash"}}};
  Radio pins{{log, "pins"}};
  BootTimes boot_times;
  Turn<Doors, Clock, Uart, Radio, Network, Flash, Radio> turn{doors,   clock, uart, radio,
                                                              network, flash, pins, boot_times};
};

using Log = std::vector<std::string>;

TEST_F(ATurn, stage_everything_until_nothing_moves_with_the_uart_first) {
  start();
  turn.settle();
  EXPECT_EQ(log, (Log{"uart", "radio", "network", "flash", "pins"}));
  log.clear();
  type("AT+CWJAP_CUR=\"a\",\"b\"");
  EXPECT_EQ(log, (Log{"uart", "radio takes", "radio", "network", "flash", "pins",  //
                      "uart", "radio", "network", "flash", "pins"}));
}

TEST_F(ATurn, goes_on_while_one_thing_leads_to_another) {
  start();
  const std::string reply = type("ATE0\r\nAT+CWMODE_DEF=3");
  EXPECT_TRUE(reply.ends_with("\r\nOK\r\n\r\nOK\r\n")) << reply;  // erased, programmed, answered
}

TEST_F(ATurn, has_a_deadline_only_where_something_is_due) {
  EXPECT_TRUE(turn.next_deadline().is_never());
  turn.power_on();
  EXPECT_EQ(turn.next_deadline(), Deadline(clock.time + boot_times.power_on));
  start();
  EXPECT_TRUE(turn.next_deadline().is_never());
  type("AT+CWJAP_CUR=\"a\",\"b\"");
  EXPECT_EQ(turn.next_deadline(), Deadline(clock.time + 15s));
}

TEST_F(ATurn, starts_the_module_with_what_is_stored) {
  flash.rests = false;
  turn.power_on();
  clock.time += boot_times.power_on;
  turn.time_is_up();
  EXPECT_EQ(uart.printed, "");
  EXPECT_TRUE(turn.next_deadline().is_never()) << "it would spin";
  EXPECT_TRUE(turn.is_starting());
  flash.rests = true;
  turn.settle();
  EXPECT_EQ(uart.printed, "\r\nready\r\n");
  EXPECT_FALSE(turn.is_starting());
}

TEST_F(ATurn, can_start_the_module_before_anything_is_carried) {
  turn.power_on();
  turn.start_if_due();
  EXPECT_TRUE(turn.is_starting());
  clock.time += boot_times.power_on;
  log.clear();
  turn.start_if_due();
  EXPECT_FALSE(turn.is_starting());
  EXPECT_EQ(log, (Log{"module has started", "uart takes", "pins takes"}));
  turn.settle();
  EXPECT_EQ(uart.printed, "\r\nready\r\n");
}

TEST_F(ATurn, restarts_when_the_module_asks) {
  start();
  type("AT+RST");
  const Log power_cycle{"network off", "radio off", "flash off",
                        "pins off",    "uart off",  "chip has power"};
  EXPECT_NE(std::search(log.begin(), log.end(), power_cycle.begin(), power_cycle.end()), log.end());
  EXPECT_EQ(turn.next_deadline(), Deadline(clock.time + boot_times.restart));
  clock.time += boot_times.restart;
  turn.time_is_up();
  EXPECT_TRUE(uart.printed.ends_with("\r\nready\r\n"));
}

TEST_F(ATurn, stays_off_while_it_is_held_in_reset) {
  start();
  turn.hold_in_reset(power::Reason::external);
  EXPECT_EQ(type("AT"), "");
  EXPECT_TRUE(turn.next_deadline().is_never());
  turn.release_reset(power::Reason::external);
  clock.time += boot_times.power_on;
  turn.time_is_up();
  EXPECT_EQ(uart.printed, "\r\nready\r\n");
}

TEST_F(ATurn, lets_the_module_sleep_and_starts_it_again) {
  start();
  EXPECT_TRUE(type("AT+GSLP=1000").ends_with("1000\r\n\r\nOK\r\n"));
  EXPECT_EQ(std::count(log.begin(), log.end(), "chip has power"), 0);
  EXPECT_EQ(type("AT"), "");
  EXPECT_TRUE(turn.is_starting());
  EXPECT_EQ(turn.next_deadline(), Deadline(clock.time + 1s));
  clock.time += 1s;
  turn.time_is_up();
  EXPECT_EQ(std::count(log.begin(), log.end(), "chip has power"), 1);
  EXPECT_EQ(uart.printed, "");
  clock.time += boot_times.power_on;
  turn.time_is_up();
  EXPECT_EQ(uart.printed, "\r\nready\r\n");
}

TEST_F(ATurn, wakes_a_module_that_sleeps_by_its_reset_line) {
  start();
  type("AT+GSLP=1000");
  turn.hold_in_reset(power::Reason::external);
  EXPECT_TRUE(turn.next_deadline().is_never());
  turn.release_reset(power::Reason::external);
  EXPECT_EQ(turn.next_deadline(), Deadline(clock.time + boot_times.power_on));
}

using ATurnDeathTest = ATurn;

TEST_F(ATurnDeathTest, does_not_begin_within_another) {
  start();
  for (Part* part :
       {static_cast<Part*>(&uart), static_cast<Part*>(&radio), static_cast<Part*>(&network),
        static_cast<Part*>(&flash), static_cast<Part*>(&pins)}) {
    part->on_look = [this] { turn.settle(); };
    EXPECT_DEATH(turn.settle(), "stage_ == Stage::between") << part->name;
    part->on_look = [this] { turn.hold_in_reset(power::Reason::external); };
    EXPECT_DEATH(turn.settle(), "stage_ == Stage::between") << part->name;
    part->on_look = [] {};
  }
}

TEST_F(ATurnDeathTest, is_fed_by_nobody_but_the_one_that_it_looks_at) {
  start();
  const std::byte typed{'A'};
  radio.on_look = [&] { turn.uart_input({&typed, 1}); };
  EXPECT_DEATH(turn.settle(), "stage_ == stage");
  radio.on_look = [] {};
  uart.on_look = [this] { turn.handle(net::Closed{}); };
  EXPECT_DEATH(turn.settle(), "stage_ == stage");
  uart.on_look = [] {};
  radio.on_take = [this] { turn.handle(radio::Lost{}); };
  EXPECT_DEATH(type("AT+CWJAP_CUR=\"a\",\"b\""), "stage_ == stage");
}
}  // namespace
}  // namespace bfq::runtime

// The whole module in a world whose power goes away in the middle of a write: what comes back is
// what was set before or what was being set, with its count of writes, and never anything else.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "commands/bfq4004.h"
#include "sim/world.h"

namespace bfq::sim {
namespace {
struct Change {
  std::string before, command;
  Key key{};
};

const std::vector<Change>& changes() {
  static const std::vector<Change> all = {
      {"AT+CWMODE_DEF=2", "AT+CWMODE_DEF=3", Key::mode},
      {"AT+UART_DEF=115200,8,1,0,3", "AT+UART_DEF=9600,7,3,2,1", Key::uart},
      {"AT+CWSAP_DEF=\"one\",\"password1\",5,3", "AT+CWSAP_DEF=\"another\",\"password2\",11,4,3,1",
       Key::soft_ap},
      {"AT+CWAUTOCONN=0", "AT+CWAUTOCONN=1", Key::auto_connect},
      {"AT+CIPSTA_DEF=\"10.1.2.3\"", "AT+CIPSTA_DEF=\"10.44.1.9\",\"10.44.1.1\",\"255.255.255.0\"",
       Key::station_address},
  };
  return all;
}

/// A module with softAP and station, whose settings have been written an odd or an even number of
/// times.
class Bench {
 public:
  explicit Bench(const Change& change, bool other_slot) {
    world.power_on();
    world.pass(1s);
    type("ATE0");
    type("AT+CWMODE_DEF=3");
    if (other_slot) type("AT+CWDHCP_DEF=0,0");
    EXPECT_EQ(type(change.before), "\r\nOK\r\n");
  }
  std::string type(const std::string& line) {
    world.host_types(line + "\r\n");
    world.pass(1s);
    return world.printed();
  }
  Settings stored() { return world.module().memory().stored(); }
  WriteCounts writes() { return world.module().status().writes; }
  void cut_and_start() {
    world.power_cut();
    world.flash.cut_after.reset();
    world.pass(1s);
    type("ATE0");
  }
  World world{commands::kBfq4004};
};

class PowerCut : public ::testing::TestWithParam<std::tuple<std::size_t, bool>> {};

TEST_P(PowerCut, at_any_byte_leaves_the_old_or_the_new_settings) {
  const auto& [index, other_slot] = GetParam();
  const Change& change = changes()[index];
  const auto key = static_cast<std::size_t>(change.key);
  Bench done(change, other_slot);
  EXPECT_EQ(done.type(change.command), "\r\nOK\r\n");
  std::size_t old_times = 0, new_times = 0;
  for (std::size_t at = 0; at <= kLargestRecord; ++at) {
    Bench bench(change, other_slot);
    const Settings before = bench.stored();
    const WriteCounts writes_before = bench.writes();
    bench.world.flash.cut_after = at;
    EXPECT_EQ(bench.type(change.command), "") << "no answer without power";
    bench.cut_and_start();
    const bool is_old = bench.stored() == before, is_new = bench.stored() == done.stored();
    ASSERT_TRUE(is_old != is_new) << "cut after " << at << " bytes";
    EXPECT_EQ(bench.world.module().status().flash, FlashCondition::sound) << at;
    EXPECT_EQ(bench.writes()[key], writes_before[key] + (is_new ? 1U : 0U)) << at;
    (is_old ? old_times : new_times) += 1;
    // The next write succeeds, wherever the last one ended.
    EXPECT_EQ(bench.type(change.command), "\r\nOK\r\n");
    bench.cut_and_start();
    EXPECT_EQ(bench.stored(), done.stored());
    EXPECT_EQ(bench.writes()[key], writes_before[key] + 1U) << at;
  }
  EXPECT_GT(old_times, 100U);
  EXPECT_GT(new_times,
            100U);  // the record is shorter than that: a cut behind its end costs nothing
}

INSTANTIATE_TEST_SUITE_P(every_key, PowerCut,
                         ::testing::Combine(::testing::Range<std::size_t>(0, 5),
                                            ::testing::Bool()));

/// A new module has nothing to go back to but the factory's settings.
TEST(PowerCuts, in_the_first_write_of_all_leave_all_or_nothing_of_it) {
  const std::string command =
      "AT+CIPSTA_DEF=\"10.1.2.3\"";  // two keys: the address, and that DHCP is off
  const auto written = [&] {
    World world(commands::kBfq4004);
    world.power_on();
    world.pass(1s);
    const Settings factory = world.module().memory().stored();
    world.host_types(command + "\r\n");
    world.pass(1s);
    return std::pair(factory, world.module().memory().stored());
  }();
  for (std::size_t at = 0; at <= kLargestRecord; ++at) {
    World world(commands::kBfq4004);
    world.power_on();
    world.pass(1s);
    world.flash.cut_after = at;
    world.host_types(command + "\r\n");
    world.pass(1s);
    world.power_cut();
    world.pass(1s);
    const Settings found = world.module().memory().stored();
    ASSERT_TRUE(found == written.first || found == written.second)
        << "cut after " << at << " bytes";
  }
}

TEST(PowerCuts, in_the_middle_of_an_erase_keep_the_old_settings) {
  for (std::size_t n = 0; n <= flash::kSlotSize; n += 8) {
    Bench bench(changes()[0], false);
    const Settings before = bench.stored();
    const auto old_slot = load_record(bench.world.flash.bytes, Settings{}).slot;
    for (std::size_t i = 0; i < n; ++i)
      bench.world.flash.bytes[(1U - old_slot) * flash::kSlotSize + i] = std::byte{0xff};
    bench.cut_and_start();
    EXPECT_EQ(bench.stored(), before) << n;
  }
}

TEST(PowerCuts, counts_of_writes_go_on_over_restarts_and_restore) {
  Bench bench(changes()[0], false);
  const auto mode = static_cast<std::size_t>(Key::mode);
  const std::uint32_t first = bench.writes()[mode];
  EXPECT_EQ(bench.type("AT+CWMODE_DEF=2"), "\r\nOK\r\n");  // as it is: nothing is written
  EXPECT_EQ(bench.writes()[mode], first);
  bench.type("AT+CWMODE_DEF=1");
  bench.type("AT+RST");
  EXPECT_EQ(bench.writes()[mode], first + 1);
  bench.type("ATE0");
  bench.type("AT+CWMODE_DEF=3");
  bench.type("AT+RESTORE");
  EXPECT_EQ(bench.writes()[mode], first + 3);
  EXPECT_EQ(bench.stored().mode, 1);
}

TEST(PowerCuts, a_failing_flash_answers_ERROR_and_keeps_the_old_settings) {
  Bench bench(changes()[0], false);
  const Settings before = bench.stored();
  bench.world.flash.fails = true;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bench.type("AT+CWMODE_DEF=3"), "\r\nERROR\r\n");
  EXPECT_EQ(bench.stored(), before);
  EXPECT_EQ(bench.world.module().settings(), before);
  bench.cut_and_start();
  EXPECT_EQ(bench.stored(), before);
}
}  // namespace
}  // namespace bfq::sim

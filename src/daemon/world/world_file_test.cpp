#include "daemon/world/world_file.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/process/failure.h"
#include "daemon/world/keys.h"
#include "daemon/world/world_reader.h"

namespace bfq::world {
namespace {

std::string only_problem(const WorldReading& reading) {
  if (reading.problems.size() != 1) return std::to_string(reading.problems.size()) + " problems";
  return reading.problems.front();
}

// Bad worlds --------------------------------------------------------------------------------------

/// One of tests/worlds/bad.txt, whose head tells how it is written.
struct BadWorld {
  std::string title, text;
  struct Mistake {
    std::size_t line;
    std::string words;
  };
  std::vector<Mistake> mistakes;
};

/// "#! words", behind a line with that mistake; "#!3 words" for one in line 3.
void note_mistakes(BadWorld& world, const std::string& line, std::size_t number) {
  for (std::size_t at = line.find("#!"); at != std::string::npos; at = line.find("#!", at + 1)) {
    std::istringstream rest(line.substr(at + 2, line.find("#!", at + 1) - at - 2));
    std::size_t other = number;
    if (rest.peek() != ' ') rest >> other;
    std::string words;
    std::getline(rest >> std::ws, words);
    words.erase(words.find_last_not_of(' ') + 1);
    world.mistakes.push_back({other, words});
  }
}

std::vector<BadWorld> bad_worlds() {
  std::ifstream file(BFQ_REPOSITORY "/tests/worlds/bad.txt");
  std::vector<BadWorld> worlds;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      worlds.push_back({.title = line.substr(4), .text = {}, .mistakes = {}});
      number = 0;
    } else if (!worlds.empty()) {
      note_mistakes(worlds.back(), line, ++number);
      worlds.back().text += line + '\n';
    }
  }
  return worlds;
}

TEST(WorldFile, EveryBadWorldIsRefusedWithItsLinesAndNothingElse) {
  const auto worlds = bad_worlds();
  EXPECT_GE(worlds.size(), 40U);
  for (const BadWorld& bad : worlds) {
    const WorldReading reading = read_world(bad.text, "w.toml");
    std::string told;
    for (const std::string& problem : reading.problems) told += problem + '\n';
    SCOPED_TRACE(bad.title + "\n" + told);
    EXPECT_FALSE(reading.world);
    EXPECT_FALSE(bad.mistakes.empty());
    EXPECT_EQ(reading.problems.size(), bad.mistakes.size());
    for (const auto& [line, words] : bad.mistakes) {
      const std::string place = "w.toml:" + std::to_string(line) + ':';
      const bool is_told = std::any_of(reading.problems.begin(), reading.problems.end(),
                                       [&, &words = words](const std::string& problem) {
                                         return problem.starts_with(place) &&
                                                problem.find(words) != std::string::npos;
                                       });
      EXPECT_TRUE(is_told) << place << ' ' << words;
    }
  }
}

// Good ones ---------------------------------------------------------------------------------------

TEST(WorldFile, TheDefaultWorldIsTheDefaultAirAndOneModule) {
  const WorldReading reading = read_world(default_world(), "default");
  ASSERT_TRUE(reading.world) << reading.problems.front();
  EXPECT_EQ(reading.world->air, sim::default_air());
  ASSERT_EQ(reading.world->modules.size(), 1U);
  const board::ModuleSpec& module = reading.world->modules.front();
  EXPECT_EQ(module.name, board::ModuleSpec{}.name);
  EXPECT_EQ(module.uart, board::ModuleSpec{}.uart);
  EXPECT_TRUE(module.remembers);
  ASSERT_EQ(module.doors.size(), 1U);
  EXPECT_EQ(module.doors.front().kind, serial::DoorSpec::Kind::pty);
  EXPECT_EQ(module.doors.front().path, "/tmp/bfq0");
  EXPECT_TRUE(reading.world->names.empty());
}

TEST(WorldFile, AnEmptyFileIsAModuleInAnEmptyAir) {
  const WorldReading reading = read_world("", "empty");
  ASSERT_TRUE(reading.world);
  EXPECT_EQ(reading.world->air, sim::Air{});
  ASSERT_EQ(reading.world->modules.size(), 1U);
  EXPECT_EQ(reading.world->modules.front().name, "bfq0");
  EXPECT_EQ(reading.world->modules.front().doors.front().path, "/tmp/bfq0");
}

constexpr std::string_view kEachKey = R"(
[delays]
scan = "2s"
join = "1min"
address = "250ms"
wrong_password = "3s"
[[ap]]
ssid = "a, \"b\" \\ ä"
password = "12345678"
security = "wpa/wpa2"
channel = 13
bssid = "02:AA:bb:00:00:01"
hidden = true
silent = true
wps = true
country = "DE"
max_stations = 3
subnet = "192.168.4.0/22"
position = [1, -2.5]
dhcp = { on = "refuses", delay = "7s", lease = "2h", pool = ["192.168.4.10", "192.168.7.254"] }
delays = { scan = "0s", join = "4s" }
[[station]]
ssid = "soft"
password = "87654321"
mac = "02:cc:00:00:00:01"
after = "5s"
position = [-7, 8]
[[module]]
name = "left"
serial = ["tcp:0", "pty:/tmp/left"]
station_mac = "02:dd:00:00:00:01"
ap_mac = "06:dd:00:00:00:01"
state = "none"
position = [3, 4]
[[module]]
)";

TEST(WorldFile, EachKeyReachesItsValue) {
  const WorldReading reading = read_world(kEachKey, "w.toml");
  ASSERT_TRUE(reading.world) << reading.problems.front();
  sim::Air expected;
  expected.delays = {.scan = 2s, .associate = 1min, .address = 250ms, .reject_password = 3s};
  expected.access_points.push_back(
      {.ssid = "a, \"b\" \\ ä",
       .password = "12345678",
       .security = radio::Security::wpa_wpa2,
       .channel = 13,
       .bssid = {{0x02, 0xaa, 0xbb, 0, 0, 1}},
       .hidden = true,
       .silent = true,
       .wps = true,
       .country = "DE",
       .position = sim::Position{1, -2.5},
       .max_stations = 3,
       .network = Ipv4(192, 168, 4, 0),
       .netmask = Ipv4(255, 255, 252, 0),
       .dhcp = sim::Dhcp::refuses,
       .pool = sim::Pool{Ipv4(192, 168, 4, 10), Ipv4(192, 168, 7, 254)},
       .lease = 2h,
       .delays = {.scan = 0s, .associate = 4s, .address = 7s}});
  expected.stations.push_back({.ssid = "soft",
                               .password = "87654321",
                               .mac = {{0x02, 0xcc, 0, 0, 0, 1}},
                               .after = 5s,
                               .position = sim::Position{-7, 8}});
  expected.modules.push_back({.station = {{0x02, 0xdd, 0, 0, 0, 1}}, .position = {3, 4}});
  EXPECT_EQ(reading.world->air, expected);
  const auto& modules = reading.world->modules;
  ASSERT_EQ(modules.size(), 2U);
  EXPECT_EQ(modules[0].name, "left");
  EXPECT_EQ(modules[0].doors.size(), 2U);
  EXPECT_FALSE(modules[0].remembers);
  EXPECT_EQ(modules[0].access_point_mac, (MacAddress{{0x06, 0xdd, 0, 0, 0, 1}}));
  EXPECT_EQ(modules[1].name, "bfq1");
  EXPECT_EQ(modules[1].doors.front().path, "/tmp/bfq1");
}

TEST(WorldFile, WhoHadAnAddressKeepsItWhenAnotherComes) {
  const auto one = read_world("[[ap]]\nssid = \"b\"\nsecurity = \"open\"\n", "w");
  ASSERT_TRUE(one.world);
  const auto two = read_world(
      "[[ap]]\nssid = \"a\"\nsecurity = \"open\"\n[[ap]]\nssid = \"b\"\nsecurity = \"open\"\n", "w",
      {}, one.world->air);
  ASSERT_TRUE(two.world);
  EXPECT_EQ(two.world->air.access_points[1], one.world->air.access_points[0]);
}

TEST(WorldFile, TheSeedDecidesWhatNobodyWrites) {
  const auto offsets = [](const char* seed) {
    const std::vector<Override> overrides = {{std::string("seed=") + seed}};
    const WorldReading reading = read_world(default_world(), "default", overrides);
    std::vector<int> out;
    for (const sim::AccessPoint& ap : reading.world->air.access_points)
      out.push_back(ap.frequency_offset);
    return out;
  };
  EXPECT_EQ(offsets("0"), std::vector<int>(6, 0));
  EXPECT_EQ(offsets("7"), offsets("7"));
  EXPECT_NE(offsets("7"), offsets("8"));
  EXPECT_NE(offsets("7"), std::vector<int>(6, 0));
}

// What the reference says holds for a key that is left out, is what holds.
TEST(WorldFile, WhatIsLeftOutIsWhatTheReferenceSays) {
  const auto check = [](const std::string& head, const std::vector<KeyInfo>& keys,
                        auto& self) -> void {
    for (const KeyInfo& key : keys) {
      if (!key.inner.empty()) self(head + key.name + ".", key.inner, self);
      if (!key.inner.empty() || key.otherwise.empty() || key.otherwise.front() == '(') continue;
      const std::vector<Override> overrides = {{head + key.name + "=" + key.otherwise}};
      const std::string text =
          "[[ap]]\nssid = \"x\"\npassword = \"12345678\"\n[[station]]\nssid = \"x\"\n[[module]]\n";
      const WorldReading without = read_world(text, "w"), with = read_world(text, "w", overrides);
      if (key.name == "password" && head == "ap.x.") continue;
      SCOPED_TRACE(overrides.front().text);
      ASSERT_TRUE(with.world) << with.problems.front();
      EXPECT_EQ(with.world->air, without.world->air);
      EXPECT_EQ(with.world->modules.front().uart, without.world->modules.front().uart);
      EXPECT_EQ(with.world->modules.front().remembers, without.world->modules.front().remembers);
    }
  };
  for (const WorldKey<Draft>& key : world_keys()) {
    if (key.info.name == "event" || key.info.name == "fault")
      continue;  // none has a name that --set could call it by
    const bool repeats = key.info.allowed != "a table" && !key.info.inner.empty();
    const std::string head = key.info.name + (key.info.name == "module" ? ".bfq0."
                                              : repeats                 ? ".x."
                                                                        : ".");
    if (key.info.inner.empty()) {
      check("", {key.info}, check);
    } else {
      check(head, key.info.inner, check);
    }
  }
}

// Many modules alike ------------------------------------------------------------------------------

TEST(WorldFile, ACountMakesModulesThatAreNumbered) {
  const WorldReading reading = read_world(R"(
[[module]]
count = 3
name = "m{}"
serial = ["tcp:{9000}", "unix:/tmp/{x}{1}"]
[[module]]
[[module]]
count = 2
)",
                                          "w");
  ASSERT_TRUE(reading.world) << reading.problems.front();
  std::vector<std::string> names;
  for (const board::ModuleSpec& module : reading.world->modules) names.push_back(module.name);
  EXPECT_EQ(names, (std::vector<std::string>{"m0", "m1", "m2", "bfq3", "bfq4", "bfq5"}));
  EXPECT_EQ(reading.world->modules[2].doors[0].port, 9002);
  EXPECT_EQ(reading.world->modules[2].doors[1].path, "/tmp/{x}3");
}

TEST(WorldFile, TenThousandModulesAreAWorldAndMoreAreNot) {
  const WorldReading most = read_world("[[module]]\ncount = 10000\n", "w");
  ASSERT_TRUE(most.world) << most.problems.front();
  EXPECT_EQ(most.world->modules.size(), 10'000U);
  const WorldReading more = read_world("[[module]]\ncount = 10000\n[[module]]\n", "w");
  EXPECT_EQ(only_problem(more),
            "w:1:1: module.count: there would be 10001 modules, of at most 10000");
}

// Overrides ---------------------------------------------------------------------------------------

struct Overriding {
  const char* override_text;
  const char* says;  ///< part of the one problem; empty: there is none
};

TEST(WorldFile, OverridesAreCheckedLikeTheFile) {
  const Overriding cases[] = {
      {"ap.BFQ-LAB.rssi=-80", ""},
      {"ap.\"BFQ-LAB\".rssi = -80", ""},
      {"ap.BFQ-LAB.dhcp.on=false", ""},
      {"ap.BFQ-LAB.dhcp={on=false}", ""},
      {"ap.BFQ-LAB.password=another-one", ""},
      {"ap.BFQ-LAB.security=wpa/wpa2", ""},
      {"module.bfq0.serial=[\"stdio\"]", ""},
      {"module.bfq0.name=other", ""},
      {"net.deny=[\"*:25\"]", ""},
      {"delays.scan=2s", ""},
      {"ap.BFQ-LAB.rssi=-200",
       "--set 'ap.BFQ-LAB.rssi=-200': ap.BFQ-LAB.rssi: -200 is not allowed"},
      {"ap.BFQ-LAB.rssi=low", "'low' is not allowed; write a whole number"},
      {"ap.BFQ-LAB.rsi=-80", "is it rssi?"},
      {"ap.BFQ-LAP.rssi=-80", "ap.BFQ-LAP: there is none; there is BFQ-LAB, BFQ-OPEN"},
      {"ap.BFQ-LAB=3", "ap.BFQ-LAB.KEY=VALUE"},
      {"ap=3", "ap.NAME.KEY=VALUE"},
      {"ap.BFQ-LAB.password=short", "it has 5 bytes"},
      {"module.bfq0.count=2", "module.bfq0.count: belongs in the file"},
      {"module.bfq1.speed=fast", "module.bfq1: there is none; there is bfq0"},
      {"dellays.scan=2s", "is it delays?"},
      {"what", "write TABLE.NAME.KEY=VALUE"},
      {"", "write TABLE.NAME.KEY=VALUE"},
      {"=", "write TABLE.NAME.KEY=VALUE"},
      {"a.\"b=c", "write TABLE.NAME.KEY=VALUE"},
      {"net.deny=[\"*:25\",\n\"*:26\"]", ""},
      {"ap.BFQ-LAB.rssi=-80\n[net]\ndeny=[]", "write a whole number"},
      {"seed=1\nnet.deny=[]", "write a whole number"},
  };
  for (const auto& [text, says] : cases) {
    SCOPED_TRACE(text);
    const std::vector<Override> overrides = {{text}};
    const WorldReading reading = read_world(default_world(), "default", overrides);
    if (says[0] == '\0') {
      EXPECT_TRUE(reading.world) << reading.problems.front();
    } else {
      EXPECT_FALSE(reading.world);
      EXPECT_NE(only_problem(reading).find(says), std::string::npos) << only_problem(reading);
    }
  }
}

TEST(WorldFile, AMistakeOfAnyLengthIsALineThatCanBeRead) {
  const std::string text = std::string(1000, 'k') + " = 1\n";
  const WorldReading reading = read_world(text, "w.toml", {});
  EXPECT_LT(only_problem(reading).size(), 900U);
  EXPECT_NE(only_problem(reading).find("there is no such key; write one of these"),
            std::string::npos);
}

TEST(WorldFile, AnOverrideIsWhatHolds) {
  const std::vector<Override> overrides = {
      {"ap.BFQ-LAB.rssi=-80"}, {"ap.BFQ-LAB.rssi=-81"}, {"ap.BFQ-LAB.dhcp.lease=1h"}};
  const WorldReading reading = read_world(default_world(), "default", overrides);
  ASSERT_TRUE(reading.world);
  EXPECT_EQ(reading.world->air.access_points[0].rssi, -81);
  EXPECT_EQ(reading.world->air.access_points[0].lease, 1h);
}

TEST(WorldFile, AnOverrideFromAFileIsATextThatNobodySees) {
  const auto read = [](std::string content) {
    const std::vector<Override> overrides = {{"ap.BFQ-LAB.password=@secret", std::move(content)}};
    return read_world(default_world(), "default", overrides);
  };
  const WorldReading good = read("1234\"\\,56");
  ASSERT_TRUE(good.world);
  EXPECT_EQ(good.world->air.access_points[0].password, "1234\"\\,56");
  EXPECT_EQ(only_problem(read("s3cret")).find("s3cret"), std::string::npos);
  EXPECT_NE(only_problem(read("s3cret")).find("it has 6 bytes"), std::string::npos);
  EXPECT_TRUE(read("12345678").world) << "a number is a text too";
}

TEST(WorldFile, OfManyMistakesSomeAreTold) {
  char path[] = "/tmp/bfq-world-XXXXXX";
  const int file = mkstemp(path);
  ASSERT_GE(file, 0);
  close(file);
  std::ofstream out(path);
  for (int i = 0; i < 1000; ++i) out << "key" << i << " = 1\n";
  out.close();
  try {
    const WorldReader reader{path};
    ADD_FAILURE();
  } catch (const process::UsageError& error) {
    const std::string text = error.what();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 101);
    EXPECT_TRUE(text.starts_with("1000 mistakes in the world:\n")) << text.substr(0, 100);
    EXPECT_TRUE(text.ends_with("\nand 900 more mistakes")) << text;
  }
  std::filesystem::remove(path);
}

TEST(WorldFile, OneOfSeveralOfANameIsCalledByItsAddress) {
  const std::string text =
      "[[ap]]\nssid = \"x\"\nsecurity = \"open\"\nbssid = \"02:00:00:00:00:01\"\n"
      "[[ap]]\nssid = \"x\"\nsecurity = \"open\"\nbssid = \"02:00:00:00:00:02\"\n";
  const std::vector<Override> by_name = {{"ap.x.channel=5"}};
  EXPECT_NE(
      only_problem(read_world(text, "w", by_name)).find("2 are called so; call it by its bssid"),
      std::string::npos);
  const std::vector<Override> by_address = {{"ap.\"02:00:00:00:00:02\".channel=5"}};
  const WorldReading reading = read_world(text, "w", by_address);
  ASSERT_TRUE(reading.world);
  EXPECT_EQ(reading.world->air.access_points[0].channel, 1);
  EXPECT_EQ(reading.world->air.access_points[1].channel, 5);
}

// Anything at all ---------------------------------------------------------------------------------

TEST(WorldFile, NoTextAtAllIsTooMuch) {
  std::string dots, tables;
  for (int i = 0; i < 9'000; ++i) dots += "a.";
  for (int i = 0; i < 20'000; ++i) tables += "[[ap]]\n";
  const std::string deep = dots + "a = 1\n";
  for (const std::string& text :
       {deep, "[" + dots + "a]\n", deep + deep, tables, std::string("\0\xff\xfe", 3),
        std::string("[[ap]"), std::string("ssid = \"x"), std::string("\xef\xbb\xbf"),
        std::string("module = 3")}) {
    const WorldReading reading = read_world(text, "w");
    EXPECT_NE(reading.world.has_value(), !reading.problems.empty());
  }
}

TEST(WorldFile, ACutWorldIsReadOrRefused) {
  const std::string text(default_world());
  for (std::size_t n = 0; n < text.size(); ++n) {
    const WorldReading cut = read_world(text.substr(0, n), "w");
    EXPECT_NE(cut.world.has_value(), !cut.problems.empty()) << n;
  }
}

TEST(WorldFile, AFileThatCannotBeReadIsNamed) {
  for (const char* path : {"/nowhere/world.toml", "/tmp"}) {
    try {
      read_world_file(path);
      ADD_FAILURE() << path;
    } catch (const process::UsageError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(std::string(path) + ": ")) << error.what();
    }
  }
}
}  // namespace
}  // namespace bfq::world

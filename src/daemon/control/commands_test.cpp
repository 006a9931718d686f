// What the commands of the control channel do to a program with one module.
#include "daemon/control/channel_for_tests.h"

namespace bfq::control {
namespace {
TEST_F(ControlChannel, an_access_point_goes_comes_and_changes) {
  start();
  join();
  auto at = client->ask("ap.remove", R"({"name":"BFQ-LAB"})").at("at").as_int64();
  EXPECT_EQ(code(wait(json::serialize(json::object{{"event", "left"}, {"since", at - 1}}))), "");
  const auto added =
      client->ask("ap.add", R"({"ssid":"BFQ-LAB","password":"bfq4004-lab","rssi":-50})");
  ASSERT_EQ(code(added), "");
  EXPECT_EQ(code(wait(R"({"state":"addressed"})")), "");
  const auto changed = client->ask("ap.change", R"({"name":"BFQ-LAB","rssi":-80,"channel":3})");
  ASSERT_EQ(code(changed), "");
  const sim::AccessPoint& ap = medium.air().access_points.back();
  EXPECT_EQ(ap.rssi, -80);
  EXPECT_EQ(ap.channel, 3);
  EXPECT_EQ(ap.password, "bfq4004-lab");
}

TEST_F(ControlChannel, a_place_and_a_signal_take_the_place_of_each_other) {
  start();
  const auto change = [this](const std::string& keys) {
    return code(client->ask("ap.change", R"({"name":"BFQ-LAB",)" + keys + "}"));
  };
  ASSERT_TRUE(medium.air().access_points.front().rssi.has_value());
  ASSERT_EQ(change(R"("position":[3,4.5])"), "");
  EXPECT_EQ(medium.air().access_points.front().rssi, std::nullopt);
  EXPECT_EQ(medium.air().access_points.front().position, (sim::Position{3, 4.5}));
  ASSERT_EQ(change(R"("channel":7)"), "");
  EXPECT_EQ(medium.air().access_points.front().position, (sim::Position{3, 4.5}));
  ASSERT_EQ(change(R"("rssi":-60)"), "");
  EXPECT_EQ(medium.air().access_points.front().rssi, -60);
  EXPECT_EQ(medium.air().access_points.front().position, std::nullopt);
  EXPECT_EQ(change(R"("rssi":-60,"position":[3,4.5])"), "bad_arguments");
  EXPECT_EQ(medium.air().access_points.front().position, std::nullopt);
}

TEST_F(ControlChannel, an_access_point_that_is_switched_off_loses_who_was_there) {
  start();
  join();
  const auto signal = medium.air().access_points.front().rssi;
  ASSERT_EQ(code(client->ask("ap.change", R"({"name":"BFQ-LAB","off":true})")), "");
  EXPECT_EQ(code(wait(R"({"event":"left","since":0})")), "");
  ASSERT_EQ(code(client->ask("ap.change", R"({"name":"BFQ-LAB","off":false})")), "");
  EXPECT_EQ(code(wait(R"({"state":"addressed"})")), "");
  EXPECT_EQ(medium.air().access_points.front().rssi, signal);
}

TEST_F(ControlChannel, a_weak_signal_gives_a_placed_access_point_its_place_again) {
  start();
  const auto ap = [this]() -> const sim::AccessPoint& {
    return medium.air().access_points.front();
  };
  const auto weaken = [&] {
    const char* const fault = R"({"fault":"rssi","ssid":"BFQ-LAB","rssi":-88,"time":"50ms"})";
    EXPECT_EQ(code(client->ask("fault.arm", fault)), "");
    EXPECT_EQ(ap().rssi, -88);
    EXPECT_EQ(ap().position, std::nullopt);
  };
  ASSERT_EQ(code(client->ask("ap.change", R"({"name":"BFQ-LAB","position":[3,4]})")), "");
  weaken();
  EXPECT_EQ(code(client->ask("ap.change", R"({"name":"BFQ-OPEN","channel":7})")), "");
  while (ap().rssi == -88) io.run_one();
  EXPECT_EQ(ap().position, (sim::Position{3, 4}));
  weaken();
  ASSERT_EQ(code(client->ask("ap.change", R"({"name":"BFQ-LAB","position":[5,6]})")), "");
  EXPECT_EQ(code(client->ask("wait", R"({"event":"joined","timeout":"100ms"})")), "timed_out");
  EXPECT_EQ(ap().position, (sim::Position{5, 6}));
}

TEST_F(ControlChannel, a_fault_is_listed_with_its_arguments_but_for_passwords) {
  start();
  const auto armed = client->ask(
      "fault.arm",
      R"json({"fault":"busy-for","typed":"AT+CWJAP_CUR=\"lab\",\"s3cret-one\"","nth":2,)json"
      R"json("probability":0.5,"time":"3s"})json");
  ASSERT_EQ(code(armed), "");
  const auto listed = client->ask("fault.list").at("return").at("faults").at(0).at("given");
  EXPECT_EQ(listed, (json::object{{"typed", R"(AT+CWJAP_CUR="lab",***)"},
                                  {"nth", 2},
                                  {"probability", 0.5},
                                  {"time", "3s"}}));
}

TEST_F(ControlChannel, a_station_joins_the_soft_ap_and_leaves) {
  start();
  type("AT+CWMODE_CUR=3");
  type(R"(AT+CWSAP_CUR="shed","12345678",5,3)");
  ASSERT_EQ(code(wait(R"({"printed":"OK","since":0})")), "");
  const auto joined = client->ask("station.join", R"({"ssid":"shed","password":"12345678"})");
  ASSERT_EQ(code(joined), "");
  const std::string mac = text(joined.at("return").at("mac"));
  EXPECT_EQ(code(wait(R"({"event":"station_joined","since":0})")), "");
  EXPECT_EQ(code(client->ask("station.leave", R"({"mac":")" + mac + "\"}")), "");
  const auto left = wait(R"({"event":"station_left","since":0})");
  EXPECT_EQ(text(left.at("return").at("event").at("mac")), mac);
}

TEST_F(ControlChannel, power_goes_and_comes_and_a_reset_has_a_reason) {
  start();
  const auto before = client->ask("power.off").at("at");
  const auto off = json::object{{"event", "off"}, {"since", before}, {"timeout", "0s"}};
  EXPECT_EQ(code(wait(json::serialize(off))), "") << "what a command causes is behind its number";
  EXPECT_EQ(code(client->ask("reset")), "module_is_off");
  const auto at = client->ask("power.on").at("at").as_int64();
  const auto since = [&](json::object what) {
    what["since"] = at;
    return wait(json::serialize(what)).at("return").at("event").as_object();
  };
  EXPECT_EQ(text(since({{"event", "ready"}}).at("reason")), "power_on");
  EXPECT_EQ(code(client->ask("reset", R"({"reason":"watchdog"})")), "");
  EXPECT_EQ(text(since({{"event", "ready"}, {"match", "watchdog"}}).at("reason")), "watchdog");
}

TEST_F(ControlChannel, the_air_is_shown_without_secrets_and_applied_as_it_was) {
  const sim::Air before = medium.air();
  const auto shown = client->ask("world.show").at("return").as_object();
  const std::string text_shown = json::serialize(shown);
  EXPECT_EQ(text_shown.find("bfq4004-lab"), std::string::npos) << text_shown;
  const auto same = client->ask("world.apply", text_shown);
  ASSERT_EQ(code(same), "") << message(same);
  EXPECT_EQ(same.at("return").at("changes").as_int64(), 0);
  client->ask("ap.remove", R"({"name":"BFQ-HIDDEN"})");
  const auto secrets = client->ask("world.show", R"({"secrets":true})").at("return").as_object();
  EXPECT_NE(json::serialize(secrets).find("bfq4004-lab"), std::string::npos);
  const auto lacking = client->ask("world.apply", text_shown);
  EXPECT_NE(message(lacking).find("password could be kept"), std::string::npos);
  EXPECT_NE(medium.air(), before);
}

TEST_F(ControlChannel, every_air_is_shown_as_it_is_read) {
  const std::string air =
      R"({"ap":[{"ssid":"a","bssid":"02:00:00:00:00:01","security":"open",)"
      R"("channel":13,"position":[1.5,-2],"country":"DE","hidden":true,)"
      R"("silent":true,"wps":true,"max_stations":3,"subnet":"10.9.0.0/16",)"
      R"("dhcp":{"on":"refuses","lease":"2min","pool":["10.9.0.7","10.9.0.9"]},)"
      R"("delays":{"scan":"1ms","join":"2s","address":"3s"}}],)"
      R"("station":[{"ssid":"s","mac":"02:00:00:00:00:02","after":"90s"}],)"
      R"("delays":{"scan":"7ms","join":"8ms","address":"9ms",)"
      R"("wrong_password":"4s"}})";
  const auto applied = client->ask("world.apply", air);
  ASSERT_EQ(code(applied), "") << message(applied);
  const sim::Air first = medium.air();
  const std::string shown = json::serialize(client->ask("world.show").at("return"));
  client->ask("world.apply", R"({"ap":[],"station":[],"delays":{}})");
  EXPECT_TRUE(medium.air().access_points.empty());
  const auto again = client->ask("world.apply", shown);
  ASSERT_EQ(code(again), "") << message(again);
  EXPECT_EQ(medium.air(), first) << shown;
}

TEST_F(ControlChannel, a_module_is_moved) {
  EXPECT_EQ(code(client->ask("module.move", R"({"to":[3,4.5]})")), "");
  ASSERT_EQ(medium.air().modules.size(), 1U);
  EXPECT_EQ(medium.air().modules.front().position, (sim::Position{3, 4.5}));
  EXPECT_EQ(code(client->ask("module.move")), "");
  EXPECT_TRUE(medium.air().modules.empty());
}
}  // namespace
}  // namespace bfq::control

// The control channel of a program with one module, as a client at its socket sees it.
#include "daemon/control/control.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

#include "daemon/control/requests.h"
#include "daemon/process/failure.h"

namespace bfq::control {
namespace {
using namespace std::chrono_literals;
using boost::asio::local::stream_protocol;

/// A client at the socket, on the same event loop.
class TestClient {
 public:
  TestClient(boost::asio::io_context& io, const std::string& path) : io_(io), socket_(io) {
    socket_.connect(stream_protocol::endpoint(path));
  }
  /// Runs the loop until all of it is taken.
  void write(const std::string& bytes) {
    bool done = false;
    boost::asio::async_write(socket_, boost::asio::buffer(bytes), [&](auto, auto) { done = true; });
    while (!done) io_.run_one();
  }
  /// The next line. Runs the loop meanwhile; throws after far longer than it takes anywhere.
  json::object line() {
    while (text_.find('\n') == std::string::npos) {
      if (closed_) throw std::runtime_error("the other end has closed");
      read_some();
    }
    const std::size_t end = text_.find('\n');
    JsonReading reading = read_json(text_.substr(0, end));
    text_.erase(0, end + 1);
    if (!reading.value) throw std::runtime_error(reading.why);
    return reading.value->as_object();
  }
  /// The answer; events in front of it are left out.
  json::object ask(const std::string& command, const std::string& arguments = "{}") {
    write(R"({"id":7,"command":")" + command + R"(","arguments":)" + arguments + "}\n");
    return answer();
  }
  json::object answer() {
    json::object found = line();
    while (found.contains("event")) found = line();
    return found;
  }
  /// The next event of that name.
  json::object event(std::string_view name) {
    json::object found = line();
    while (!found.contains("event") || found["event"].as_string() != name) found = line();
    return found;
  }
  /// True once the other end has closed.
  bool is_closed() {
    while (!closed_) read_some();
    return true;
  }
  void shut_down() { socket_.shutdown(stream_protocol::socket::shutdown_send); }

 private:
  void read_some() {
    bool done = false;
    socket_.async_read_some(boost::asio::buffer(buffer_), [&](auto error, std::size_t n) {
      done = true;
      closed_ = static_cast<bool>(error);
      text_.append(buffer_, n);
    });
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!done)
      if (io_.run_one_until(end) == 0) throw std::runtime_error("no line has come: " + text_);
  }

  boost::asio::io_context& io_;
  stream_protocol::socket socket_;
  char buffer_[8192];
  std::string text_;
  bool closed_ = false;
};

class ControlChannel : public testing::Test {
 protected:
  ControlChannel() {
    spdlog::set_level(spdlog::level::off);
    const board::BoardSetup setup{.module = {.name = "bfq0", .doors = {}},
                                  .network = {.index = 240}};
    boards.push_back(std::make_unique<board::Board>(
        board::Surroundings{io, clock, medium, neighbourhood}, setup, [] {}));
    control.emplace(RunningProgram{io, boards, medium, clock, [this] { has_quit = true; }},
                    ControlPlace{ControlPlace::Kind::unix_socket, path}, std::nullopt);
    client.emplace(io, path);
  }
  ~ControlChannel() override {
    client.reset();
    control.reset();
    std::filesystem::remove_all(folder);
    spdlog::set_level(level_);
  }

  static std::string text(const json::value& value) { return std::string(value.as_string()); }
  static std::string code(const json::object& answer) {
    return answer.contains("error") ? text(answer.at("error").at("code")) : "";
  }
  static std::string message(const json::object& answer) {
    return text(answer.at("error").at("message"));
  }
  json::object wait(const std::string& arguments) { return client->ask("wait", arguments); }
  void start() { ASSERT_EQ(code(wait(R"({"state":"on"})")), ""); }
  void type(const std::string& line) {
    client->ask("send", json::serialize(json::object{{"line", line}}));
  }
  void join() {
    type(R"(AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab")");
    ASSERT_EQ(code(wait(R"({"state":"addressed"})")), "");
  }
  static std::string temporary_folder() {
    std::string name = "/tmp/bfq-control-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    return name;
  }
  static sim::Air quick_air() {
    sim::Air air = sim::default_air();
    air.delays = {.scan = 10ms, .associate = 10ms, .address = 10ms, .reject_password = 10ms};
    return air;
  }

  const std::string folder = temporary_folder(), path = folder + "/a.sock";
  boost::asio::io_context io{1};
  board::ProgramClock clock;
  sim::Medium medium{quick_air()};
  sockets::Neighbourhood neighbourhood;
  std::vector<std::unique_ptr<board::Board>> boards;
  bool has_quit = false;
  std::optional<Control> control;
  std::optional<TestClient> client;

 private:
  spdlog::level::level_enum level_ = spdlog::get_level();
};

// Requests ----------------------------------------------------------------------------------------

TEST_F(ControlChannel, an_answer_has_the_id_of_its_request_and_says_where_it_stands) {
  start();
  const json::object answer = client->ask("status");
  EXPECT_EQ(answer.at("id").as_int64(), 7);
  EXPECT_GE(answer.at("at").as_int64(), 1);
  const json::object module = answer.at("return").at("modules").at(0).as_object();
  EXPECT_EQ(text(module.at("module")), "bfq0");
  EXPECT_EQ(text(module.at("activity")), "idle");
  EXPECT_TRUE(module.at("power").as_bool());
}

struct BadRequest {
  std::string line, code, hint;
};

TEST_F(ControlChannel, what_is_wrong_with_a_request_is_named_with_what_is_allowed) {
  const std::string deep(kDeepest + 1, '[');
  const BadRequest cases[] = {
      {"frobnicate", "bad_request", "no JSON"},
      {"\"\xff\"", "bad_request", "not UTF-8"},
      {deep, "bad_request", "nested more than"},
      {"{", "bad_request", "ends too early"},
      {"[]", "bad_request", "JSON object"},
      {"{}", "bad_request", "capabilities"},
      {R"({"command":7})", "bad_request", "command: write a text"},
      {R"({"command":"status","arguments":[]})", "bad_request", "arguments: write an object"},
      {R"({"command":"status","args":{}})", "bad_request", "id, command, arguments"},
      {R"({"command":"status","id":[]})", "bad_request", "id: write"},
      {R"({"command":"statis"})", "unknown_command", "is it status?"},
      {R"({"command":"xyzzy"})", "unknown_command", "ap.add"},
      {R"({"command":"status","arguments":{"modul":"a"}})", "bad_arguments", "is it module?"},
      {R"({"command":"status","arguments":{"module":"a"}})", "no_such_module", "there is bfq0"},
      {R"({"command":"reset","arguments":{"reason":"why"}})", "bad_arguments", "\"watchdog\""},
      {R"({"command":"send"})", "bad_arguments", "line, text, bytes"},
      {R"({"command":"send","arguments":{"bytes":"0"}})", "bad_arguments", "even number"},
      {R"({"command":"wait"})", "bad_arguments", "state, event, typed, printed"},
      {R"({"command":"wait","arguments":{"event":"ready","since":99}})", "bad_arguments",
       "the last event is"},
      {R"({"command":"wait","arguments":{"event":"joined","timeout":"1ms"}})", "timed_out", ""},
      {R"({"command":"ap.change","arguments":{"name":"LAB","rssi":-1}})", "no_such_access_point",
       "\"BFQ-LAB\""},
      {R"({"command":"ap.change","arguments":{"name":"BFQ-LAB","rssi":7}})", "bad_arguments",
       "from -120 to 0"},
      {R"({"command":"ap.change","arguments":{"rssi":-7}})", "bad_arguments", "name: is missing"},
      {R"({"command":"ap.add","arguments":{"ssid":"a","password":"short12"}})", "bad_arguments",
       "8 to 63 bytes"},
      {R"({"command":"ap.add","arguments":{"ssid":"a","security":"open",)"
       R"("subnet":"10.7.0.0/24","dhcp":{"pool":["10.8.0.1","10.8.0.9"]}}})",
       "bad_arguments", "dhcp.pool: the subnet has 10.7.0.2"},
      {R"({"command":"station.leave","arguments":{"mac":"02:00:00:00:00:09"}})", "no_such_station",
       "02:00:00:00:00:09"},
  };
  for (const BadRequest& each : cases) {
    client->write(each.line + "\n");
    const json::object answer = client->answer();
    EXPECT_EQ(code(answer), each.code) << each.line;
    EXPECT_NE(message(answer).find(each.hint), std::string::npos) << message(answer);
  }
}

TEST_F(ControlChannel, a_line_that_is_too_long_is_refused_and_the_next_one_is_understood) {
  client->write(std::string(kLongestRequest + 70000, 'x') + "\n" + R"({"command":"program"})" +
                "\n");
  EXPECT_EQ(code(client->answer()), "bad_request");
  EXPECT_TRUE(client->answer().contains("return"));
}

TEST_F(ControlChannel, a_secret_is_in_no_error) {
  const auto answer = client->ask("ap.add", R"({"ssid":"a","password":{"my":"s3cret"}})");
  EXPECT_EQ(code(answer), "bad_arguments");
  EXPECT_EQ(message(answer).find("s3cret"), std::string::npos) << message(answer);
}

TEST_F(ControlChannel, who_sends_nothing_more_is_answered_and_then_left) {
  client->write(R"({"command":"program"})");
  client->shut_down();
  EXPECT_TRUE(client->answer().contains("return"));
  EXPECT_TRUE(client->is_closed());
}

TEST_F(ControlChannel, quit_is_answered) {
  EXPECT_TRUE(client->ask("quit").contains("return"));
  EXPECT_TRUE(has_quit);
}

// Events ------------------------------------------------------------------------------------------

TEST_F(ControlChannel, a_wait_sees_what_has_happened_since) {
  start();
  const auto at = client->ask("program").at("at").as_int64();
  join();
  const auto answer =
      wait(json::serialize(json::object{{"event", "joined"}, {"since", at}, {"timeout", "0s"}}));
  ASSERT_EQ(code(answer), "");
  const json::object event = answer.at("return").at("event").as_object();
  EXPECT_EQ(text(event.at("ssid")), "BFQ-LAB");
  EXPECT_GT(event.at("number").as_int64(), at);
  EXPECT_EQ(answer.at("at").as_int64(), event.at("number").as_int64());
  const auto next =
      json::object{{"event", "joined"}, {"since", answer.at("at")}, {"timeout", "0s"}};
  EXPECT_EQ(code(wait(json::serialize(next))), "timed_out");
}

TEST_F(ControlChannel, lines_of_the_wire_can_be_waited_for_in_one_direction) {
  start();
  const auto at = client->ask("send", R"({"line":"AT+CWMODE_CUR?"})").at("at").as_int64();
  const auto since = [&](json::object what) {
    what["since"] = at;
    what["timeout"] = "5s";
    return wait(json::serialize(what));
  };
  const auto printed = since({{"printed", "+CWMODE_CUR:?"}});
  ASSERT_EQ(code(printed), "");
  EXPECT_EQ(text(printed.at("return").at("event").at("line")), "+CWMODE_CUR:1");
  EXPECT_EQ(code(since({{"typed", "AT*?"}})), "");
  EXPECT_EQ(code(wait(R"({"typed":"+CWMODE_CUR:1","since":0,"timeout":"0s"})")), "timed_out");
}

TEST_F(ControlChannel, subscribers_are_told_of_their_topics_alone_and_of_no_password) {
  start();
  const auto topics = client->ask("subscribe", R"({"topics":["exchange"]})");
  EXPECT_EQ(json::serialize(topics.at("return")), R"({"topics":["exchange"]})");
  client->write(
      R"({"command":"send","arguments":{"line":"AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\""}})"
      "\n");
  std::string seen;
  while (seen.find("WIFI GOT IP") == std::string::npos) {
    const json::object line = client->line();
    seen += json::serialize(line) + '\n';
    if (line.contains("event")) {
      const std::string name = text(line.at("event"));
      EXPECT_TRUE(name == "typed" || name == "printed") << seen;
    }
  }
  EXPECT_NE(seen.find("AT+CWJAP_CUR="), std::string::npos) << seen;
  EXPECT_EQ(seen.find("bfq4004-lab"), std::string::npos) << seen;
}

TEST_F(ControlChannel, who_does_not_read_loses_events_and_is_told_how_many) {
  client->ask("subscribe", R"({"topics":["air"]})");
  constexpr int kChanges = 60000;
  for (int i = 0; i < kChanges; ++i) medium.apply(sim::SetDelays{}, clock.now());
  std::int64_t told = 0, lost = 0;
  while (lost == 0) {
    const json::object line = client->line();
    if (text(line.at("event")) == "lost")
      lost = line.at("count").as_int64();
    else
      ++told;
  }
  EXPECT_GT(told, 100);
  EXPECT_EQ(told + lost, kChanges);
  medium.apply(sim::SetDelays{}, clock.now());
  EXPECT_EQ(text(client->line().at("event")), "air_changed");
}

TEST_F(ControlChannel, events_that_are_not_kept_any_more_are_an_error) {
  for (std::size_t size = 0; size < 2 * EventLog::kMost; size += sizeof(Event))
    medium.apply(sim::SetDelays{}, clock.now());
  EXPECT_EQ(code(wait(R"({"event":"ready","since":5})")), "events_lost");
}

TEST_F(ControlChannel, a_client_waits_for_so_much_and_no_more) {
  for (std::size_t i = 0; i < Waits::kMostOfOne; ++i)
    client->write(R"({"command":"wait","arguments":{"event":"joined"}})"
                  "\n");
  EXPECT_EQ(code(wait(R"({"event":"joined"})")), "too_many_waits");
  TestClient other(io, path);
  EXPECT_EQ(code(other.ask("wait", R"({"event":"joined","timeout":"0s"})")), "timed_out");
}

TEST_F(ControlChannel, received_data_is_no_line_of_the_wire) {
  using boost::asio::ip::tcp;
  tcp::acceptor server(io, {boost::asio::ip::address_v4::loopback(), 0});
  start();
  join();
  const auto seen = [&](json::object what) {
    what["since"] = 0;
    return code(wait(json::serialize(what)));
  };
  type("AT+CIPSTART=\"TCP\",\"127.0.0.1\"," + std::to_string(server.local_endpoint().port()));
  ASSERT_EQ(seen({{"event", "link_opened"}}), "");
  tcp::socket peer = server.accept();
  boost::asio::write(peer, boost::asio::buffer(std::string("a hidden line\r\nbehind it")));
  EXPECT_EQ(seen({{"printed", "+IPD,24:"}}), "");
  type("AT+CIPMODE=1");
  type("AT+CIPSEND");
  ASSERT_EQ(code(wait(R"({"state":"passthrough"})")), "");
  ASSERT_EQ(seen({{"printed", ">"}}), "");
  client->write(R"({"command":"wait","arguments":{"event":"payload"}})"
                "\n");
  client->ask("program");  // what was written before is carried out
  boost::asio::write(peer, boost::asio::buffer(std::string("another hidden line\r\n")));
  EXPECT_EQ(code(client->answer()), "");
  EXPECT_EQ(code(wait(R"({"event":"ready","timeout":"100ms"})")), "timed_out");  // silence
  client->ask("send", R"({"text":"+++"})");
  ASSERT_EQ(code(wait(R"({"state":"idle"})")), "");
  const auto at = client->ask("send", R"({"line":"AT+CIPMODE?"})").at("at").as_int64();
  EXPECT_EQ(code(wait(json::serialize(json::object{{"printed", "+CIPMODE:1"}, {"since", at}}))),
            "");
  EXPECT_EQ(seen({{"printed", "hidden line"}, {"timeout", "0s"}}), "timed_out");
  EXPECT_EQ(seen({{"typed", "+++"}, {"timeout", "0s"}}), "timed_out");
  const auto link = client->ask("status").at("return").at("modules").at(0).at("links").at(0);
  EXPECT_EQ(link.at("bytes_in").as_int64(), 45);
}

// What commands do --------------------------------------------------------------------------------

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

// The socket --------------------------------------------------------------------------------------

TEST_F(ControlChannel, the_socket_is_its_owners_alone_and_a_live_one_names_its_program) {
  struct stat there {};
  ASSERT_EQ(stat(path.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777U, 0600U);
  try {
    ControlSocket second(io, path);
    ADD_FAILURE();
  } catch (const process::Taken& taken) {
    EXPECT_NE(std::string(taken.what()).find("process " + std::to_string(getpid())),
              std::string::npos)
        << taken.what();
  }
}

TEST_F(ControlChannel, a_stale_socket_is_taken_over_and_another_file_is_not) {
  const std::string stale = folder + "/stale.sock", file = folder + "/file.sock";
  { stream_protocol::acceptor dead(io, stream_protocol::endpoint(stale)); }
  EXPECT_TRUE(std::filesystem::exists(stale));
  EXPECT_NO_THROW(ControlSocket(io, stale));
  EXPECT_FALSE(std::filesystem::exists(stale));
  std::ofstream(file) << "mine";
  EXPECT_THROW(ControlSocket(io, file), process::Failure);
  EXPECT_TRUE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace bfq::control

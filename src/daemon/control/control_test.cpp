// The control channel of a program with one module, as a client at its socket sees it.
#include "daemon/control/control.h"

#include <sys/stat.h>

#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <set>

#include "daemon/control/channel_for_tests.h"
#include "daemon/process/failure.h"

namespace bfq::control {
namespace {
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
  EXPECT_EQ(json::serialize(topics.at("return")), R"({"topics":["exchange"],"summary":false})");
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

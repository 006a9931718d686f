// The HTTP doors of a program with one module, as clients see them that write what they like.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "daemon/control/faults.h"
#include "daemon/control/module_watch.h"
#include "daemon/control/traces.h"
#include "daemon/control/waits.h"
#include "daemon/http/dashboard.h"
#include "daemon/http/door.h"
#include "daemon/http/guard.h"
#include "daemon/http/openapi.h"
#include "daemon/http/query.h"
#include "daemon/process/failure.h"

namespace bfq::http {
namespace {
using namespace std::chrono_literals;
namespace json = boost::json;

/// A client that writes bytes and reads a response, on the same event loop.
class RawClient {
 public:
  RawClient(boost::asio::io_context& io, std::uint16_t port) : io_(io), socket_(io) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  }

  void write(const std::string& bytes) {
    bool done = false;
    boost::asio::async_write(socket_, boost::asio::buffer(bytes), [&](auto, auto) { done = true; });
    while (!done) io_.run_one();
  }
  /// Reads up to and including `end`, or all that comes until the connection is closed.
  std::string read_until(const std::string& end) {
    while (text_.find(end) == std::string::npos && !closed_) read_some();
    const std::size_t at = std::min(text_.find(end), text_.size());
    return take(std::min(at + end.size(), text_.size()));
  }
  std::string take(std::size_t count) {
    while (text_.size() < count && !closed_) read_some();
    std::string taken = text_.substr(0, count);
    text_.erase(0, taken.size());
    return taken;
  }
  /// True once the other end has closed, whatever it has sent.
  bool is_closed() {
    while (!closed_) read_some();
    return true;
  }
  void close() { socket_.close(); }

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
      if (io_.run_one_until(end) == 0) throw std::runtime_error("nothing comes after: " + text_);
  }

  boost::asio::io_context& io_;
  Tcp::socket socket_;
  char buffer_[8192];
  std::string text_;
  bool closed_ = false;
};

/// A response in parts.
struct RawResponse {
  int status = 0;
  std::string head{}, body{};
  std::string code() const {
    const auto read = control::read_json(body);
    if (!read.value || !read.value->as_object().contains("error")) return {};
    return std::string(read.value->at("error").at("code").as_string());
  }
  json::object returned() const { return control::read_json(body).value->at("return").as_object(); }
};

class HttpDoorTest : public testing::Test {
 protected:
  HttpDoorTest() {
    spdlog::set_level(spdlog::level::off);
    const board::BoardSetup setup{
        .module = {.name = "bfq0", .doors = {}}, .network = {.index = 241}, .has_black_box = true};
    boards.push_back(std::make_unique<board::Board>(
        board::Surroundings{io, clock, medium, neighbourhood}, setup, [] {}));
    port = static_cast<std::uint16_t>(std::stoi(door.url().substr(door.url().rfind(':') + 1)));
  }
  ~HttpDoorTest() override {
    boards.front()->observe(nullptr);
    spdlog::set_level(level_);
  }
  /// Until the module runs; from now on there are events of it.
  void start() {
    board::Board& board = *boards.front();
    watch.emplace(control::ModuleWatch::Timing{io, clock}, board.name(), board.module(), events,
                  [this, &board] { waits.turn_ended(board); });
    board.observe(&*watch);
    ASSERT_EQ(ask(post("wait", R"({"state":"on"})")).status, 200);
  }

  std::string head(const std::string& start, const std::string& more = {}) const {
    return fmt::format("{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n{}", start,
                       port, token.text(), more);
  }
  std::string post(const std::string& command, const std::string& body = "{}") const {
    return head("POST /v1/" + command,
                fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                            body.size(), body));
  }
  static RawResponse read(RawClient& client) {
    RawResponse response;
    response.head = client.read_until("\r\n\r\n");
    if (response.head.size() > 12) response.status = std::stoi(response.head.substr(9, 3));
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t at = response.head.find(kLength);
    if (at == std::string::npos) return response;
    response.body = client.take(std::stoul(response.head.substr(at + kLength.size())));
    return response;
  }
  RawResponse ask(const std::string& request) {
    RawClient client(io, port);
    client.write(request);
    return read(client);
  }
  std::string ticket() {
    const RawResponse answer = ask(head("POST /v1/ticket", "\r\n"));
    return std::string(control::read_json(answer.body).value->at("ticket").as_string());
  }
  std::string upgrade(const std::string& more) const {
    return fmt::format(
        "GET /v1/events?topics=air HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n{}\r\n",
        port, more);
  }
  /// A message of a client in one frame, with a mask of zeros.
  static std::string frame(const std::string& text) {
    std::string out = "\x81";
    out += static_cast<char>(0x80U | text.size());
    return out + std::string(4, '\0') + text;
  }
  static std::string message(RawClient& client) {
    const std::string start = client.take(2);
    auto length = static_cast<std::size_t>(static_cast<unsigned char>(start.at(1)));
    if (length == 126) {
      const std::string more = client.take(2);
      length = static_cast<std::size_t>(static_cast<unsigned char>(more[0]) * 256 +
                                        static_cast<unsigned char>(more[1]));
    }
    return client.take(length);
  }
  void change_air() {
    medium.apply(sim::SetDelays{}, clock.now());
    events.add(clock.now(), control::AirChanged{"delays"});
  }

  boost::asio::io_context io{1};
  board::ProgramClock clock;
  sim::Medium medium{sim::default_air()};
  sockets::Neighbourhood neighbourhood;
  std::vector<std::unique_ptr<board::Board>> boards;
  control::EventLog events;
  control::RunningProgram program{io, boards, medium, clock, [] {}};
  control::Waits waits{program, events};
  std::optional<control::ModuleWatch> watch;
  control::Faults faults{program, events, 1};
  control::Traces traces{program, events};
  control::Channel channel{program, events, waits, faults, traces};
  AccessToken token = AccessToken::fresh();
  Tickets tickets;
  HttpConnections connections{io};
  HttpDoor door{{channel, token, tickets, connections}, {.host = "127.0.0.1", .port = 0}};
  std::uint16_t port = 0;

 private:
  spdlog::level::level_enum level_ = spdlog::get_level();
};

// Who may ask -------------------------------------------------------------------------------------

struct RefusedCase {
  std::string request;
  int status;
  std::string code;
};

TEST_F(HttpDoorTest, who_has_no_right_to_ask_is_refused) {
  const std::string host = fmt::format("Host: 127.0.0.1:{}\r\n", port);
  const std::string with_token = "Authorization: Bearer " + token.text() + "\r\n";
  const std::string start = "POST /v1/program HTTP/1.1\r\n";
  const RefusedCase cases[] = {
      {start + host + "\r\n", 401, "unauthorized"},
      {start + host + "Authorization: Bearer " + std::string(64, '0') + "\r\n\r\n", 401,
       "unauthorized"},
      {start + host + "Authorization: Bearer " + token.text().substr(1) + "\r\n\r\n", 401,
       "unauthorized"},
      {start + host + "Authorization: Basic " + token.text() + "\r\n\r\n", 401, "unauthorized"},
      {start + host + with_token + with_token + "\r\n", 401, "unauthorized"},
      {"POST /v1/program?token=" + token.text() + " HTTP/1.1\r\n" + host + "\r\n", 401,
       "unauthorized"},
      {start + with_token + "\r\n", 421, "wrong_host"},
      {start + "Host: evil.test\r\n" + with_token + "\r\n", 421, "wrong_host"},
      {start + fmt::format("Host: evil.test:{}\r\n", port) + with_token + "\r\n", 421,
       "wrong_host"},
      {start + host + "Host: evil.test\r\n" + with_token + "\r\n", 421, "wrong_host"},
      {start + "Host: 127.0.0.1:1\r\n" + with_token + "\r\n", 421, "wrong_host"},
      {start + host + with_token + "Origin: http://evil.test\r\n\r\n", 403, "forbidden_origin"},
      {start + host + with_token + "Origin: null\r\n\r\n", 403, "forbidden_origin"},
      {start + host + with_token + fmt::format("Origin: https://127.0.0.1:{}\r\n\r\n", port), 403,
       "forbidden_origin"},
      {"OPTIONS /v1/program HTTP/1.1\r\n" + host + "Origin: http://evil.test\r\n\r\n", 403,
       "forbidden_origin"},
  };
  for (const RefusedCase& each : cases) {
    const RawResponse answer = ask(each.request);
    EXPECT_EQ(answer.status, each.status) << each.request;
    EXPECT_EQ(answer.code(), each.code) << each.request;
    EXPECT_EQ((answer.head + answer.body).find(token.text()), std::string::npos) << answer.body;
  }
}

TEST_F(HttpDoorTest, a_page_of_its_own_and_other_names_of_this_machine_may_ask) {
  const std::string with_token = "Authorization: Bearer " + token.text() + "\r\n";
  const std::string start = "POST /v1/program HTTP/1.1\r\n";
  for (const std::string name : {"localhost", "LOCALHOST", "127.0.0.1"})
    EXPECT_EQ(ask(fmt::format("{}Host: {}:{}\r\nOrigin: http://{}:{}\r\n{}\r\n", start, name, port,
                              name, port, with_token))
                  .status,
              200)
        << name;
}

// The dashboard -----------------------------------------------------------------------------------

TEST_F(HttpDoorTest, the_dashboard_takes_no_token_and_lets_nothing_else_run) {
  const std::string start = fmt::format("GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", port);
  const RawResponse page = ask(start + "\r\n");
  if (kDashboard.document.empty()) {
    EXPECT_EQ(page.code(), "no_such_page");
    GTEST_SKIP() << "the program was built without it";
  }
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, kDashboard.document);
  EXPECT_NE(page.head.find("script-src 'sha256-"), std::string::npos) << page.head;
  EXPECT_EQ(page.head.find("unsafe"), std::string::npos) << page.head;
  const RawResponse packed = ask(start + "Accept-Encoding: deflate, gzip\r\n\r\n");
  EXPECT_EQ(packed.body, kDashboard.gzip);
  EXPECT_NE(packed.head.find("Content-Encoding: gzip"), std::string::npos) << packed.head;
  EXPECT_EQ(ask(start + fmt::format("If-None-Match: {}\r\n\r\n", kDashboard.tag)).status, 304);
  EXPECT_EQ(ask(start + "Origin: http://evil.test\r\n\r\n").code(), "forbidden_origin");
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n").code(), "wrong_host");
}

TEST(HostsTest, are_the_address_that_was_reached_as_a_client_writes_it) {
  const auto hosts = [](const char* address, std::uint16_t port) {
    return hosts_of({boost::asio::ip::make_address(address), port}, "::");
  };
  using Hosts = std::vector<std::string>;
  EXPECT_EQ(hosts("192.0.2.7", 81), (Hosts{"192.0.2.7:81", "[::]:81"}));
  EXPECT_EQ(hosts("::1", 81), (Hosts{"[::1]:81", "[::]:81", "localhost:81"}));
  EXPECT_EQ(hosts("::ffff:127.0.0.1", 81), (Hosts{"127.0.0.1:81", "[::]:81", "localhost:81"}));
  EXPECT_EQ(hosts("fe80::1%1", 81), (Hosts{"[fe80::1]:81", "[::]:81"}));
  EXPECT_EQ(hosts("::1", 80),
            (Hosts{"[::1]:80", "[::1]", "[::]:80", "[::]", "localhost:80", "localhost"}));
  EXPECT_EQ(hosts_of({boost::asio::ip::make_address("127.0.0.1"), 81}, "127.0.0.1"),
            (Hosts{"127.0.0.1:81", "localhost:81"}));
}

// Requests ----------------------------------------------------------------------------------------

TEST_F(HttpDoorTest, what_is_wrong_with_a_request_is_named) {
  const RefusedCase cases[] = {
      {post("statis"), 404, "unknown_command"},
      {post("status", "[]"), 400, "bad_request"},
      {post("status", "{"), 400, "bad_request"},
      {post("status", R"({"module":"a","module":"b"})"), 400, "bad_request"},
      {post("status", R"({"modul":"a"})"), 400, "bad_arguments"},
      {post("status", R"({"module":"a"})"), 404, "no_such_module"},
      {post("subscribe"), 403, "only_at_socket"},
      {post("http"), 403, "only_at_socket"},
      {post("world.show", R"({"secrets":true})"), 403, "only_at_socket"},
      {post("wait", R"({"event":"joined","timeout":"1ms"})"), 504, "timed_out"},
      {head("GET /v1/status", "\r\n"), 405, "wrong_method"},
      {head("POST /metrics", "\r\n"), 405, "wrong_method"},
      {head("GET /nothing", "\r\n"), 404, "no_such_page"},
      {head("GET http://evil.test/", "\r\n"), 404, "no_such_page"},
      {head("GET /v1/events?topics=weather", "\r\n"), 400, "bad_arguments"},
      {head("GET /v1/events?summary=maybe", "\r\n"), 400, "bad_arguments"},
      {head("GET /v1/events?since=99", "\r\n"), 400, "bad_arguments"},
      {head("GET /v1/events?since=1&since=2", "\r\n"), 400, "bad_arguments"},
      {head("GET /v1/events?%zz", "\r\n"), 400, "bad_request"},
      {head("POST /v1/status", "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"), 415,
       "wrong_media_type"},
      {head("POST /v1/status", "Content-Length: 1048577\r\n\r\n"), 413, "too_large"},
      {head("POST /v1/status", "X: " + std::string(9000, 'x') + "\r\n\r\n"), 413, "too_large"},
      {"frobnicate\r\n\r\n", 400, "bad_request"},
  };
  for (const RefusedCase& each : cases) {
    const RawResponse answer = ask(each.request);
    EXPECT_EQ(answer.status, each.status) << each.request << answer.body;
    EXPECT_EQ(answer.code(), each.code) << each.request << answer.body;
  }
}

TEST_F(HttpDoorTest, commands_are_answered_one_behind_the_other_on_one_connection) {
  start();
  RawClient client(io, port);
  client.write(post("wait", R"({"state":"idle"})") + post("status"));
  EXPECT_EQ(read(client).returned().at("state").as_string(), "idle");
  const RawResponse status = read(client);
  EXPECT_EQ(status.returned().at("modules").at(0).at("module").as_string(), "bfq0");
  EXPECT_NE(status.head.find("Cache-Control: no-store"), std::string::npos) << status.head;
  EXPECT_NE(status.head.find("Referrer-Policy: no-referrer"), std::string::npos) << status.head;
}

TEST_F(HttpDoorTest, a_body_is_waited_for_and_a_client_that_asks_first_is_told_to_go_on) {
  RawClient client(io, port);
  client.write(head("POST /v1/status",
                    "Content-Type: application/json\r\nContent-Length: 2\r\n"
                    "Expect: 100-continue\r\n\r\n"));
  EXPECT_NE(client.read_until("\r\n\r\n").find(" 100 "), std::string::npos);
  client.write("{}");
  EXPECT_EQ(read(client).status, 200);
}

TEST_F(HttpDoorTest, a_journal_is_the_body) {
  start();
  const RawResponse answer = ask(post("journal.save"));
  EXPECT_NE(answer.head.find("Content-Type: application/octet-stream"), std::string::npos);
  EXPECT_NE(answer.head.find("Bfq-At: "), std::string::npos);
  const auto journal = boards.front()->recent_journal();
  ASSERT_TRUE(journal);
  EXPECT_EQ(answer.body,
            std::string(reinterpret_cast<const char*>(journal->data()), journal->size()));
}

TEST_F(HttpDoorTest, who_goes_waits_no_more_and_who_is_one_too_many_is_turned_away) {
  {
    RawClient client(io, port);
    client.write(post("wait", R"({"event":"joined","timeout":"1h"})"));
    while (!events.is_wanted(control::Topic::state)) io.run_one();
    EXPECT_EQ(connections.count(), 1U);
  }
  while (connections.count() > 0) io.run_one();
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (std::size_t i = 0; i < HttpConnections::kMost; ++i) {
    crowd.push_back(std::make_unique<RawClient>(io, port));
    crowd.back()->write(post("program"));
    crowd.back()->read_until("\r\n\r\n");
  }
  RawClient late(io, port);
  EXPECT_NE(late.read_until("\r\n\r\n").find(" 503 "), std::string::npos);
  EXPECT_TRUE(late.is_closed());
  crowd.clear();
  while (connections.count() > 0) io.run_one();
  EXPECT_EQ(ask(post("program")).status, 200);
}

TEST_F(HttpDoorTest, who_shows_no_token_keeps_nobody_out) {
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (std::size_t i = 0; i < HttpConnections::kMost; ++i)
    crowd.push_back(std::make_unique<RawClient>(io, port));
  while (connections.count() < HttpConnections::kMost) io.run_one();
  EXPECT_EQ(ask(post("program")).status, 200);
  EXPECT_TRUE(crowd.front()->is_closed());
  EXPECT_EQ(ask(post("program")).status, 200);
  crowd.clear();
  while (connections.count() > 0) io.run_one();
}

// Events ------------------------------------------------------------------------------------------

TEST_F(HttpDoorTest, events_are_a_stream_which_may_begin_in_the_past) {
  change_air();
  RawClient client(io, port);
  client.write(head("GET /v1/events?topics=air,state&since=0", "\r\n"));
  EXPECT_NE(client.read_until("\r\n\r\n").find("text/event-stream"), std::string::npos);
  EXPECT_TRUE(client.read_until("\n\n").starts_with("id: 1\ndata: {\"event\":\"air_changed\""));
  change_air();
  EXPECT_TRUE(client.read_until("\n\n").starts_with("id: 2\ndata: {"));
  RawClient again(io, port);
  again.write(head("GET /v1/events?topics=air&since=0", "Last-Event-ID: 1\r\n\r\n"));
  again.read_until("\r\n\r\n");
  EXPECT_TRUE(again.read_until("\n\n").starts_with("id: 2\n"));
  client.close();
  again.close();
  while (connections.count() > 0) io.run_one();
  EXPECT_FALSE(events.is_wanted(control::Topic::air));
}

TEST_F(HttpDoorTest, a_ticket_opens_one_web_socket) {
  const std::string protocols = "Sec-WebSocket-Protocol: bfq4004, ticket." + ticket() + "\r\n";
  RawClient client(io, port);
  client.write(upgrade(protocols));
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101 ")) << head;
  EXPECT_NE(head.find("Sec-WebSocket-Protocol: bfq4004\r\n"), std::string::npos) << head;
  client.write(frame(R"({"id":1,"command":"unsubscribe","arguments":{"topics":["state"]}})"));
  EXPECT_EQ(message(client), R"({"id":1,"return":{"topics":["air"],"summary":false},"at":0})");
  change_air();
  EXPECT_TRUE(message(client).starts_with("{\"event\":\"air_changed\""));
  client.write(frame(R"({"id":2,"command":"http"})"));
  EXPECT_NE(message(client).find("only_at_socket"), std::string::npos);
  EXPECT_EQ(ask(upgrade(protocols)).status, 401);
  EXPECT_EQ(ask(upgrade("")).status, 401);
  client.close();
  while (connections.count() > 0) io.run_one();
}

TEST(TicketsTest, each_is_valid_once_and_for_ten_seconds) {
  Tickets tickets;
  const Instant start{};
  const std::string used = tickets.issue(start), late = tickets.issue(start);
  EXPECT_TRUE(tickets.redeem(used, start + 9s));
  EXPECT_FALSE(tickets.redeem(used, start + 9s));
  EXPECT_FALSE(tickets.redeem(late, start + 10s));
  const std::string first = tickets.issue(start);
  for (std::size_t i = 0; i < Tickets::kMost; ++i) tickets.issue(start);
  EXPECT_FALSE(tickets.redeem(first, start));
}

// What is printed of the rows ---------------------------------------------------------------------

void find_references(const json::value& value, const json::object& schemas) {
  if (value.is_array())
    for (const json::value& each : value.get_array()) find_references(each, schemas);
  if (!value.is_object()) return;
  for (const auto& [name, each] : value.get_object()) {
    constexpr std::string_view kPrefix = "#/components/schemas/";
    if (name == "$ref") {
      const std::string target(each.as_string());
      EXPECT_TRUE(target.starts_with(kPrefix) && schemas.contains(target.substr(kPrefix.size())))
          << target;
    }
    find_references(each, schemas);
  }
}

TEST(OpenApi, has_each_command_that_is_had_over_http_and_its_references_lead_somewhere) {
  const json::object file = openapi();
  const json::object& paths = file.at("paths").as_object();
  for (const control::ControlCommand& command : control::commands()) {
    const bool is_there = paths.contains("/v1/" + std::string(command.name));
    const bool should_be = command.over_http == control::OverHttp::as_it_is ||
                           command.over_http == control::OverHttp::as_file;
    EXPECT_EQ(is_there, should_be) << command.name;
  }
  const auto body = [&](const char* path) -> const json::value& {
    return paths.at(path)
        .at("post")
        .at("requestBody")
        .at("content")
        .at("application/json")
        .at("schema");
  };
  EXPECT_EQ(json::serialize(body("/v1/ap.change").at("required")), R"(["name"])");
  EXPECT_EQ(json::serialize(body("/v1/reset").at("properties").at("reason").at("enum")),
            R"(["external","watchdog","power_on"])");
  find_references(file, file.at("components").at("schemas").as_object());
}

TEST_F(HttpDoorTest, metrics_are_lines_that_prometheus_reads) {
  start();
  const RawResponse answer = ask(head("GET /metrics", "\r\n"));
  EXPECT_NE(answer.head.find("Content-Type: text/plain; version=0.0.4"), std::string::npos);
  EXPECT_NE(answer.body.find("\nbfq_module_power{module=\"bfq0\"} 1\n"), std::string::npos);
  EXPECT_NE(answer.body.find("\nbfq_module_associated{module=\"bfq0\"} 0\n"), std::string::npos);
}
}  // namespace
}  // namespace bfq::http

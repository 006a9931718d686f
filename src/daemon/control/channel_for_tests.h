#pragma once
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/control/control.h"
#include "daemon/control/requests.h"

/// What tests of the control channel share: a program with one module, and a client at its socket.
namespace bfq::control {
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

/// A program with one module, in an air where everything is quick.
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
}  // namespace bfq::control

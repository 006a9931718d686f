// Two boards on one event loop and in one air: what one module does reaches the host of the other,
// who types nothing, at once.
#include "daemon/board/board.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include "daemon/serial/door_spec.h"

namespace bfq::board {
namespace {
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

/// Somebody at the TCP door of a board, on the same event loop.
class HostAtDoor {
 public:
  HostAtDoor(boost::asio::io_context& io, const Board& board) : socket_(io) {
    const std::string url = board.doors().front()->url();  // socket://127.0.0.1:PORT
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    listen();
  }
  void types(std::string_view line) {
    boost::asio::write(socket_, boost::asio::buffer(std::string(line) + "\r\n"));
  }
  /// True, and all up to there forgotten, once that was heard.
  bool hears(std::string_view text) {
    const std::size_t at = heard_.find(text);
    if (at == std::string::npos) return false;
    heard_.erase(0, at + text.size());
    return true;
  }
  const std::string& heard() const { return heard_; }

 private:
  void listen() {
    socket_.async_read_some(boost::asio::buffer(buffer_), [this](auto error, std::size_t n) {
      if (error) return;
      heard_.append(buffer_.data(), n);
      listen();
    });
  }
  tcp::socket socket_;
  std::array<char, 512> buffer_{};
  std::string heard_;
};

class TwoBoards : public testing::Test {
 protected:
  TwoBoards() {
    spdlog::set_level(spdlog::level::off);
    for (HostAtDoor* host : {&a, &b}) {
      expect(*host, "\r\nready\r\n");
      say(*host, "ATE0", "OK\r\n");
    }
    say(a, "AT+CWMODE_CUR=3", "OK\r\n");
    say(a, kShed, "OK\r\n");
  }
  ~TwoBoards() override { spdlog::set_level(level_); }

  /// Runs the loop until the host has heard that; gives up only after far longer than it takes
  /// anywhere.
  void expect(HostAtDoor& host, std::string_view text) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!host.hears(text)) {
      if (io.run_one_until(end) == 0)
        throw std::runtime_error("wants " + std::string(text) + ", has heard " + host.heard());
    }
  }
  void say(HostAtDoor& host, std::string_view line, std::string_view answer) {
    host.types(line);
    expect(host, answer);
  }
  void join() {
    say(b, "AT+CWJAP_CUR=\"shed\",\"12345678\"", "WIFI CONNECTED\r\nWIFI GOT IP\r\n\r\nOK\r\n");
    expect(a,
           "+STA_CONNECTED:" + mac_of_b + "\r\n+DIST_STA_IP:" + mac_of_b + ",\"192.168.4.2\"\r\n");
  }
  Board make(const char* name, unsigned number) {
    const BoardSetup setup{.module = {.name = name, .doors = {serial::parse_door("tcp:0")}},
                           .number = number,
                           .network = {.index = number, .is_at_localhost = number == 0}};
    return Board({io, clock, medium, neighbourhood}, setup, [] {});
  }

  static sim::Air quick_air() {
    sim::Air air = sim::default_air();
    air.delays = {.scan = 10ms, .associate = 10ms, .address = 10ms, .reject_password = 10ms};
    return air;
  }

  static constexpr auto kShed = "AT+CWSAP_CUR=\"shed\",\"12345678\",5,3";
  const std::string mac_of_b = "\"02:bf:40:04:00:02\"";
  boost::asio::io_context io{1};
  ProgramClock clock;
  sim::Medium medium{quick_air()};
  sockets::Neighbourhood neighbourhood;
  Board board_a = make("a", 0), board_b = make("b", 1);
  HostAtDoor a{io, board_a}, b{io, board_b};

 private:
  spdlog::level::level_enum level_ = spdlog::get_level();
};

TEST_F(TwoBoards, the_host_of_an_access_point_is_told_who_comes_and_goes) {
  join();
  say(a, "AT+CWLIF", "192.168.4.2,02:bf:40:04:00:02\r\n\r\nOK\r\n");
  say(b, "AT+CWQAP", "\r\nOK\r\nWIFI DISCONNECT\r\n");
  expect(a, "+STA_DISCONNECTED:" + mac_of_b + "\r\n");
  join();
}

TEST_F(TwoBoards, the_host_of_a_station_is_told_that_the_access_point_has_gone_and_is_back) {
  join();
  say(a, "AT+CWMODE_CUR=1", "OK\r\n+STA_DISCONNECTED:" + mac_of_b + "\r\n");
  expect(b, "WIFI DISCONNECT\r\n");
  say(a, "AT+CWMODE_CUR=2", "OK\r\n");
  expect(b, "WIFI CONNECTED\r\nWIFI GOT IP\r\n");
  expect(a, "+STA_CONNECTED:" + mac_of_b + "\r\n");
}

TEST_F(TwoBoards, a_restart_of_one_is_seen_by_the_other) {
  join();
  say(b, "AT+RST", "OK\r\n");
  expect(a, "+STA_DISCONNECTED:" + mac_of_b + "\r\n");
  expect(b, "\r\nready\r\n");
  join();
  say(a, "AT+RST", "OK\r\n");
  expect(b, "WIFI DISCONNECT\r\n");
}

TEST_F(TwoBoards, a_change_of_the_air_reaches_both) {
  medium.apply(
      sim::PutStation{{.ssid = "shed", .password = "12345678", .mac = {{2, 0, 0, 0, 0, 3}}}},
      clock.now());
  expect(a,
         "+STA_CONNECTED:\"02:00:00:00:00:03\"\r\n+DIST_STA_IP:\"02:00:00:00:00:03\",\"192.168.4."
         "2\"\r\n");
  say(b, "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"", "WIFI GOT IP\r\n\r\nOK\r\n");
  medium.apply(sim::RemoveStation{{{2, 0, 0, 0, 0, 3}}}, clock.now());
  medium.apply(sim::RemoveAccessPoint{medium.air().access_points.front().bssid}, clock.now());
  expect(a, "+STA_DISCONNECTED:\"02:00:00:00:00:03\"\r\n");
  expect(b, "WIFI DISCONNECT\r\n");
}
}  // namespace
}  // namespace bfq::board

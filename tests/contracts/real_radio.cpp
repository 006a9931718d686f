// The contract of radios, on a radio of this machine: a program of its own, as that needs an air.
// tests/radio/contract.py makes one, starts this with an interface and a socket, and does there
// what is asked through it, a line each.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <set>
#include <string>

#include "daemon/process/failure.h"
#include "daemon/wifi/scan_text.h"
#include "daemon/wifi/wifi_radio.h"
#include "radio_under_test.h"

namespace bfq::contracts {
namespace {
using Clock = std::chrono::steady_clock;

// An emulated machine is slow: how long something that has to come may take, and how long nothing
// has to come before nothing does.
constexpr std::chrono::seconds kPatience{40};
constexpr std::chrono::milliseconds kQuiet{800};

// For a station the others are the same: hostapd says good-bye, and is then another one.
constexpr Loss kDifferentLosses[] = {Loss::goes, Loss::changes_password, Loss::changes_channel,
                                     Loss::goes_out_of_hearing};

// Those that cannot hold, and why.
constexpr std::span<const Exception> kExceptions{};

/// What the arguments of this program are.
std::string interface_, air_;

/// The other end of the air: asks for something, and waits until it is done.
class AirSocket {
 public:
  AirSocket() {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::copy_n(air_.begin(), std::min(air_.size(), sizeof address.sun_path - 1), address.sun_path);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      process::fail_with_errno("cannot reach the air");
  }
  ~AirSocket() { close(socket_); }
  AirSocket(const AirSocket&) = delete;
  AirSocket& operator=(const AirSocket&) = delete;

  std::string ask(const std::string& what) const {
    std::array<char, 256> answer{};
    if (send(socket_, what.data(), what.size(), MSG_NOSIGNAL) < 0) return {};
    const ssize_t size = recv(socket_, answer.data(), answer.size(), 0);
    return {answer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
  bool agrees(const std::string& what) const { return ask(what) == "yes"; }

 private:
  int socket_ = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
};

class RealRadio : public RadioUnderTest {
 public:
  RealRadio() { air_socket_.ask("begin_again"); }

  void request(const OfRadio& r) override {
    waits_ = true;
    std::visit([&](const auto& asked) { take(asked); }, r);
  }
  /// For a millisecond, as it says; else until what is due was said and nothing follows.
  std::vector<Event> pass(Duration d) override {
    const Clock::time_point begun = Clock::now();
    std::vector<Event> said;
    if (d < 1s) {
      listen_until(begun + d, said);
      return said;
    }
    Clock::time_point quiet_since = begun;
    const bool waits = std::exchange(waits_, true);
    while (Clock::now() < begun + kPatience) {
      const std::size_t before = said.size();
      listen_until(Clock::now() + std::chrono::milliseconds(100), said);
      if (said.size() != before) quiet_since = Clock::now();
      if (lease_guests()) quiet_since = Clock::now();
      const bool is_quiet = Clock::now() > quiet_since + kQuiet;
      if (is_quiet && scans_ == 0 && (!said.empty() || !waits)) break;
    }
    return said;
  }
  /// For as long as it takes to open the network, where it is asked for, and a moment longer.
  bool stays_silent(Duration) override {
    const Clock::time_point begun = Clock::now();
    std::vector<Event> said;
    while (wants_own_ && !radio_->networks().soft_ap && Clock::now() < begun + kPatience)
      listen_until(Clock::now() + std::chrono::milliseconds(100), said);
    listen_until(Clock::now() + kQuiet, said);
    return said.empty();
  }
  void power_off() override {
    radio_->power_off();
    wants_own_ = false;
    scans_ = 0;
  }

  void lose_home(Loss way) override { air_socket_.ask("lose " + std::to_string(int(way))); }
  void restore_home() override { air_socket_.ask("restore"); }
  void weaken_home() override { air_socket_.ask("weaken"); }
  void guest_comes(unsigned number, std::string_view password) override {
    waits_ = air_socket_.agrees(about(number, "comes ") + std::string(password));
  }
  void guest_goes(unsigned number) override {
    due_.erase(guest(number));
    waits_ = air_socket_.agrees(about(number, "goes"));
  }
  MacAddress guest(unsigned number) const override {
    return wifi::parse_mac(air_socket_.ask(about(number, "mac"))).value_or(MacAddress{});
  }

 private:
  static std::string about(unsigned number, const std::string& what) {
    return "guest " + std::to_string(number) + " " + what;
  }
  template <class Asked>
  void take(const Asked& asked) {
    if constexpr (std::is_same_v<Asked, radio::Scan>) ++scans_;
    if constexpr (std::is_same_v<Asked, radio::StartAccessPoint>) wants_own_ = true;
    if constexpr (std::is_same_v<Asked, radio::StopAccessPoint>) wants_own_ = false;
    radio_->take(asked);
  }
  void listen_until(Clock::time_point end, std::vector<Event>& said) {
    do {
      io_.run_one_until(end);
      while (const auto event = radio_->next_event()) {
        if (std::holds_alternative<radio::ScanDone>(*event)) --scans_;
        if (const auto* joined = std::get_if<radio::StationJoined>(&*event))
          due_.insert(joined->mac);
        std::printf("  %s\n", std::string(name_of(*event)).c_str());  // tells why a test fails
        said.push_back(*event);
      }
    } while (Clock::now() < end);
  }
  /// Guests that are in ask for an address. True if one did.
  bool lease_guests() {
    const auto guests = std::exchange(due_, {});
    for (const MacAddress mac : guests) air_socket_.ask("address " + wifi::text_of(mac));
    return !guests.empty();
  }

  AirSocket air_socket_;
  boost::asio::io_context io_;
  std::unique_ptr<wifi::Helper> helper_ = wifi::Helper::start({.interface = interface_}, false);
  std::unique_ptr<wifi::WifiRadio> radio_ = std::make_unique<wifi::WifiRadio>(
      io_, *helper_, "radio", MacAddress{{2, 0xBF, 0x40, 4, 1, 1}}, [] {});
  std::set<MacAddress> due_;  ///< guests that have no address yet
  int scans_ = 0;
  bool wants_own_ = false, waits_ = true;
};
}  // namespace

std::vector<RadioKind> kinds_of_radio() {
  return {
      {.name = "Real",
       .make = []() -> std::unique_ptr<RadioUnderTest> { return std::make_unique<RealRadio>(); },
       .losses = kDifferentLosses,
       .exceptions = kExceptions}};
}
}  // namespace bfq::contracts

int main(int count, char** arguments) {
  using namespace bfq;
  const std::string_view name = arguments[0];
  if (count == 2 && name.substr(name.rfind('/') + 1) == wifi::kLeaseHook)
    return wifi::tell_lease(arguments[0], arguments[1]);
  ::testing::InitGoogleTest(&count, arguments);
  if (count != 3) return 2;
  contracts::interface_ = arguments[1];
  contracts::air_ = arguments[2];
  return RUN_ALL_TESTS();
}

// The module on a Cortex-M without radio or network: what the suite weighs, and proof that the core
// needs nothing that such a chip lacks. It links, and is not yet meant to be flashed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <variant>

#include "base/check.h"
#include "base/queue.h"
#include BFQ_DIALECT_HEADER
#include "runtime/turn.h"

namespace bfq {
namespace {
// UART and microsecond counter as on Arm's MPS2 board.
struct Registers {
  std::uint32_t data;
  std::uint32_t state;  // bit 0: nothing more may be sent now; bit 1: something was received
};
volatile Registers& registers() { return *reinterpret_cast<volatile Registers*>(0x40004000U); }
volatile std::uint32_t& counter() {
  return *reinterpret_cast<volatile std::uint32_t*>(0x40028018U);
}
volatile std::uint32_t& reset_control() {
  return *reinterpret_cast<volatile std::uint32_t*>(0xE000ED0CU);
}

constexpr std::uint32_t kSendFull = 1;
constexpr std::uint32_t kReceived = 2;
constexpr std::uint32_t kRequestReset = 0x05FA0004;

/// The counter has 32 bits and is read more often than it wraps.
class Clock {
 public:
  Instant now() {
    const std::uint32_t ticks = counter();
    time_ += Duration{ticks - last_};
    last_ = ticks;
    return time_;
  }

 private:
  Instant time_{};
  std::uint32_t last_ = 0;
};

constexpr Identity kIdentity{
    .station_mac = {{0x02, 0x40, 0x04, 0, 0, 1}},
    .access_point_mac = {{0x02, 0x40, 0x04, 0, 0, 2}},
    .version = "1",
    .build_time = "1",
};

// What is soldered to the module, see runtime/adapters.h ------------------------------------------

class PolledUart {
 public:
  void take(const uart::Request&, Instant) {}  // it stays at the rate of its reset
  bool drain(auto& module, Instant) {
    const bool received = receive(module);
    return send(module) || received;
  }
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  void power_off(Instant) { typed_.reset(); }
  void chip_has_power(power::Reason) {}
  void module_has_started() {}

 private:
  bool receive(auto& module) {
    if (!typed_ && (registers().state & kReceived) != 0)
      typed_ = std::byte{static_cast<std::uint8_t>(registers().data)};
    if (!typed_ || module.uart_input({&*typed_, 1}) == 0) return false;
    typed_.reset();
    return true;
  }
  bool send(auto& module) {
    const auto waiting = module.uart_output();
    if (waiting.empty() || (registers().state & kSendFull) != 0) return false;
    registers().data = std::to_integer<std::uint32_t>(waiting.front());
    module.uart_sent(1);
    return true;
  }

  std::optional<std::byte> typed_;  ///< received, and not taken by the module yet
};

/// There is no radio, no network and no flash here: whatever is asked of them is refused. One queue
/// serves all three, and holds what a refusal says: a whole Event is ten times as large.
class Refusals {
  using NotAnswered =
      std::variant<radio::Leave, radio::StartAccessPoint, radio::StopAccessPoint, radio::SetPower,
                   radio::Expel, radio::AwaitPhone, radio::SetAddresses, radio::SetCountry,
                   lease::ServeAddresses, net::Close, net::StopListening, net::Accept, net::Refuse,
                   net::Ping, net::AskTime, net::Announce, net::StopAnnouncing, net::AddTlsText,
                   net::RecallTlsTexts, web::Store, web::Cancel, mqtt::Put, mqtt::Take, mqtt::More,
                   mqtt::Look, mqtt::Disconnect>;

 public:
  void refuse(const radio::Join& r) {
    add(radio::JoinFailed{r.ticket, radio::JoinFailure::no_such_network});
  }
  void refuse(const radio::Scan& r) { add(radio::ScanDone{r.ticket}); }
  void refuse(const radio::Pair& r) { add(radio::PairFailed{r.ticket}); }
  void refuse(const lease::ObtainAddress& r) { add(lease::AddressFailed{r.ticket}); }
  void refuse(const lease::UseAddress& r) { add(lease::AddressFailed{r.ticket}); }
  void refuse(const net::Resolve& r) { add(net::ResolveFailed{r.ticket}); }
  void refuse(const net::Open& r) { add(net::OpenFailed{r.link, net::OpenFailure::unreachable}); }
  void refuse(const net::GiveUp& r) { add(net::Closed{r.link}); }
  void refuse(const net::Listen& r) { add(net::ListenFailed{r.ticket}); }
  void refuse(
      const OneOf<std::variant<web::Fetch, web::Recall, web::Continue, web::Update>> auto& r) {
    add(web::FetchFailed{r.ticket});
  }
  void refuse(const OneOf<std::variant<mqtt::Connect, mqtt::Publish, mqtt::Subscribe,
                                       mqtt::Unsubscribe>> auto& r) {
    add(mqtt::Denied{r.ticket});
  }
  void refuse(const OneOf<flash::Request> auto& r) { add(flash::Failed{r.ticket}); }
  void refuse(const OneOf<NotAnswered> auto&) {}

  // Inlined, it would put a second event on the stack of whoever asks.
  [[gnu::noinline]] std::optional<Event> next() {
    if (refusals_.empty()) return std::nullopt;
    return std::visit([](const auto& refusal) { return Event(refusal); }, refusals_.pop());
  }
  void clear() { refusals_.clear(); }

 private:
  using Refusal =
      std::variant<radio::JoinFailed, radio::ScanDone, radio::PairFailed, lease::AddressFailed,
                   net::ResolveFailed, net::OpenFailed, net::ListenFailed, net::Closed,
                   flash::Failed, web::FetchFailed, mqtt::Denied>;

  void add(const Refusal& refusal) { CHECK(refusals_.push(refusal)); }

  Queue<Refusal, limits::kRequests> refusals_;
};

/// Tells the refusals of all three.
struct MissingRadio {
  Refusals& refusals;

  void take(const auto& request, Instant) { refusals.refuse(request); }
  std::optional<Event> next_event(Instant) { return refusals.next(); }
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  void power_off(Instant) { refusals.clear(); }
};

struct MissingNetwork {
  Refusals& refusals;

  void take(const auto& request, Instant) { refusals.refuse(request); }
  /// No link is ever open without a network, which the linker cannot know: the bytes of links are
  /// weighed too.
  bool drain(auto& module, Instant) {
    for (std::uint8_t id = 0; id < limits::kLinks; ++id) {
      const LinkHandle link{id, static_cast<std::uint16_t>(counter())};
      const auto out = module.link_output(link);
      if (!out.bytes.empty()) module.link_sent(link, out.bytes.size());
      if (module.link_room(link) > 0) module.link_input(link, out.bytes);
      if (module.datagram_room(link) > 0) module.datagram_input(link, out.destination, out.bytes);
    }
    return false;
  }
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  void power_off(Instant) {}
};

struct MissingFlash {
  Refusals& refusals;

  void take(const auto& request, std::span<const std::byte>, Instant) { refusals.refuse(request); }
  std::optional<Event> next_event(Instant) { return std::nullopt; }
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  void power_off(Instant) {}
  bool at_rest() const { return true; }
  // Where flash would be.
  std::span<const std::byte> image() const {
    return {reinterpret_cast<const std::byte*>(0x21000000U), flash::kImageSize};
  }
};

/// Nothing is attached to the module's pins, and what it drives is not led anywhere.
struct MissingPins {
  void take(const pins::Request&, Instant) {}
  std::optional<Event> next_event(Instant) { return std::nullopt; }
  Deadline next_deadline(Instant) const { return Deadline::never(); }
  void power_off(Instant) {}
};

constexpr runtime::BootTimes kBootTimes{.power_on = {}, .restart = {}};  // the chip's own

Module module{kIdentity, commands::BFQ_DIALECT};
runtime::Doors doors{module};
Clock watch;
PolledUart polled_uart;
Refusals refusals;
MissingRadio missing_radio{refusals};
MissingNetwork missing_network{refusals};
MissingFlash missing_flash{refusals};
MissingPins missing_pins;
runtime::Turn turn{doors,           watch,         polled_uart,  missing_radio,
                   missing_network, missing_flash, missing_pins, kBootTimes};
}  // namespace

// As a watchdog would: the chip restarts.
void check_failed(const char*, const char*, int) {
  for (;;) reset_control() = kRequestReset;
}
}  // namespace bfq

// The C++ library calls it for a variant without a value, which none of ours can become. That of
// newlib raises a signal, whose table it would take from the heap.
extern "C" void abort() { bfq::check_failed("abort", __FILE__, __LINE__); }

int main() {
  bfq::turn.power_on();
  for (;;) {
    bfq::turn.settle();
    if (bfq::turn.next_deadline().due(bfq::watch.now())) bfq::turn.time_is_up();
  }
}

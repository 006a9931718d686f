// The module on a Cortex-M without radio or network: what the suite weighs, and proof that the core
// needs nothing that such a chip lacks. It links, and is not yet meant to be flashed.
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "base/check.h"
#include "commands/bfq4004.h"
#include "module/module.h"

namespace {
// UART and microsecond counter as on Arm's MPS2 board.
struct Uart {
  std::uint32_t data;
  std::uint32_t state;  // bit 0: nothing more may be sent now; bit 1: something was received
};
volatile Uart& uart() { return *reinterpret_cast<volatile Uart*>(0x40004000U); }
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
  bfq::Instant read() {
    const std::uint32_t ticks = counter();
    time_ += bfq::Duration{ticks - last_};
    last_ = ticks;
    return time_;
  }

 private:
  bfq::Instant time_{};
  std::uint32_t last_ = 0;
};

constexpr bfq::Identity kIdentity{
    .station_mac = {{0x02, 0x40, 0x04, 0, 0, 1}},
    .access_point_mac = {{0x02, 0x40, 0x04, 0, 0, 2}},
    .version = "1",
    .build_time = "1",
};

// Where flash would be.
std::span<const std::byte> flash() {
  return {reinterpret_cast<const std::byte*>(0x21000000U), bfq::flash::kImageSize};
}

bfq::Module module{kIdentity, bfq::commands::kBfq4004};
Clock watch;

void receive(bfq::Instant now) {
  if ((uart().state & kReceived) == 0) return;
  const std::byte byte{static_cast<std::uint8_t>(uart().data)};
  module.uart_input({&byte, 1}, now);
}

void send(bfq::Instant now) {
  const auto waiting = module.uart_output();
  if (waiting.empty() || (uart().state & kSendFull) != 0) return;
  uart().data = std::to_integer<std::uint32_t>(waiting.front());
  module.uart_sent(1, now);
}

// There is no radio and no network here: they refuse what the module asks for.
struct Refusal {
  bfq::Instant now;
  void operator()(const bfq::radio::Join& join) const {
    module.handle(bfq::radio::JoinFailed{join.ticket, bfq::radio::JoinFailure::no_such_network},
                  now);
  }
  void operator()(const bfq::radio::Scan& scan) const {
    module.handle(bfq::radio::ScanDone{scan.ticket}, now);
  }
  void operator()(const bfq::lease::ObtainAddress& obtain) const {
    module.handle(bfq::lease::AddressFailed{obtain.ticket}, now);
  }
  void operator()(const bfq::lease::UseAddress& use) const {
    module.handle(bfq::lease::AddressFailed{use.ticket}, now);
  }
  void operator()(const bfq::net::Resolve& resolve) const {
    module.handle(bfq::net::ResolveFailed{resolve.ticket}, now);
  }
  void operator()(const bfq::net::Open& open) const {
    module.handle(bfq::net::OpenFailed{open.link, bfq::net::OpenFailure::unreachable}, now);
  }
  void operator()(const bfq::flash::Erase& erase) const {
    module.handle(bfq::flash::Failed{erase.ticket}, now);
  }
  void operator()(const bfq::flash::Program& write) const {
    module.handle(bfq::flash::Failed{write.ticket}, now);
  }
  void operator()(const bfq::power::Restart& restart) const {
    module.handle(bfq::power::Started{restart.reason, flash()}, now);
  }
  void operator()(const bfq::net::Listen& listen) const {
    module.handle(bfq::net::ListenFailed{listen.ticket}, now);
  }
  // What is not answered.
  void operator()(const bfq::radio::Leave&) const {}
  void operator()(const bfq::radio::StopAccessPoint&) const {}
  void operator()(const bfq::radio::StartAccessPoint&) const {}
  void operator()(const bfq::lease::ServeAddresses&) const {}
  void operator()(const bfq::net::Close&) const {}
  void operator()(const bfq::net::StopListening&) const {}
  void operator()(const bfq::net::Accept&) const {}
  void operator()(const bfq::net::Refuse&) const {}
  void operator()(const bfq::uart::Configure&) const {}
};

// Never true without a network, which the linker cannot know: the bytes of links are weighed too.
void exchange(bfq::Instant now) {
  for (std::uint8_t id = 0; id < bfq::limits::kLinks; ++id) {
    const bfq::LinkHandle link{id, static_cast<std::uint16_t>(counter())};
    const auto out = module.link_output(link);
    if (!out.bytes.empty()) module.link_sent(link, out.bytes.size(), now);
    if (module.link_room(link) > 0) module.link_input(link, out.bytes, now);
    if (module.datagram_room(link) > 0)
      module.datagram_input(link, out.destination, out.bytes, now);
  }
}
}  // namespace

namespace bfq {
// As a watchdog would: the chip starts anew.
void check_failed(const char*, const char*, int) {
  for (;;) reset_control() = kRequestReset;
}
}  // namespace bfq

int main() {
  module.handle(bfq::power::Started{bfq::power::Reason::power_on, flash()}, watch.read());
  for (;;) {
    const bfq::Instant now = watch.read();
    receive(now);
    while (const auto request = module.next_request()) std::visit(Refusal{now}, *request);
    exchange(now);
    send(now);
    if (module.next_deadline().due(now)) module.advance(now);
  }
}

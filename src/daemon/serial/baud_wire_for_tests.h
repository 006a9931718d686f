#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "daemon/serial/baud_wire.h"
#include "daemon/serial/uart_side_for_tests.h"

/// What tests of the BaudWire are made with.
namespace bfq::serial::at_baud {
/// A module that says what it is told to, and notes what is typed, as far as it takes it.
class FakeModule final : public PrintedOutput {
 public:
  std::size_t uart_input(std::span<const std::byte> bytes) override {
    const std::size_t n = std::min(bytes.size(), takes);
    typed.append(reinterpret_cast<const char*>(bytes.data()), n);
    if (when_typed) when_typed();
    return n;
  }
  void settle() override {}
  const at::Dialect& dialect() const override;
  void settle_soon() override {}

  std::string typed;
  std::function<void()> when_typed;
};

/// A host that types `types`, and reads when it is told to.
class FakeHost final : public SerialHost {
 public:
  std::string name() const override { return "a host"; }
  Transfer read(std::span<std::byte> into) override {
    const std::size_t n = std::min(into.size(), types.size());
    if (n == 0 && ends) return Transfer::ended();
    if (n == 0) return leaves ? Transfer::gone() : Transfer::blocked();
    std::copy_n(bytes_of(types).begin(), n, into.begin());
    types.erase(0, n);
    return Transfer::moved(n);
  }
  Transfer write(std::span<const std::byte> bytes) override {
    const std::size_t n = std::min(bytes.size(), system - std::min(system, unread.size()));
    unread.append(reinterpret_cast<const char*>(bytes.data()), n);
    return n == 0 ? Transfer::blocked() : Transfer::moved(n);
  }
  bool is_terminal() const override { return true; }
  std::optional<EchoSettings> echo() const override { return echoes; }
  void when_typing(Ready ready) override { on_typing = std::move(ready); }
  void when_room(Ready) override {}
  UartFormat uart(const UartFormat& module) const override { return set_to.value_or(module); }
  std::size_t backlog() override { return unread.size(); }
  bool is_a_line() const override { return line; }
  void line_fault(LineFault fault) override {
    ++(fault == LineFault::overrun ? overruns : framing);
  }
  bool is_changing() const override { return changing; }

  std::string types, unread, seen;
  void left() override { attached = false; }
  bool holds_output() const override { return holds; }

  bool leaves = false, ends = false, line = false, reads = true, changing = false;
  bool attached = true, holds = false;
  std::size_t system = SIZE_MAX;  ///< bytes that are taken and not read
  std::optional<EchoSettings> echoes;
  unsigned overruns = 0, framing = 0;
  std::optional<UartFormat> set_to;
  Ready on_typing;
};

/// Time is simulated: the wire is looked at exactly when it wants that. At 10,000 baud a byte takes
/// 1 ms.
class BaudWireTest : public testing::Test {
 protected:
  BaudWireTest() { wire.configure(format(0)); }

  static UartFormat format(std::uint8_t flow) { return {.baud = 10000, .flow = flow}; }
  std::shared_ptr<FakeHost> attach() {
    hosts.push_back(std::make_shared<FakeHost>());
    wire.attach(hosts.back());
    return hosts.back();
  }
  void look() {
    for (const auto& host : hosts) {
      const bool has_something = !host->types.empty() || host->leaves || host->ends;
      if (has_something && host->on_typing) std::exchange(host->on_typing, nullptr)();
    }
    wire.begin_turn();
    wire.release_gone_hosts();
    while (wire.drain()) {
    }
    for (const auto& host : hosts) {
      largest_lump = std::max(largest_lump, host->unread.size());
      if (host->reads) host->seen += std::exchange(host->unread, {});
    }
  }
  void run(Duration time) {
    const Instant end = now + time;
    look();
    while (wire.next_deadline().due(end)) {
      now = std::max(now, wire.next_deadline().at());
      ++looks;
      look();
    }
    now = end;
    look();
  }

  boost::asio::io_context io;
  Instant now{};
  FakeModule module;
  BaudWire wire{
      io, module, {.speed = UartPhysics::Speed::baud, .host_buffer = 128}, [this] { return now; }};
  std::vector<std::shared_ptr<FakeHost>> hosts;
  unsigned looks = 0;
  std::size_t largest_lump = 0;  ///< bytes that a host received at once
};
}  // namespace bfq::serial::at_baud

#include "daemon/serial/rfc2217_door.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/process/version.h"
#include "daemon/serial/line_format.h"
#include "daemon/serial/stream_host.h"
#include "daemon/serial/tcp_door.h"
#include "daemon/serial/telnet_com_port.h"

namespace bfq::serial {
namespace {
using boost::asio::ip::tcp;

constexpr std::uint8_t kRunning =
    TelnetComPort::kClearToSend | TelnetComPort::kDataSetReady | TelnetComPort::kCarrier;
/// Whoever speaks RFC 2217 begins with it; a client that has sent so many bytes of data speaks raw.
constexpr std::uint64_t kTelnetSpeaksWithin = 512;
}  // namespace

class Rfc2217Door::TelnetHost final : public SocketHost {
 public:
  TelnetHost(Rfc2217Door& door, int descriptor, std::string name)
      : SocketHost(door.side_, descriptor, std::move(name)),
        door_(door),
        telnet_("bfq4004 " + std::string(process::kVersion)) {}

  /// Sends what a new client must be told first.
  void begin() {
    telnet_.set_modem_state(door_.modem_state_);
    flush();
  }

  Transfer read(std::span<std::byte> into) override {
    if (typed_.empty()) {
      const Transfer got = receive(into.size());
      if (typed_.empty()) return got;
    }
    const std::size_t n = std::min(into.size(), typed_.size());
    std::memcpy(into.data(), typed_.data(), n);
    typed_.erase(typed_.begin(), typed_.begin() + static_cast<std::ptrdiff_t>(n));
    return Transfer::moved(n);
  }

  Discard take_discard() override {
    const auto purge = telnet_.take_purge();
    return {.typed = purge.typed, .unread = purge.unread};
  }

  Transfer write(std::span<const std::byte> bytes) override {
    if (telnet_.suspended()) return Transfer::blocked();
    if (!flush()) return Transfer::gone();
    if (!telnet_.output().empty()) return Transfer::blocked();
    telnet_.say(bytes);
    return flush() ? Transfer::moved(bytes.size()) : Transfer::gone();
  }

  /// While the client does not read replies, none of its commands is read either.
  void when_typing(Ready ready) override {
    StreamHost::await(descriptor(),
                      telnet_.has_room() ? Descriptor::wait_read : Descriptor::wait_write,
                      std::move(ready));
  }

  void when_room(Ready ready) override {
    if (telnet_.suspended()) {
      on_resume_ = std::move(ready);
    } else {
      StreamHost::when_room(std::move(ready));
    }
  }

  UartFormat uart(const UartFormat& module) const override {
    return telnet_.port().negotiated ? telnet_.port().format : module;
  }
  bool holds_output() const override { return !telnet_.output().empty(); }
  std::size_t backlog() override { return StreamHost::backlog() + telnet_.output().size(); }
  void line_fault(LineFault fault) override {
    telnet_.tell_line_state(fault == LineFault::overrun ? TelnetComPort::kOverrun
                                                        : TelnetComPort::kFramingError);
    flush();
  }

  void left() override {
    StreamHost::left();
    let_go_of_reset();
  }

  void show_modem_state(std::uint8_t state) {
    telnet_.set_modem_state(state);
    flush();
  }
  bool asserts_reset() const { return asserts_reset_; }

 private:
  /// Reads from the socket and obeys the commands in it; what was typed is appended to typed_.
  Transfer receive(std::size_t most) {
    if (!flush()) return Transfer::gone();
    if (!telnet_.has_room()) return Transfer::blocked();
    std::array<std::byte, 1024> buffer;
    const Transfer got =
        SocketHost::receive(std::span(buffer).first(std::min(most, buffer.size())));
    if (got.state == Transfer::State::ended) let_go_of_reset();  // it can send no command any more
    if (got.n == 0) return got;
    received_ += got.n;
    const TelnetComPort::Port before = telnet_.port();
    telnet_.take(std::span(buffer).first(got.n), typed_);
    obey(before);
    if (!flush()) return Transfer::gone();
    return Transfer::blocked();
  }

  void obey(const TelnetComPort::Port& before) {
    const TelnetComPort::Port& port = telnet_.port();
    if (port.format != before.format)
      log().info("{} sets its port to {}", name(), describe(port.format));
    if (port.dtr != before.dtr || port.rts != before.rts)
      log().debug("{}: DTR {}, RTS {}", name(), port.dtr ? "on" : "off", port.rts ? "on" : "off");
    if (port.sends_break && !before.sends_break) log().info("{} sends a break", name());
    if (telnet_.malformed() > 0 && !told_malformed_) {
      told_malformed_ = true;
      log().warn(
          "{} sends malformed Telnet commands, which are ignored; a host that sends raw bytes "
          "needs --serial tcp:PORT",
          name());
    }
    if (received_ >= kTelnetSpeaksWithin && telnet_.commands() == 0 &&
        !std::exchange(told_raw_, true)) {
      log().warn(
          "{} has sent {} bytes and no Telnet command: a host that does not speak RFC 2217 needs "
          "--serial tcp:PORT",
          name(), received_);
    }
    if (!telnet_.suspended() && on_resume_)
      StreamHost::when_room(std::exchange(on_resume_, nullptr));
    asserts_reset_ = port.rts && !port.dtr;
    door_.look_at_reset();
  }

  void let_go_of_reset() {
    asserts_reset_ = false;
    door_.look_at_reset();
  }

  /// Sends what can be sent, and the rest when there is room. Returns false when the client has
  /// gone.
  bool flush() {
    while (!telnet_.output().empty()) {
      const Transfer done = write_some(descriptor().native_handle(), telnet_.output());
      telnet_.sent(done.n);
      if (done.state == Transfer::State::gone) return false;
      if (done.state == Transfer::State::blocked) {
        await_flush();
        break;
      }
    }
    return true;
  }

  void await_flush() {
    if (std::exchange(awaits_flush_, true)) return;
    await(descriptor(), Descriptor::wait_write, [this] {
      awaits_flush_ = false;
      flush();  // if the client has gone, reading will tell
    });
  }

  Rfc2217Door& door_;
  TelnetComPort telnet_;
  std::vector<std::byte> typed_;
  Ready on_resume_;
  std::uint64_t received_ = 0;  ///< bytes
  bool asserts_reset_ = false, awaits_flush_ = false, told_malformed_ = false, told_raw_ = false;
};

Rfc2217Door::Rfc2217Door(DoorSide& side, const std::string& host, std::uint16_t port,
                         bool rts_resets)
    : side_(side),
      rts_resets_(rts_resets),
      listener_(side.log(), "rfc2217", listen_at(side.io(), "rfc2217", host, port),
                [this](tcp::socket client) { return welcome(std::move(client)); }) {}

std::string Rfc2217Door::place() const {
  return "rfc2217 " + text_of(listener_.endpoint()) + (rts_resets_ ? ", RTS resets" : "");
}
std::string Rfc2217Door::url() const {
  return "rfc2217://" + address_to_call(listener_.endpoint());
}

std::shared_ptr<SerialHost> Rfc2217Door::welcome(tcp::socket client) {
  const auto who = make_ready(client);
  if (!who) return nullptr;
  const auto host = std::make_shared<TelnetHost>(*this, client.release(), *who);
  hosts_.push_back(host);
  side_.attach(host);
  host->begin();
  return host;
}

void Rfc2217Door::module_is_ready() { show_modem_state(kRunning); }
void Rfc2217Door::module_is_off() { show_modem_state(0); }

void Rfc2217Door::show_modem_state(std::uint8_t state) {
  modem_state_ = state;
  for (const auto& host : hosts_) {
    if (const auto there = host.lock()) there->show_modem_state(state);
  }
}

void Rfc2217Door::look_at_reset() {
  std::erase_if(hosts_, [](const auto& host) { return host.expired(); });
  if (!rts_resets_) return;
  const bool asserted = std::any_of(hosts_.begin(), hosts_.end(), [](const auto& host) {
    const auto there = host.lock();
    return there && there->asserts_reset();
  });
  if (asserted == std::exchange(resets_, asserted)) return;
  if (asserted) {
    side_.hold_in_reset();
  } else {
    side_.release_from_reset();
  }
}
}  // namespace bfq::serial

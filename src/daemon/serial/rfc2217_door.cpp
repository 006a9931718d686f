#include "daemon/serial/rfc2217_door.h"

#include <algorithm>
#include <utility>

#include "daemon/process/version.h"
#include "daemon/serial/framed_host.h"
#include "daemon/serial/line_format.h"
#include "daemon/serial/tcp_door.h"
#include "daemon/serial/telnet_com_port.h"

namespace bfq::serial {
namespace {
/// Whoever speaks RFC 2217 begins with it; a client that has sent so many bytes of data speaks raw.
constexpr std::uint64_t kTelnetSpeaksWithin = 512;
}  // namespace

class Rfc2217Door::TelnetHost final : public FramedHost {
 public:
  TelnetHost(Rfc2217Door& door, int descriptor, std::string name)
      : FramedHost(door.side_, descriptor, std::move(name)),
        door_(door),
        telnet_("bfq4004 " + std::string(process::kVersion)) {}

  /// Sends what a new client must be told first.
  void begin() {
    telnet_.set_modem_state(door_.modem_state());
    flush();
  }

  Discard take_discard() override {
    const auto purge = telnet_.take_purge();
    const bool discards = std::exchange(discards_, false);
    return {.typed = purge.typed || discards, .unread = purge.unread};
  }
  bool is_read_ahead() const override { return door_.lines_.heeds_dtr(); }

  Transfer write(std::span<const std::byte> bytes) override {
    return telnet_.suspended() ? Transfer::blocked() : FramedHost::write(bytes);
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
  void line_fault(LineFault fault) override {
    telnet_.tell_line_state(fault == LineFault::overrun ? TelnetComPort::kOverrun
                                                        : TelnetComPort::kFramingError);
    flush();
  }

  void left() override {
    StreamHost::left();
    let_go_of_lines();
  }

  void show_modem_state(std::uint8_t state) {
    telnet_.set_modem_state(state);
    flush();
  }
  bool asserts_reset() const { return asserts_reset_; }

 private:
  std::span<const std::byte> output() const override { return telnet_.output(); }
  void sent(std::size_t n) override { telnet_.sent(n); }
  void say(std::span<const std::byte> bytes) override { telnet_.say(bytes); }
  bool may_take() const override { return telnet_.has_room(); }
  /// One byte at a time: DTR may drop and come back within a piece.
  void take(std::span<const std::byte> bytes, std::vector<std::byte>& typed) override {
    for (const std::byte byte : bytes) {
      ++received_;
      const TelnetComPort::Port before = telnet_.port();
      telnet_.take({&byte, 1}, typed);
      if (obey(before)) typed.clear();
    }
  }
  /// It can send no command any more.
  void typing_has_ended() override { let_go_of_lines(); }

  /// Returns what note_dtr() does.
  bool obey(const TelnetComPort::Port& before) {
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
    const bool drops = note_dtr(port.dtr);
    asserts_reset_ = port.rts && !port.dtr;
    door_.look_at_reset();
    return drops;
  }

  void let_go_of_lines() {
    note_dtr(false);
    asserts_reset_ = false;
    door_.look_at_reset();
  }
  /// True where what was typed before is to be discarded.
  bool note_dtr(bool on) {
    // It is not released while another client holds it in reset.
    const bool drops =
        std::exchange(dtr_, on) && !on && !door_.resets_ && door_.lines_.dtr_dropped();
    discards_ |= drops;
    return drops;
  }

  Rfc2217Door& door_;
  TelnetComPort telnet_;
  Ready on_resume_;
  std::uint64_t received_ = 0;  ///< bytes
  bool asserts_reset_ = false, dtr_ = false, discards_ = false, told_malformed_ = false,
       told_raw_ = false;
};

Rfc2217Door::Rfc2217Door(DoorSide& side, const DoorSpec& spec)
    : ModemDoor(side, spec, "rfc2217"), rts_resets_(spec.reset_by_rts) {}

std::string Rfc2217Door::place() const {
  return "rfc2217 " + text_of(*listens_at()) + (rts_resets_ ? ", RTS resets" : "");
}
std::string Rfc2217Door::url() const { return "rfc2217://" + address_to_call(*listens_at()); }

std::shared_ptr<SerialHost> Rfc2217Door::welcome(int descriptor, const std::string& name) {
  const auto host = std::make_shared<TelnetHost>(*this, descriptor, name);
  hosts_.push_back(host);
  side_.attach(host);
  host->begin();
  return host;
}

std::uint8_t Rfc2217Door::modem_state() const {
  constexpr unsigned kRunning = TelnetComPort::kClearToSend | TelnetComPort::kDataSetReady;
  const unsigned running = lines_.is_running() ? kRunning : 0U;
  const unsigned carrier = lines_.has_carrier() ? TelnetComPort::kCarrier : 0U;
  return static_cast<std::uint8_t>(running | carrier);
}

void Rfc2217Door::show_lines() {
  for (const auto& host : hosts_) {
    if (const auto there = host.lock()) there->show_modem_state(modem_state());
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
